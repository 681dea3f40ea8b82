using System.Diagnostics;

namespace Multiprocessing;

/// <summary>What comes back from the workers.</summary>
internal sealed unsafe partial class PoolCore
{
    /// <summary>Reads all replies of a worker; true if there were any.</summary>
    private bool Collect(PoolMember member, bool all = false)
    {
        if (member.IsHeldUp)
        {
            return false;
        }

        var from = member.ReplyTail;
        var head = Volatile.Read(ref member.Channel->ReplyHead);
        if (head == member.ReplyTail)
        {
            return false;
        }

        var ring = member.Memory.Base + ChannelLayout.ReplyRing;
        while (member.ReplyTail != head)
        {
            var at = ring + (member.ReplyTail & (ChannelLayout.RingBytes - 1));
            var header = (ReplyHeader*)at;
            if (header->Kind == ReplyKind.Result && CollectMany(member, at, head))
            {
                continue;
            }

            var times = header->IsMeasured != 0 ? (TaskTimes*)(at + sizeof(ReplyHeader)) : null;
            var data = at + sizeof(ReplyHeader) + (times is null ? 0 : sizeof(TaskTimes));
            switch (header->Kind)
            {
                case ReplyKind.Pad:
                    member.ReplyTail += header->Length;
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
                    Break(ReadError(Content(member, header, data, out var end), end));
                    break;
                default:
                    OnReply(member, header, times, data);
                    break;
            }

            member.ReplyTail += (data - at + header->Length + 7) & ~7;
        }

        member.Requests.Completed(member.Replied);
        member.FreeReplies();
        member.Seen.NewsAt = Stopwatch.GetTimestamp();
        if (!member.IsBusy)
        {
            member.IdleSince = member.Seen.NewsAt;
            if (member.State == MemberState.Retiring)
            {
                CloseNow(member);
            }
        }

        return member.ReplyTail != from;
    }

    /// <summary>Reads as many plain results as lie here one behind the other; false if there is none.</summary>
    private static bool CollectMany(PoolMember member, byte* at, long head)
    {
        var handed = member.Hand.First!.Value;
        var work = handed.Work;
        if (work.RawLength < 0 || work.Count == 1 || member.Reason != KillReason.None)
        {
            return false;
        }

        var toEnd = ChannelLayout.RingBytes - (member.ReplyTail & (ChannelLayout.RingBytes - 1));
        var end = at;
        var taken = work.OnResults(handed.IndexOf(member.Replied), (int)(handed.EndNumber - member.Replied), member.Replied, ref end, at + Math.Min(toEnd, head - member.ReplyTail));
        if (taken == 0)
        {
            return false;
        }

        member.ReplyTail += end - at;
        member.Replied += (uint)taken;
        member.Seen.Tasks += taken;
        member.Seen.Unmeasured += taken;
        var content = (long)taken * ((ReplyHeader*)at)->Length; // all alike
        member.Seen.ResultBytes += content;
        work.Settings.Record.ResultBytes += content;
        if (member.Replied == handed.EndNumber)
        {
            member.Hand.RemoveFirst();
        }

        return true;
    }

    private void OnNote(PoolMember member, ReplyHeader* header, byte* data)
    {
        try
        {
            var content = Content(member, header, data, out var end);
            if (TaskLinks.Find(*(long*)content) is { } link)
            {
                var task = member.Hand.First is { } running && member.Requests.Started != member.Replied ? running.Value.Work.NameOf(running.Value.IndexOf(member.Replied)) : "";
                _notes.Add(link.Read(content + sizeof(long), end, new TaskScope(Name, member.Number, member.Process?.Id ?? 0, task)));
            }
        }
        catch (Exception exception)
        {
            MultiprocessingLogging.NoteFailed(exception); // what was told threw while it was read
        }
    }

    /// <summary>True if too much was told that the program has not taken yet.</summary>
    private bool HoldUp(PoolMember member)
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

    private void OnReply(PoolMember member, ReplyHeader* header, TaskTimes* times, byte* data)
    {
        var handed = member.Hand.First!.Value;
        var index = handed.IndexOf(header->Sequence);
        var work = handed.Work;
        member.Replied = header->Sequence + 1;
        if (member.Replied == handed.EndNumber)
        {
            member.Hand.RemoveFirst();
        }

        if (times is not null)
        {
            PaceOf(work).Learn(times->Work + times->Read);
        }

        var isTooLate = EndedAfterTimeLimit(member, header->Sequence);
        if (member.Reason != KillReason.None && member.KillNumber == header->Sequence && !member.IsKilled)
        {
            member.Reason = KillReason.None; // it has stopped by itself
            member.KillAt = 0;
        }

        work.ReleaseReferences(index);
        var readingTicks = 0L;
        Exception? error = null;
        if (isTooLate)
        {
            work.Settings.Record.TimedOut++;
            work.OnError(index, TimeLimitError(work, index, member.Process!));
            NoteReply(member, work, times, 0);
            return;
        }

        try
        {
            var content = Content(member, header, data, out var end);
            member.Seen.ResultBytes += end - content;
            work.Settings.Record.ResultBytes += end - content;
            if (header->Kind == ReplyKind.Result)
            {
                work.Settings.Body?.LearnBytes(end - content);
                readingTicks = work.OnResult(index, content, end, times is not null);
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
            work.OnError(index, error);
        }

        NoteReply(member, work, times, readingTicks);
    }

    /// <summary>Where a reply's content lies: behind its header, or in a segment of its own.</summary>
    private static byte* Content(PoolMember member, ReplyHeader* header, byte* data, out byte* end)
    {
        if (header->IsOutside == 0)
        {
            end = data + header->Length;
            return data;
        }

        var content = member.Outside.Open(((long*)data)[0]).Base;
        end = content + ((long*)data)[1];
        return content;
    }

    private void OnReady(PoolMember member)
    {
        _starts.Reset();
        member.ReadyAt = member.IdleSince = Stopwatch.GetTimestamp();
        _startUp.Add(member.ReadyAt - member.Seen.LaunchedAt, 1);
        if (member.State == MemberState.Starting)
        {
            member.State = MemberState.Ready;
        }

        // The replacement is ready: the one that it replaces may go.
        foreach (var other in _members)
        {
            if (other.IsExpiring && other.State == MemberState.Ready)
            {
                Retire(other);
                break;
            }
        }
    }

    private static Exception ReadError(byte* data, byte* end) => ExceptionMessage.Read(ref data, end);
}
