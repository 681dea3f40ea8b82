namespace Multiprocessing;

/// <summary>
/// Empties the inbox of a pool: tasks wait from then on, or fail at once where the pool takes none; actions run. Holds no state of its own; under the
/// loop's gate.
/// </summary>
internal sealed class PoolIntake(PoolLoop loop, PoolState state, PendingTasks pending)
{
    /// <returns><see langword="true"/> if there was anything in the inbox.</returns>
    public bool Drain()
    {
        var any = false;
        while (loop.TryTake(out var entry))
        {
            any = true;
            if (entry is TaskBatch batch)
            {
                Add(batch);
            }
            else
            {
                ((Action)entry)();
            }
        }

        return any;
    }

    private void Add(TaskBatch batch)
    {
        batch.Settings.Statistics.AddSubmitted(batch.Count, isAlone: batch.Settings.Body is null, batch.WritingTicks);
        if (!state.FailsTasks)
        {
            pending.AddLast(new TaskRange(batch, 0, batch.Count));
            return;
        }

        for (var i = 0; i < batch.Count; i++)
        {
            batch.OnError(i, state.Failure);
        }
    }
}
