using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A caller that awaits one short task after the other looks for the reply itself for a moment, instead of going to sleep: a result that comes through the pool's thread and the thread pool
/// costs two wake-ups, which is fifty times the task. Whoever adds many tasks, or long ones, is never held up: the first one that does not pay ends it for a while.
/// </summary>
internal sealed unsafe partial class PoolCore
{
    private const int AloneBeforeLooking = 4;
    private const int AloneAfterFailure = -64;

    private static readonly long LookTicks = 15 * PoolTicks.Microsecond;
    private static readonly long ShortTask = 5 * PoolTicks.Microsecond;

    // Tasks of RunAsync that have not ended; and how many in a row were added when there was no other. Races cost a look too many or too few.
    private int _open;
    private int _looking;
    private int _alone;

    /// <summary>A task of RunAsync is added; true if its caller should look for its result.</summary>
    public bool Opened(TaskBatch batch)
    {
        if (Interlocked.Increment(ref _open) != 1)
        {
            _alone = Math.Min(_alone, 0);
            return false;
        }

        var alone = Math.Min(_alone + 1, AloneBeforeLooking);
        _alone = alone;
        return alone == AloneBeforeLooking && Spin.IsUseful && PaceOf(batch).Typical is > 0 and var typical && typical < ShortTask;
    }

    /// <summary>
    /// A worker may have written over the count of callers who look, and then no worker would wake the pool. Nobody of this process looks: then it is 0. Who begins to look meanwhile changes
    /// the word before this does, or finds it at 0.
    /// </summary>
    private void HealBell()
    {
        var seen = Volatile.Read(ref _bellWords->Looking);
        if (seen != 0 && Volatile.Read(ref _looking) == 0)
        {
            Interlocked.CompareExchange(ref _bellWords->Looking, 0, seen);
        }
    }

    public void Closed() => Interlocked.Decrement(ref _open);

    /// <summary>Looks for replies until the task has ended, but not for longer than a wake-up would take.</summary>
    public void LookFor(Task task)
    {
        Interlocked.Increment(ref _looking);
        Interlocked.Increment(ref _bellWords->Looking);
        var end = Stopwatch.GetTimestamp() + LookTicks;
        do
        {
            for (var i = 0; i < 8 && !task.IsCompleted; i++)
            {
                StepIfNews();
                Spin.Pause();
            }
        }
        while (!task.IsCompleted && Stopwatch.GetTimestamp() < end);

        // Full fence: a worker that commits from here on wakes the pool, and what was committed before is seen by the last look.
        Interlocked.Decrement(ref _bellWords->Looking);
        Interlocked.Decrement(ref _looking);
        if (!task.IsCompleted)
        {
            _alone = AloneAfterFailure;
            StepIfNews();
            Wake();
        }
    }

    private void StepIfNews()
    {
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            foreach (var member in _members)
            {
                if (member.HasReplies)
                {
                    Step();
                    return;
                }
            }
        }
        finally
        {
            _gate.Exit();
        }
    }
}
