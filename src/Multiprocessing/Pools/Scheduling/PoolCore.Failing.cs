namespace Multiprocessing;

/// <summary>
/// What must not happen and does: an error of this library's own, or no memory, in the middle of the scheduling. The first one breaks the pool, which then ends its workers as one that is
/// disposed of does. If that fails as well, everything that is left ends here and now: nobody waits for ever for a task, a worker or the pool.
/// </summary>
internal sealed unsafe partial class PoolCore
{
    private bool _hasFailed;
    private volatile bool _isAsleep;
    private volatile bool _isWithoutThread;

    /// <summary>One look at everything, under the gate; true if anything was done.</summary>
    private bool Step()
    {
        try
        {
            ThrowPoints.Pass(EntryPoint.PoolStep);
            return StepCore();
        }
        catch (Exception exception)
        {
            LastResort.Caught(EntryPoint.PoolStep, this, exception, static (core, exception) => core.OnStepFailed(exception));
            return true;
        }
    }

    private void OnStepFailed(Exception exception)
    {
        var error = new PoolBrokenException($"The pool '{Name}' gave up, because its own scheduling failed: {ExceptionText.Message(exception)}", exception);
        if (_hasFailed)
        {
            EndNow(error);
            return;
        }

        _hasFailed = true;
        Break(error);
        _isShuttingDown = true;
    }

    /// <summary>The thread has failed outside its looks: there will be no more of them.</summary>
    private void OnThreadFailed(Exception exception)
    {
        _isWithoutThread = true;
        lock (_gate)
        {
            EndNow(new PoolBrokenException($"The pool '{Name}' gave up, because its thread failed: {ExceptionText.Message(exception)}", exception));
        }
    }

    /// <summary>Fails every task and kills every worker, whatever state they are in.</summary>
    private void EndNow(Exception error)
    {
        _broken ??= error;
        _ended ??= error;
        _isShuttingDown = _isOver = true;
        foreach (var range in _pending.TakeAll(static _ => true))
        {
            FailRange(range, error);
        }

        foreach (var member in _members.ToArray())
        {
            LoseMember(member, error);
        }

        foreach (var (_, done, _) in _resizes)
        {
            done.TrySetResult();
        }

        FailWarmUps();
        _ = Drain(); // _isOver: tasks that wait in the inbox fail
        _closed.Reach();
        _delivered.Reach();
    }

    /// <summary>A worker that nothing can be made of any more: its tasks fail, and it is killed.</summary>
    private void LoseMember(WorkerEntry member, Exception error)
    {
        _members.Remove(member);
        foreach (var assigned in member.Assigned)
        {
            FailRange(assigned.Range, error);
        }

        member.Assigned.Clear();
        if (!member.IsKilled)
        {
            member.IsKilled = true;
            LastResort.Run(EntryPoint.PoolStep, () => member.Process?.Kill());
        }

        LastResort.Run(EntryPoint.PoolStep, member.Dispose);
    }

    private static void FailRange(TaskRange range, Exception error)
    {
        for (var index = range.From; index < range.To; index++)
        {
            var task = index;
            LastResort.Run(EntryPoint.PoolStep, () =>
            {
                range.Batch.ReleaseReferences(task);
                range.Batch.OnError(task, error);
            });
        }
    }
}
