using System.Diagnostics;

namespace Multiprocessing;

/// <summary>What comes back from the workers.</summary>
internal sealed unsafe partial class PoolCore
{
    /// <summary>Reads all replies of a worker; true if there were any. What cannot be a reply is <see cref="WorkerEntry.Damage"/>, and nothing behind it is read.</summary>
    private bool Collect(WorkerEntry member, bool all = false)
    {
        if (member.IsHeldUp || member.Damage is not null)
        {
            return false;
        }

        var from = member.ReplyTail;
        var head = Volatile.Read(ref member.Channel->ReplyHead);
        if (head == from)
        {
            return false;
        }

        if (head < from || head - from > ChannelLayout.RingBytes || (head & 7) != 0)
        {
            member.Requests.Damaged($"it says that its replies end at byte {head}, and they were read up to {from}");
            return true;
        }

        var ring = member.Memory.Base + ChannelLayout.ReplyRing;
        TaskTimes times = default;
        while (member.ReplyTail != head)
        {
            var offset = member.ReplyTail & (ChannelLayout.RingBytes - 1);
            var at = ring + offset;
            if (CollectMany(member, at, head))
            {
                continue;
            }

            if (!TryReadHeader(member, at, ChannelLayout.RingBytes - offset, head, out var header))
            {
                member.Requests.Damaged($"what lies at byte {member.ReplyTail} of its replies is none (kind {header.Kind}, task {header.Sequence}, {header.Length} bytes)");
                return true;
            }

            var data = at + sizeof(ReplyHeader);
            if (header.IsMeasured != 0 && header.Kind != ReplyKind.Pad)
            {
                times = *(TaskTimes*)data;
                data += sizeof(TaskTimes);
            }

            switch (header.Kind)
            {
                case ReplyKind.Pad:
                    member.ReplyTail += header.Length;
                    continue;
                case ReplyKind.Ready:
                    OnReady(member);
                    break;
                case ReplyKind.Note when !all && HoldUp(member):
                    head = member.ReplyTail;
                    continue;
                case ReplyKind.Note:
                    OnNote(member, header, data);
                    break;
                case ReplyKind.InitializerFailed:
                    OnInitializerFailed(member, header, data);
                    break;
                default:
                    OnReply(member, header, header.IsMeasured != 0 && AreSane(times) ? &times : null, data);
                    break;
            }

            member.ReplyTail += (data - at + header.Length + 7) & ~7;
        }

        member.Requests.Completed(member.Replied);
        member.FreeReplies();
        member.Statistics.NewsAt = Stopwatch.GetTimestamp();
        if (!member.IsBusy)
        {
            member.IdleSince = member.Statistics.NewsAt;
            if (member.Phase == WorkerPhase.Retiring)
            {
                CloseNow(member);
            }
        }

        return member.ReplyTail != from;
    }

    /// <summary>
    /// Copies a reply's header, so that what was checked is what is used whatever is written there meanwhile; false if it is no reply that can come now. What it announces lies between
    /// <paramref name="at"/> and the end of what is committed, in one piece.
    /// </summary>
    private static bool TryReadHeader(WorkerEntry member, byte* at, long toEnd, long head, out ReplyHeader header)
    {
        header = default;
        var room = Math.Min(toEnd, head - member.ReplyTail);
        fixed (ReplyHeader* copy = &header)
        {
            Buffer.MemoryCopy(at, copy, sizeof(ReplyHeader), Math.Min(room, sizeof(ReplyHeader))); // of a pad at the very end of the ring there is only the first half
        }

        if (header.Kind == ReplyKind.Pad)
        {
            return header.Length == toEnd && toEnd <= room;
        }

        var before = sizeof(ReplyHeader) + (header.IsMeasured != 0 ? sizeof(TaskTimes) : 0);
        if (header.Length < 0 || before + (long)header.Length > room || (header.IsOutside != 0 && header.Length != 2 * sizeof(long)))
        {
            return false;
        }

        return header.Kind switch
        {
            ReplyKind.Result or ReplyKind.Error => member.Assigned.First is { } first && header.Sequence == member.Replied && member.Replied - first.Value.FirstNumber < (uint)first.Value.Range.Count,
            ReplyKind.Ready or ReplyKind.InitializerFailed => member.ReadyAt == 0,
            ReplyKind.Note => true,
            _ => false,
        };
    }

    /// <summary>Times that were measured, and not memory that somebody wrote over: then they are left out.</summary>
    private static bool AreSane(in TaskTimes times) => times.Work > 0 && times.Begun > 0 && times.Begun + times.Work is var end && end > 0 && end <= Stopwatch.GetTimestamp();

    private void OnInitializerFailed(WorkerEntry member, in ReplyHeader header, byte* data)
    {
        var content = Content(member, header, data, out var end);
        Break(ReadError(content, end));
    }

    /// <summary>Reads as many plain results as lie here one behind the other; false if there is none.</summary>
    private static bool CollectMany(WorkerEntry member, byte* at, long head)
    {
        if (member.Assigned.First is not { } first || first.Value.Batch is not { RawLength: >= 0, Count: > 1 } batch || member.Reason != KillReason.None)
        {
            return false;
        }

        var assigned = first.Value;

        var toEnd = ChannelLayout.RingBytes - (member.ReplyTail & (ChannelLayout.RingBytes - 1));
        var end = at;
        var taken = batch.OnResults(assigned.IndexOf(member.Replied), (int)(assigned.EndNumber - member.Replied), member.Replied, ref end, at + Math.Min(toEnd, head - member.ReplyTail));
        if (taken == 0)
        {
            return false;
        }

        member.ReplyTail += end - at;
        member.Replied += (uint)taken;
        member.Statistics.Tasks += taken;
        member.Statistics.Unmeasured += taken;
        var content = (long)taken * ((ReplyHeader*)at)->Length; // all alike
        member.Statistics.ResultBytes += content;
        batch.Settings.Statistics.ResultBytes += content;
        if (member.Replied == assigned.EndNumber)
        {
            member.Assigned.RemoveFirst();
        }

        return true;
    }

    private void OnNote(WorkerEntry member, in ReplyHeader header, byte* data)
    {
        try
        {
            var content = Content(member, header, data, out var end);
            if (end - content >= sizeof(long) && TaskLinks.Find(*(long*)content) is { } link)
            {
                var task = member.Assigned.First is { } running && member.Requests.Started != member.Replied ? running.Value.Batch.NameOf(running.Value.IndexOf(member.Replied)) : "";
                _notes.Add(link.Read(content + sizeof(long), end, new TaskSource(Name, member.Number, member.Process?.Id ?? 0, task)));
            }
        }
        catch (Exception exception)
        {
            PoolLog.NoteFailed(exception); // what was told threw while it was read
        }
    }

    /// <summary>True if too much was told that the program has not taken yet.</summary>
    private bool HoldUp(WorkerEntry member)
    {
        if (!_notes.IsFull)
        {
            return false;
        }

        // The word first, then the second look: either that finds room, or who makes it finds the word.
        Interlocked.Exchange(ref _isHoldingUp, 1);
        member.IsHeldUp = _notes.IsFull;
        return member.IsHeldUp;
    }

    /// <summary>The program has taken all that was told: workers that were held up are read again.</summary>
    private void OnNotesDelivered()
    {
        if (Interlocked.Exchange(ref _isHoldingUp, 0) != 0)
        {
            Post(ReadOn);
        }
    }

    private void ReadOn()
    {
        foreach (var member in _members)
        {
            member.IsHeldUp = false;
        }
    }

    private void OnReply(WorkerEntry member, in ReplyHeader header, TaskTimes* times, byte* data)
    {
        var assigned = member.Assigned.First!.Value;
        var index = assigned.IndexOf(header.Sequence);
        var batch = assigned.Batch;
        member.Replied = header.Sequence + 1;
        if (member.Replied == assigned.EndNumber)
        {
            member.Assigned.RemoveFirst();
        }

        if (times is not null)
        {
            PaceOf(batch).Learn(times->Work + times->Read);
        }

        var isTooLate = EndedAfterTimeLimit(member, header.Sequence);
        if (member.Reason != KillReason.None && member.KillNumber == header.Sequence && !member.IsKilled)
        {
            member.Reason = KillReason.None; // it has stopped by itself
            member.KillAt = 0;
        }

        batch.ReleaseReferences(index);
        var readingTicks = 0L;
        Exception? error = null;
        if (isTooLate)
        {
            batch.Settings.Statistics.TimedOut++;
            batch.OnError(index, TimeLimitError(batch, index, member.Process!));
            NoteReply(member, batch, times, 0);
            return;
        }

        try
        {
            var content = Content(member, header, data, out var end);
            member.Statistics.ResultBytes += end - content;
            batch.Settings.Statistics.ResultBytes += end - content;
            if (header.Kind == ReplyKind.Result)
            {
                batch.Settings.Body?.LearnBytes(end - content);
                readingTicks = batch.OnResult(index, content, end, times is not null);
            }
            else
            {
                error = ReadError(content, end);
            }
        }
        catch (Exception exception)
        {
            error = exception; // the result's own code threw while it was read
        }

        if (error is not null)
        {
            batch.OnError(index, error);
        }

        NoteReply(member, batch, times, readingTicks);
    }

    /// <summary>Where a reply's content lies: behind its header, or in a segment of its own.</summary>
    /// <exception cref="InvalidDataException">There is no such segment, or it is smaller: the channel is damaged.</exception>
    private static byte* Content(WorkerEntry member, in ReplyHeader header, byte* data, out byte* end)
    {
        if (header.IsOutside == 0)
        {
            end = data + header.Length;
            return data;
        }

        var (word, length) = (((long*)data)[0], ((long*)data)[1]);
        try
        {
            var segment = member.Outside.Open(word);
            if (length < 0 || length > segment.Size)
            {
                throw new InvalidDataException($"A result of {length} bytes does not lie in a segment of {segment.Size}.");
            }

            end = segment.Base + length;
            return segment.Base;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            member.Requests.Damaged(ExceptionText.Message(exception));
            throw;
        }
    }

    private void OnReady(WorkerEntry member)
    {
        _starts.Reset();
        member.ReadyAt = member.IdleSince = Stopwatch.GetTimestamp();
        _startUp.Add(member.ReadyAt - member.Statistics.LaunchedAt, 1);
        if (member.Phase == WorkerPhase.Starting)
        {
            member.Phase = WorkerPhase.Ready;
        }

        // The replacement is ready: the one that it replaces may go.
        foreach (var other in _members)
        {
            if (other.IsExpiring && other.Phase == WorkerPhase.Ready)
            {
                Retire(other);
                break;
            }
        }
    }

    private static Exception ReadError(byte* data, byte* end) => ExceptionMessage.Read(ref data, end);
}
