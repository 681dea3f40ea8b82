using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A caller that awaits one short task after the other polls for the reply itself for a moment, instead of sleeping: a result that passes through the
/// pool's thread and the thread pool costs two wake-ups, which is fifty times the task. A caller that adds many tasks, or long ones, is never held
/// up: the first time that polling does not pay ends it for the next 64 such calls. Owns the counts that decide this. Used by any thread, without the
/// gate: a race costs one poll too many or too few.
/// </summary>
internal sealed class CallerSpin(PoolLoop loop)
{
    private const int AloneBeforeSpinning = 4;
    private const int AloneAfterFailure = -64;

    /// <summary>About as long as a wake-up takes.</summary>
    private static readonly long SpinTicks = 15 * PoolTicks.Microsecond;

    private static readonly long ShortTask = 5 * PoolTicks.Microsecond;

    // Tasks of RunAsync that have not ended; and how many in a row were added while there was no other.
    private int _open;
    private int _alone;

    /// <summary>A task of RunAsync is added.</summary>
    /// <returns><see langword="true"/> if its caller should poll for its result.</returns>
    public bool Opened(TaskBatch batch)
    {
        if (Interlocked.Increment(ref _open) != 1)
        {
            _alone = Math.Min(_alone, 0);
            return false;
        }

        var alone = Math.Min(_alone + 1, AloneBeforeSpinning);
        _alone = alone;
        return alone == AloneBeforeSpinning && Spin.IsUseful && batch.Pace.Typical is > 0 and var typical && typical < ShortTask;
    }

    public void Closed() => Interlocked.Decrement(ref _open);

    /// <summary>Polls for replies until the task has ended, but not for longer than a wake-up would take.</summary>
    public void SpinFor(Task task)
    {
        loop.Bell.BeginCallerSpin();
        var end = Stopwatch.GetTimestamp() + SpinTicks;
        do
        {
            for (var i = 0; i < 8 && !task.IsCompleted; i++)
            {
                loop.StepIfReplies();
                Spin.Pause();
            }
        }
        while (!task.IsCompleted && Stopwatch.GetTimestamp() < end);

        loop.Bell.EndCallerSpin();
        if (!task.IsCompleted)
        {
            _alone = AloneAfterFailure;
            loop.StepIfReplies();
            loop.Bell.Wake();
        }
    }
}
