using System.Diagnostics;

namespace Multiprocessing;

/// <summary>Who gets which task, and when it is taken back.</summary>
internal sealed unsafe partial class PoolCore
{
    private const int MostAhead = 2048;

    /// <summary>How much work a worker has in hand at once: enough to work on while a notification goes back and forth; more where that takes longer, on a machine that is busy.</summary>
    private static readonly long LeastAhead = 400 * PoolTicks.Microsecond;

    private static readonly long MostAheadTicks = 20 * PoolTicks.Millisecond;

    /// <summary>Longer tasks are handed one by one, and no second one waits behind them.</summary>
    private static readonly long LongTask = 10 * PoolTicks.Millisecond;

    private static readonly long WorthTakingBack = 100 * PoolTicks.Microsecond;

    private long _ahead = LeastAhead;

    private bool Dispatch()
    {
        LearnAhead();
        var any = DispatchPending();
        if (_pending.Count == 0 && TakeBackFromSlow())
        {
            any |= DispatchPending();
        }

        return any;
    }

    private bool DispatchPending()
    {
        var any = false;
        while (_pending.TryPeek(out var slice))
        {
            if (slice.Work.IsCancelled(slice.From))
            {
                _pending.Take(slice, 1);
                slice.Work.OnNotBegun(slice.From);
                any = true;
                continue;
            }

            if (FindMember(slice.Work, out var room) is not { } member)
            {
                StartMissing();
                break;
            }

            var share = Math.Max(1, (int)Math.Min(int.MaxValue, (_pending.Count + (2 * _members.Count) - 1) / (2 * _members.Count)));
            var wanted = Math.Min(Math.Min(room, share), slice.Count);
            var done = Hand(member, slice, wanted);
            any |= done > 0;
            if (done < wanted)
            {
                // Its ring is full; there is room again when it has read, which comes with a reply.
                break;
            }

            if (member.Backlog == Math.Min(done, member.Backlog))
            {
                member.Requests.Publish(); // it had nothing to do: it begins while the others are seen to
            }
        }

        foreach (var member in _members)
        {
            member.Requests.Publish();
        }

        return any;
    }

    /// <summary>Workers that ran dry while tasks waited had too little in hand; what is too much is taken back when the last tasks are shared out.</summary>
    private void LearnAhead()
    {
        if (_pending.Count == 0)
        {
            return;
        }

        var dry = 0;
        var busy = 0;
        foreach (var member in _members)
        {
            if (member.TakesTasks && member.Requests.Next != 0)
            {
                _ = member.Requests.Started == member.Requests.Next ? dry++ : busy++;
            }
        }

        _ahead = dry > 0 ? Math.Min(_ahead + (_ahead / 2), MostAheadTicks) : busy > 0 ? Math.Max(_ahead - (_ahead / 64), LeastAhead) : _ahead;
    }

    private PoolMember? FindMember(PoolWork work, out int room)
    {
        var typical = PaceOf(work).Typical;
        var ahead = typical == 0 || typical > LongTask ? 1 : (int)Math.Clamp(_ahead / typical, 2, MostAhead);
        PoolMember? best = null;
        room = 0;
        foreach (var member in _members)
        {
            if (!member.TakesTasks)
            {
                continue;
            }

            var free = ahead - member.Backlog;
            if (Options.MaxTasksPerWorker is { } most)
            {
                free = (int)Math.Min(free, most - member.Requests.Next);
            }

            if (free > 0 && (best is null || member.Backlog < best.Backlog))
            {
                best = member;
                room = free;
            }
        }

        return best;
    }

    /// <summary>Writes tasks for a worker and returns how many of them are dealt with: in its hand, or ended here because they cannot be written or nobody wants them.</summary>
    private int Hand(PoolMember member, Slice slice, int count)
    {
        var work = slice.Work;
        var record = work.Settings.Record;
        var began = Stopwatch.GetTimestamp();
        if (!member.IsBusy)
        {
            member.Seen.NewsAt = began;
        }

        var done = 0;
        var begin = slice.From;
        var first = member.Requests.Next;
        if (work.RawLength >= 0 && work.Count > 1 && !work.HasFailedAttempts && work.Settings.Body is { } body && member.Knows(body.Id) && !work.IsCancelled(begin))
        {
            done = HandMany(member, work, body, begin, count);
            count = done; // the rest has no room
        }

        for (var index = slice.From + done; done < count; index++)
        {
            Exception? error = null;
            var isCancelled = work.IsCancelled(index);
            if (!isCancelled)
            {
                try
                {
                    if (!TryWrite(member, work, index))
                    {
                        break;
                    }
                }
                catch (Exception exception)
                {
                    error = exception; // it cannot cross, or there is no memory for it: only this task fails
                }
            }

            done++;
            if (isCancelled || error is not null)
            {
                AddToHand(member, work, begin, index, first);
                begin = index + 1;
                first = member.Requests.Next;
                if (isCancelled)
                {
                    work.OnNotBegun(index);
                }
                else
                {
                    work.OnError(index, error!);
                }
            }
        }

        AddToHand(member, work, begin, slice.From + done, first);
        _pending.Take(slice, done);
        record.AddWriting(Stopwatch.GetTimestamp() - began, done);
        if (Options.MaxTasksPerWorker is { } most && member.Requests.Next >= (uint)most && member.State == MemberState.Ready)
        {
            member.State = MemberState.Retiring; // it has all the tasks that it may have: its replacement starts now
            LogReplaced(member, nameof(ProcessPoolOptions.MaxTasksPerWorker));
            if (_pending.Count > 0)
            {
                StartMissing();
            }
        }

        return done;
    }

    /// <summary>Many short tasks that the worker knows the body of, and whose arguments are copied as they lie in memory.</summary>
    private static int HandMany(PoolMember member, PoolWork work, SharedBody body, int from, int count)
    {
        var length = work.RawLength;
        var stride = (sizeof(RequestHeader) + length + 7) & ~7;
        var header = new RequestHeader
        {
            Length = length,
            Flags = work.Settings.TimeoutTicks > 0 ? RequestFlags.Timed : RequestFlags.None,
            Attempt = 1,
            Body = body.Id,
        };
        var done = 0;
        while (done < count)
        {
            var most = Math.Min(count - done, ChannelLayout.MostHanded - 1 - member.Backlog);
            if (most <= 0 || member.Requests.TryReserve(stride, most, out var reserved) is var at && at is null)
            {
                break;
            }

            work.CopyRaw(from + done, reserved, at, stride, header);
            done += reserved;
        }

        body.LearnBytes(length);
        member.Seen.ArgumentBytes += (long)length * done;
        work.Settings.Record.ArgumentBytes += (long)length * done;
        return done;
    }

    private static void AddToHand(PoolMember member, PoolWork work, int from, int to, uint first)
    {
        if (to <= from)
        {
            return;
        }

        if (member.Hand.Last is { } last && last.Value.Work == work && last.Value.Slice.To == from && last.Value.EndNumber == first)
        {
            last.Value.Slice = last.Value.Slice with { To = to };
        }
        else
        {
            member.Hand.AddLast(new Handed(new Slice(work, from, to), first));
        }
    }

    private static bool TryWrite(PoolMember member, PoolWork work, int index)
    {
        if (member.Backlog >= ChannelLayout.MostHanded - 1)
        {
            return false;
        }

        var body = work.Settings.Body is { } shared && !member.Knows(shared.Id) ? shared : null;
        var raw = work.RawLength;
        if (raw >= 0)
        {
            return TryWrite(member, work, index, body, null, raw);
        }

        var message = work.Serialize(index);
        try
        {
            var written = TryWrite(member, work, index, body, message, message.Length);
            if (written && !work.OwnsMessages)
            {
                work.KeepReferences(index, message.KeepTravelling());
            }

            return written;
        }
        finally
        {
            if (!work.OwnsMessages)
            {
                message.Cancel();
                message.Dispose();
            }
        }
    }

    private static bool TryWrite(PoolMember member, PoolWork work, int index, SharedBody? body, MessageBuffer? message, long length)
    {
        var requests = member.Requests;
        work.Settings.Body?.LearnBytes(length);
        member.Seen.ArgumentBytes += length;
        work.Settings.Record.ArgumentBytes += length;
        var bodyLength = body?.Bytes.Length ?? 0;
        var bodyRoom = (bodyLength + 7L) & ~7L;
        var isOutside = bodyRoom + length > ReplyRing.LargestInside;
        var inside = isOutside ? 2 * sizeof(long) : (int)(bodyRoom + length);
        var outside = isOutside ? requests.Outside(bodyRoom + length) : null;
        var at = requests.TryReserve(sizeof(RequestHeader) + inside);
        if (at is null)
        {
            if (isOutside)
            {
                requests.ForgetOutside();
            }

            return false;
        }

        *(RequestHeader*)at = new RequestHeader
        {
            Length = inside,
            Flags = (isOutside ? RequestFlags.Outside : RequestFlags.None) | (work.Settings.TimeoutTicks > 0 ? RequestFlags.Timed : RequestFlags.None),
            Attempt = (ushort)Math.Min(work.FailedAttempts(index) + 1, ushort.MaxValue),
            Body = work.Settings.Body?.Id ?? 0,
            BodyLength = bodyLength,
        };
        at += sizeof(RequestHeader);
        if (outside is not null)
        {
            ((long*)at)[0] = outside.Id.ToWord();
            ((long*)at)[1] = bodyRoom + length;
            at = outside.Base;
        }

        if (body is not null)
        {
            body.Bytes.CopyTo(new Span<byte>(at, bodyLength));
            member.LearntAt(body.Id, requests.Next - 1);
        }

        if (message is null)
        {
            work.CopyRaw(index, at + bodyRoom);
        }
        else
        {
            message.CopyTo(at + bodyRoom);
        }

        return true;
    }

    /// <summary>A worker has nothing to do, and another one more than it gets done: half of what that one has not begun goes back.</summary>
    private bool TakeBackFromSlow()
    {
        PoolMember? idle = null;
        PoolMember? slow = null;
        foreach (var member in _members)
        {
            if (member.TakesTasks && !member.IsBusy)
            {
                idle = member;
            }
            else if (member.Backlog > 1 && (slow is null || member.Unstarted > slow.Unstarted))
            {
                slow = member;
            }
        }

        if (idle is null || slow is null)
        {
            return false;
        }

        var now = Stopwatch.GetTimestamp();
        var typical = slow.Hand.Last is { } last ? PaceOf(last.Value.Work).Typical : 0;
        var unstarted = slow.Unstarted;
        var started = slow.Requests.Started;
        var isStuck = slow.LastSeen.Started == started && now - slow.LastSeen.At > PoolTicks.Millisecond;
        if (slow.LastSeen.Started != started)
        {
            slow.LastSeen = (started, now);
        }

        if (unstarted * typical < WorthTakingBack && typical != 0 && !isStuck)
        {
            LookBy(now + (2 * PoolTicks.Millisecond));
            return false;
        }

        // One that has begun nothing yet keeps the first: it is on its way there, and tasks must not go to and fro between two who both are.
        var keep = Math.Max(isStuck ? 0 : unstarted / 2, started == slow.Replied ? 1 : 0);
        var taken = slow.TakeBack(started + (uint)keep);
        for (var i = taken.Count - 1; i >= 0; i--)
        {
            _pending.AddFirst(taken[i]);
        }

        return taken.Count > 0;
    }
}
