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
        while (_pending.TryPeek(out var range))
        {
            if (range.Batch.IsCancelled(range.From))
            {
                _pending.Take(range, 1);
                range.Batch.OnNotBegun(range.From);
                any = true;
                continue;
            }

            if (FindMember(range.Batch, out var room) is not { } member)
            {
                StartMissing();
                break;
            }

            var share = Math.Max(1, (int)Math.Min(int.MaxValue, (_pending.Count + (2 * _members.Count) - 1) / (2 * _members.Count)));
            var wanted = Math.Min(Math.Min(room, share), range.Count);
            var done = Assign(member, range, wanted);
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

    private WorkerEntry? FindMember(TaskBatch batch, out int room)
    {
        var typical = PaceOf(batch).Typical;
        var ahead = typical == 0 || typical > LongTask ? 1 : (int)Math.Clamp(_ahead / typical, 2, MostAhead);
        WorkerEntry? best = null;
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
    private int Assign(WorkerEntry member, TaskRange range, int count)
    {
        var batch = range.Batch;
        var record = batch.Settings.Statistics;
        var began = Stopwatch.GetTimestamp();
        if (!member.IsBusy)
        {
            member.Statistics.NewsAt = began;
        }

        var done = 0;
        var begin = range.From;
        var first = member.Requests.Next;
        if (batch.RawLength >= 0 && batch.Count > 1 && !batch.HasFailedAttempts && batch.Settings.Body is { } body && member.Knows(body.Id) && !batch.IsCancelled(begin))
        {
            done = AssignMany(member, batch, body, begin, count);
            count = done; // the rest has no room
        }

        for (var index = range.From + done; done < count; index++)
        {
            Exception? error = null;
            var isCancelled = batch.IsCancelled(index);
            if (!isCancelled)
            {
                try
                {
                    if (!TryWrite(member, batch, index))
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
                AddAssigned(member, batch, begin, index, first);
                begin = index + 1;
                first = member.Requests.Next;
                if (isCancelled)
                {
                    batch.OnNotBegun(index);
                }
                else
                {
                    batch.OnError(index, error!);
                }
            }
        }

        AddAssigned(member, batch, begin, range.From + done, first);
        _pending.Take(range, done);
        record.AddWriting(Stopwatch.GetTimestamp() - began, done);
        if (Options.MaxTasksPerWorker is { } most && member.Requests.Next >= (uint)most && member.Phase == WorkerPhase.Ready)
        {
            member.Phase = WorkerPhase.Retiring; // it has all the tasks that it may have: its replacement starts now
            LogReplaced(member, nameof(ProcessPoolOptions.MaxTasksPerWorker));
            if (_pending.Count > 0)
            {
                StartMissing();
            }
        }

        return done;
    }

    /// <summary>Many short tasks that the worker knows the body of, and whose arguments are copied as they lie in memory.</summary>
    private static int AssignMany(WorkerEntry member, TaskBatch batch, SharedBody body, int from, int count)
    {
        var length = batch.RawLength;
        var stride = (sizeof(RequestHeader) + length + 7) & ~7;
        var header = new RequestHeader
        {
            Length = length,
            Flags = batch.Settings.TimeoutTicks > 0 ? RequestFlags.Timed : RequestFlags.None,
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

            batch.CopyRaw(from + done, reserved, at, stride, header);
            done += reserved;
        }

        body.LearnBytes(length);
        member.Statistics.ArgumentBytes += (long)length * done;
        batch.Settings.Statistics.ArgumentBytes += (long)length * done;
        return done;
    }

    private static void AddAssigned(WorkerEntry member, TaskBatch batch, int from, int to, uint first)
    {
        if (to <= from)
        {
            return;
        }

        if (member.Assigned.Last is { } last && last.Value.Batch == batch && last.Value.Range.To == from && last.Value.EndNumber == first)
        {
            last.Value.Range = last.Value.Range with { To = to };
        }
        else
        {
            member.Assigned.AddLast(new AssignedTasks(new TaskRange(batch, from, to), first));
        }
    }

    private static bool TryWrite(WorkerEntry member, TaskBatch batch, int index)
    {
        if (member.Backlog >= ChannelLayout.MostHanded - 1)
        {
            return false;
        }

        var body = batch.Settings.Body is { } shared && !member.Knows(shared.Id) ? shared : null;
        var raw = batch.RawLength;
        if (raw >= 0)
        {
            return TryWrite(member, batch, index, body, null, raw);
        }

        var message = batch.Serialize(index);
        try
        {
            var written = TryWrite(member, batch, index, body, message, message.Length);
            if (written && !batch.OwnsMessages)
            {
                batch.KeepReferences(index, message.TakeReferences());
            }

            return written;
        }
        finally
        {
            if (!batch.OwnsMessages)
            {
                message.Dispose();
            }
        }
    }

    private static bool TryWrite(WorkerEntry member, TaskBatch batch, int index, SharedBody? body, MessageBuffer? message, long length)
    {
        var requests = member.Requests;
        batch.Settings.Body?.LearnBytes(length);
        member.Statistics.ArgumentBytes += length;
        batch.Settings.Statistics.ArgumentBytes += length;
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
            Flags = (isOutside ? RequestFlags.Outside : RequestFlags.None) | (batch.Settings.TimeoutTicks > 0 ? RequestFlags.Timed : RequestFlags.None),
            Attempt = (ushort)Math.Min(batch.FailedAttempts(index) + 1, ushort.MaxValue),
            Body = batch.Settings.Body?.Id ?? 0,
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
            batch.CopyRaw(index, at + bodyRoom);
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
        WorkerEntry? idle = null;
        WorkerEntry? slow = null;
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
        var typical = slow.Assigned.Last is { } last ? PaceOf(last.Value.Batch).Typical : 0;
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
