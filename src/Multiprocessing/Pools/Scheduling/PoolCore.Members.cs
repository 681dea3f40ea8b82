using System.Diagnostics;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The workers: how they start, end, and what becomes of their tasks.</summary>
internal sealed unsafe partial class PoolCore
{
    private readonly Queue<long> _deaths = new();
    private readonly StartPatience _starts;
    private long _memoryKills = OutOfMemoryKills.Count();

    private int Living => _members.Count(member => member.Phase is WorkerPhase.Starting or WorkerPhase.Ready && !member.IsExpiring && !member.IsKilled);

    /// <summary>Starts as many workers as there is work for.</summary>
    private void StartMissing()
    {
        if (_broken is not null || _isDisposing)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        if (now < _starts.NextAt)
        {
            LookBy(_starts.NextAt);
            return;
        }

        var starting = _members.Count(member => member.Phase == WorkerPhase.Starting);
        var living = Living;
        var count = Math.Max(Math.Min(_pending.Count - starting, _workers - living), LeastWorkers - living);
        if (_starts.TriesOneByOne)
        {
            count = Math.Min(count, 1 - starting);
        }

        while (count-- > 0 && StartMember())
        {
        }
    }

    private bool StartMember()
    {
        PoolMemory channel;
        try
        {
            channel = PoolMemory.CreateChannel(_bell.Session);
        }
        catch (Exception exception)
        {
            CountRefused(exception, Stopwatch.GetTimestamp());
            return false;
        }

        var member = new WorkerEntry(++_lastMember, channel);
        _members.Add(member);
        LastResort.Queue(EntryPoint.WorkerLaunch, member, Launch, (member, exception) => Post(() => OnNotStarted(member, exception)));
        return true;
    }

    /// <summary>Outside the gate: the system takes a millisecond to start a process.</summary>
    private void Launch(WorkerEntry member)
    {
        WorkerHost process;
        try
        {
            var start = new WorkerStart
            {
                Channel = member.Memory,
                Bell = _bell,
                Initializer = _initializer,
                Pool = Name,
                Number = member.Number,
                WatchesMemory = Options.MaxWorkerMemory is not null,
                Logs = MultiprocessingLogging.IsConfigured,
            };
            var options = (Options.Process ?? new ChildProcessOptions()).ToValidated();
            options.Name = NameOf(member);
            process = IsInProcess ? new WorkerThread(options.Name, start, options.Initializer) : new WorkerProcess(start, options);
            process.Start();
        }
        catch (Exception exception)
        {
            Post(() => OnNotStarted(member, exception));
            return;
        }

        Post(() =>
        {
            member.Process = process;
            LogStarted(member);
            if (member.IsKilled)
            {
                KillHost(member);
            }
        });

        // Its end does not wait until the program has taken its output, which a callback may hold up that waits for the pool itself.
        process.WhenEnded(() => LastResort.Run(
            EntryPoint.WorkerEnd,
            () => Post(() => OnGone(member, process, process.Failure)),
            exception => Post(() => OnGone(member, process, process.Failure ?? exception))));
        process.WhenDelivered(() => Post(() =>
        {
            _delivering.Remove(process);
            ReachDelivered();
        }));
    }

    private void OnNotStarted(WorkerEntry member, Exception exception)
    {
        _members.Remove(member);
        member.Dispose();
        if (!member.IsKilled)
        {
            CountRefused(exception, member.Statistics.LaunchedAt);
        }

        FinishResizes();
    }

    /// <summary>The system refused a start. That is nobody's death: workers that are there go on, and the start is tried again later.</summary>
    private void CountRefused(Exception exception, long begun)
    {
        if (_broken is not null || _isDisposing)
        {
            return;
        }

        if (exception is ObjectDisposedException or NotSerializableException or NotSupportedException or ProcessStartException { IsFinal: true })
        {
            Break(exception); // no waiting helps: this process is ending, or can start no children at all
            return;
        }

        CountFailedStart(StartFailure.Refused, begun, exception.Message, exception);
    }

    /// <summary>Tries again later, or gives up; but not while a worker is there that was ready, for tasks get done.</summary>
    private void CountFailedStart(StartFailure failure, long begun, string cause, Exception? exception)
    {
        if (!_starts.Count(failure, begun, Stopwatch.GetTimestamp()))
        {
            return;
        }

        if (_starts.IsExhausted && !_members.Exists(static member => member.ReadyAt != 0 && !member.IsKilled && member.Phase != WorkerPhase.Closing))
        {
            Break(new PoolBrokenException(
                $"The pool '{Name}' gave up: {_starts.Failed} starts in a row did not lead to a worker that is ready, and at most {Options.MaxFailedStarts} may fail ({nameof(ProcessPoolOptions.MaxFailedStarts)}). "
                + $"The last one: {cause}", exception));
            return;
        }

        LogStartFailed(cause, exception);
        LookBy(_starts.NextAt);
    }

    /// <summary>
    /// A worker is gone. What it has committed counts; what it had not begun goes to others; and the one task that it began and did not reply to, if there is one, fails or is tried again.
    /// </summary>
    private void OnGone(WorkerEntry member, WorkerHost process, Exception? failure)
    {
        if (!_members.Contains(member))
        {
            process.Dispose(); // the pool had to do without it before
            return;
        }

        try
        {
            Bury(member, process, failure);
        }
        catch (Exception exception)
        {
            LoseMember(member, exception);
            throw;
        }
    }

    private void Bury(WorkerEntry member, WorkerHost process, Exception? failure)
    {
        member.IsHeldUp = false;
        Collect(member, all: true);
        _members.Remove(member);

        // Killed while it closed: it had no task, but a foreground thread of some earlier one outlasted the grace.
        var isInOrder = member.Phase == WorkerPhase.Closing && (!member.IsKilled || member.Reason == KillReason.Disposed);
        var status = process.ExitStatus ?? new ExitStatus();
        NoteGone(member, status, died: !isInOrder);
        LogGone(member, process, status, isInOrder);
        foreach (var (number, batch, index) in TakeBegun(member))
        {
            FailRunning(member, process, batch, index, number);
        }

        for (var node = member.Assigned.Last; node is not null; node = node.Previous)
        {
            if (node.Value.Range.Count > 0)
            {
                _pending.AddFirst(node.Value.Range);
            }
        }

        var wasReady = member.ReadyAt != 0;
        member.Dispose();
        _delivering.Add(process);
        if (!isInOrder && !_isDisposing && _broken is null && !member.IsKilledByCaller)
        {
            CountDeath(member, process, failure, wasReady);
        }

        FinishResizes();
    }

    /// <summary>
    /// What a worker that is gone had begun and not replied to leaves its hand: one task at most. Of a damaged channel it is not known which replies were lost: then it is all that may have
    /// been begun, and the next one at least.
    /// </summary>
    private static List<(uint Number, TaskBatch Work, int Index)> TakeBegun(WorkerEntry member)
    {
        List<(uint, TaskBatch, int)> begun = [];
        var end = member.Requests.Started;
        if (member.Damage is not null && member.IsBusy && end == member.Replied)
        {
            end++;
        }

        for (var number = member.Replied; number != end && member.Assigned.First is { } first; number++)
        {
            begun.Add((number, first.Value.Batch, first.Value.IndexOf(number)));
            if (number + 1 == first.Value.EndNumber)
            {
                member.Assigned.RemoveFirst();
            }
        }

        if (member.Assigned.First is { } rest)
        {
            rest.Value.Range = rest.Value.Range with { From = rest.Value.IndexOf(end) };
        }

        return begun;
    }

    /// <summary>Kills workers whose channels hold what cannot be; the others and the pool go on.</summary>
    private void KillDamaged(WorkerEntry member, long now)
    {
        if (now - member.ClaimSeenAt > PoolTicks.Millisecond)
        {
            // Perhaps nobody else reads it for a while. Not at every look: the worker changes it with each task.
            member.ClaimSeenAt = now;
            _ = member.Requests.Started;
        }

        if (member.Damage is not null && !member.IsKilled)
        {
            KillNow(member, KillReason.Damaged);
        }
    }

    private static ExitStatus StatusOf(WorkerEntry member, WorkerHost process)
    {
        var status = process.ExitStatus ?? new ExitStatus();
        return member.Damage is null ? status : status with
        {
            Error = new InvalidDataException($"The memory through which worker '{process.Name}' (pid {process.Id}) and its pool talk was written over, so it was killed: {member.Damage}. Look for unsafe code in its tasks."),
        };
    }

    private void FailRunning(WorkerEntry member, WorkerHost process, TaskBatch batch, int index, uint number)
    {
        batch.ReleaseReferences(index);
        if (_broken is not null && member is { IsKilled: true, Reason: KillReason.None or KillReason.Disposed })
        {
            batch.OnError(index, _broken);
            return;
        }

        switch (member.KillNumber == number ? member.Reason : KillReason.None)
        {
            case KillReason.Timeout:
                batch.Settings.Statistics.TimedOut++;
                batch.OnError(index, TimeLimitError(batch, index, process));
                return;
            case KillReason.Cancelled:
                batch.OnError(index, batch.CancelledError(index));
                return;
            case KillReason.Disposed:
                batch.OnError(index, new ObjectDisposedException(Name, $"The pool '{Name}' was disposed while it ran '{batch.NameOf(index)}'."));
                return;
        }

        batch.CountFailedAttempt(index);
        batch.Settings.Statistics.Deaths++;
        if (_broken is null && !_isDisposing && batch.FailedAttempts(index) < batch.Settings.MaxAttempts)
        {
            batch.Settings.Statistics.Retries++;
            LogRetried(batch, index);
            _pending.AddFirst(new TaskRange(batch, index, index + 1));
            return;
        }

        var status = StatusOf(member, process);
        var outOfMemory = status is { Signal: 9 } && KilledForMemory();
        batch.OnError(index, new WorkerDiedException(
            process.Id, process.Name, status, process.StandardError, batch.NameOf(index), batch.FailedAttempts(index), outOfMemory));
    }

    /// <summary>The kernel has killed somebody of this group for want of memory since the last one was told: most likely this one.</summary>
    private bool KilledForMemory()
    {
        var before = _memoryKills;
        _memoryKills = OutOfMemoryKills.Count();
        return _memoryKills > before;
    }

    /// <summary>Deaths come with tasks and are theirs; but workers that never get ready, or die too often, are the pool's.</summary>
    private void CountDeath(WorkerEntry member, WorkerHost process, Exception? failure, bool wasReady)
    {
        if (!wasReady && (!member.IsKilled || member.Damage is not null))
        {
            var kind = process.ExitStatus is { Signal: 9 or 15 } ? StartFailure.FromOutside
                : _initializer is null || process.ExitStatus is { Reason: ExitReason.StartFailed } ? StartFailure.Refused
                : StartFailure.Initializer;
            CountFailedStart(kind, member.Statistics.LaunchedAt, $"worker '{process.Name}' (pid {process.Id}) died before it was ready, with {process.ExitStatus}.{Why(failure)}", failure);
            if (_broken is not null)
            {
                return;
            }
        }

        var now = Stopwatch.GetTimestamp();
        _deaths.Enqueue(now);
        while (now - _deaths.Peek() > 60 * Stopwatch.Frequency)
        {
            _deaths.Dequeue();
        }

        if (Options.MaxDeathsPerMinute is { } most && _deaths.Count > most)
        {
            Break(new PoolBrokenException($"The pool '{Name}' gave up: {_deaths.Count} workers died within a minute, and at most {most} may.", failure));
        }
    }

    private static string Why(Exception? failure) => failure is null or ProcessDiedException { StandardErrorTail.Length: 0 } ? "" : " " + failure.Message;

    private string NameOf(WorkerEntry member) => $"{Name}:{member.Number}";

    /// <summary>The pool cannot go on: every task ends with the error, and so do later calls.</summary>
    private void Break(Exception error)
    {
        if (_broken is not null || _isDisposing)
        {
            return;
        }

        _broken = error;
        _ended = error;
        LogBroken(error);
        FailEverything(error);
        foreach (var member in _members)
        {
            KillNow(member, KillReason.Disposed);
        }
    }

    private void FailEverything(Exception error)
    {
        foreach (var range in _pending.TakeAll(_ => true))
        {
            for (var index = range.From; index < range.To; index++)
            {
                range.Batch.OnError(index, error);
            }
        }

        foreach (var member in _members)
        {
            foreach (var range in member.TakeBack(member.Requests.Started))
            {
                for (var index = range.From; index < range.To; index++)
                {
                    range.Batch.ReleaseReferences(index);
                    range.Batch.OnError(index, error);
                }
            }
        }
    }

    private void DisposeNow()
    {
        if (_broken is null)
        {
            FailEverything(new ObjectDisposedException(Name, $"The pool '{Name}' was disposed before the task began."));
        }

        var now = Stopwatch.GetTimestamp();
        var graceTicks = (long)(Math.Min(Options.ShutdownGrace.TotalSeconds, 1e6) * Stopwatch.Frequency);
        foreach (var member in _members)
        {
            if (member.Phase == WorkerPhase.Starting)
            {
                KillNow(member, KillReason.Disposed);
                continue;
            }

            if (member.IsBusy)
            {
                // Who heeds the token may end in good order; the others have the time of a cancellation.
                member.SignalCancelled(member.Replied);
                var grace = Options.CancellationGrace == Timeout.InfiniteTimeSpan ? Options.ShutdownGrace : Options.CancellationGrace;
                KillBy(member, now + Math.Min(graceTicks, (long)(grace.TotalSeconds * Stopwatch.Frequency)), KillReason.Disposed, member.Replied);
            }

            Retire(member);
        }
    }

    private void Retire(WorkerEntry member)
    {
        if (member.Phase == WorkerPhase.Starting && member.ReadyAt == 0 && !_isShuttingDown)
        {
            KillNow(member, KillReason.Disposed);
            return;
        }

        if (member.Phase is WorkerPhase.Closing)
        {
            return;
        }

        member.Phase = WorkerPhase.Retiring;
        if (!member.IsBusy)
        {
            CloseNow(member);
        }
    }

    private void CloseNow(WorkerEntry member)
    {
        member.Close();
        member.KillAt = Stopwatch.GetTimestamp() + (long)(Math.Min(Options.ShutdownGrace.TotalSeconds, 1e6) * Stopwatch.Frequency);
        member.Reason = KillReason.Disposed;
        member.KillNumber = member.Replied;
        LookBy(member.KillAt);
    }

    private void KillBy(WorkerEntry member, long at, KillReason reason, uint number)
    {
        if (member.Reason == KillReason.None || at < member.KillAt)
        {
            member.KillAt = at;
            member.Reason = reason;
            member.KillNumber = number;
        }

        LookBy(member.KillAt);
    }

    private void KillNow(WorkerEntry member, KillReason reason)
    {
        if (member.IsKilled)
        {
            return;
        }

        if (member.Reason == KillReason.None)
        {
            member.Reason = reason;
            member.KillNumber = member.Replied;
        }

        member.IsKilled = true;
        member.KillAt = 0;
        LogKilled(member);
        KillHost(member);
    }

    private void CancelNow(Func<TaskBatch, bool> which, bool kills)
    {
        foreach (var range in _pending.TakeAll(which))
        {
            for (var index = range.From; index < range.To; index++)
            {
                range.Batch.OnNotBegun(index);
            }
        }

        foreach (var member in _members)
        {
            var node = member.Assigned.First;
            while (node is not null && !which(node.Value.Batch))
            {
                node = node.Next;
            }

            if (node is null)
            {
                continue;
            }

            var taken = member.TakeBack(node.Value.FirstNumber);
            for (var i = taken.Count - 1; i >= 0; i--)
            {
                if (!which(taken[i].Batch))
                {
                    _pending.AddFirst(taken[i]);
                    continue;
                }

                for (var index = taken[i].From; index < taken[i].To; index++)
                {
                    taken[i].Batch.ReleaseReferences(index);
                    taken[i].Batch.OnNotBegun(index);
                }
            }

            // Committed meanwhile or not: the word names the task by its number.
            if (member.Assigned.First is { } first && which(first.Value.Batch) && member.IsBusy)
            {
                member.SignalCancelled(member.Replied);
                if (kills && Options.CancellationGrace != Timeout.InfiniteTimeSpan)
                {
                    KillBy(member, Stopwatch.GetTimestamp() + (long)(Options.CancellationGrace.TotalSeconds * Stopwatch.Frequency), KillReason.Cancelled, member.Replied);
                }
            }
            else if (!member.IsBusy && member.Phase == WorkerPhase.Retiring)
            {
                CloseNow(member);
            }
        }
    }

    private void ShrinkNow()
    {
        var surplus = Living - _workers;
        foreach (var member in _members.Where(member => member.Phase is WorkerPhase.Starting or WorkerPhase.Ready).OrderBy(member => member.IsBusy).ToList())
        {
            if (surplus-- <= 0)
            {
                break;
            }

            Retire(member);
        }

        FinishResizes();
    }

    private void FinishResizes() => _resizes.RemoveAll(resize => _members.Count <= resize.Workers && resize.Done.TrySetResult());

    /// <summary>Everything that is due by the clock.</summary>
    private void LookAtClock(long now)
    {
        for (var i = _members.Count - 1; i >= 0; i--)
        {
            var member = _members[i];
            KillDamaged(member, now);
            if (member.IsKilled)
            {
                continue;
            }

            if (member.Phase == WorkerPhase.Starting)
            {
                LookBy(now + LookWhileStarting); // what it says first may be overheard, if another worker damages the bell
            }

            if (member.KillAt != 0 && now >= member.KillAt)
            {
                KillNow(member, member.Reason);
                continue;
            }

            if (member.KillAt != 0)
            {
                LookBy(member.KillAt);
            }

            if (member.IsBusy)
            {
                LookBy(now + LookWhileOut);
                LookAtTimeLimit(member, now);
            }

            if (member.Phase == WorkerPhase.Ready)
            {
                LookAtExpiry(member, now);
            }
        }
    }

    private void LookAtTimeLimit(WorkerEntry member, long now)
    {
        var first = member.Assigned.First!.Value;
        var limit = first.Batch.Settings.TimeoutTicks;
        if (limit == 0 || IsTimeLimitOff(member))
        {
            return;
        }

        // The number before the time: a number is never seen with the time of an older task. And both before the claim, which the worker changes first.
        var number = (uint)Volatile.Read(ref member.Channel->TimedSequence);
        var begun = Volatile.Read(ref member.Channel->TimedStart);
        var isBegun = number == member.Replied && begun != 0;
        if (begun < 0 || begun > Stopwatch.GetTimestamp() || (isBegun && member.Requests.Started == member.Replied))
        {
            member.Requests.Damaged($"it says that it began task {number} at {begun} (it is {now}), and has claimed the first {member.Requests.Started}");
            return;
        }

        if (member.Requests.Started == member.Replied)
        {
            return;
        }

        if (!isBegun)
        {
            LookBy(now + PoolTicks.Millisecond);
            return;
        }

        if (now - begun >= limit)
        {
            EndAtTimeLimit(member, now, number);
        }
        else
        {
            LookBy(begun + limit);
        }
    }

    private void LookAtExpiry(WorkerEntry member, long now)
    {
        if (!member.IsExpiring)
        {
            var isLarge = Options.MaxWorkerMemory is { } memory && Volatile.Read(ref member.Channel->WorkingSet) > memory;
            member.IsExpiring = isLarge || (Options.MaxWorkerAge is { } age && (now - member.ReadyAt) >= (long)(age.TotalSeconds * Stopwatch.Frequency));
            if (member.IsExpiring)
            {
                LogReplaced(member, isLarge ? nameof(ProcessPoolOptions.MaxWorkerMemory) : nameof(ProcessPoolOptions.MaxWorkerAge));
            }

            if (member.IsExpiring && _pending.Count > 0)
            {
                StartMissing();
            }
            else if (Options.MaxWorkerAge is { } limit)
            {
                LookBy(member.ReadyAt + (long)(limit.TotalSeconds * Stopwatch.Frequency));
            }
        }

        if (member.IsExpiring && _pending.Count == 0)
        {
            Retire(member);
            return;
        }

        if (Options.IdleTimeout is { } idle && !member.IsBusy)
        {
            var due = member.IdleSince + (long)(idle.TotalSeconds * Stopwatch.Frequency);
            if (now >= due && _pending.Count == 0 && Living <= LeastWorkers)
            {
                return; // one of those that are kept
            }

            if (now >= due && _pending.Count == 0)
            {
                Retire(member);
            }
            else
            {
                LookBy(due);
            }
        }
    }
}
