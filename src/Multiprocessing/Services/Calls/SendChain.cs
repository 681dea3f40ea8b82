namespace Multiprocessing;

/// <summary>
/// The calls of one client that cannot be sent at once, because the channel is full or the service is being started again. They are sent one after
/// the
/// other in the order in which they were made; while there are any, all calls join them. Thread-safe.
/// </summary>
internal sealed class SendChain
{
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;
    private int _count;

    /// <summary>Gets whether a call may be sent at once.</summary>
    public bool IsIdle => Volatile.Read(ref _count) == 0;

    /// <summary>Joins the end. Wait for <see cref="Turn.Before"/>, and call <see cref="Exit"/> in any case.</summary>
    public Turn Enter()
    {
        var after = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            var turn = new Turn(_last, after);
            _last = after.Task;
            _count++;
            return turn;
        }
    }

    /// <summary>
    /// The call was sent, or given up. One that is given up before its turn leaves its place to the next one only when its turn has come.
    /// </summary>
    public void Exit(Turn turn)
    {
        lock (_gate)
        {
            _count--;
        }

        if (turn.Before.IsCompleted)
        {
            turn.After.SetResult();
        }
        else
        {
            _ = PassOnAsync(turn);
        }
    }

    private static async Task PassOnAsync(Turn turn)
    {
        await turn.Before.ConfigureAwait(false);
        turn.After.SetResult();
    }

    internal sealed record Turn(Task Before, TaskCompletionSource After);
}
