namespace Multiprocessing;

/// <summary>
/// One client of a manager as its objects know it: a connection with what its calls hold. Its end releases that, whether the client closed the
/// connection, exited or was killed. Thread-safe.
/// </summary>
internal sealed class ManagedClient(int processId, string description)
{
    private readonly Lock _gate = new();
    private readonly HashSet<IHeldByClients> _held = [];
    private readonly CancellationTokenSource _ended = new();
    private bool _hasEnded;
    private volatile bool _isEnding;

    /// <summary>Gets the client's process; 0 if it is on another machine or not known.</summary>
    public int ProcessId { get; } = processId;

    /// <summary>Gets a token that is cancelled when the connection has ended.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>
    /// Gets whether the connection has ended. It is set before the client's calls are cancelled, so a call can distinguish that from a token that the
    /// client cancelled.
    /// </summary>
    public bool IsEnding => _isEnding;

    public override string ToString() => description;

    /// <summary>The connection has ended. Called before the calls are cancelled and before <see cref="End"/>.</summary>
    public void BeginEnd() => _isEnding = true;

    /// <summary>Records that the client holds something of an object, or waits at it. Called under the object's lock.</summary>
    /// <exception cref="OperationCanceledException">The client has ended: the object must not give it anything.</exception>
    public void Hold(IHeldByClients held)
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                throw new OperationCanceledException($"The client ({description}) has closed its connection.");
            }

            _held.Add(held);
        }
    }

    /// <summary>The client holds nothing of the object any more. Called under the object's lock.</summary>
    public void Forget(IHeldByClients held)
    {
        lock (_gate)
        {
            _held.Remove(held);
        }
    }

    /// <summary>Releases what the client holds. Called once, when its connection has ended. Each object enters its own lock.</summary>
    public void End()
    {
        IHeldByClients[] held;
        BeginEnd();
        lock (_gate)
        {
            _hasEnded = true;
            held = [.. _held];
            _held.Clear();
        }

        // First the waits: a lock that is released must not be given to another call of the same client.
        _ended.Cancel();
        foreach (var each in held)
        {
            each.Release(this);
        }
    }
}

/// <summary>A managed object that clients can hold: a lock, permits of a semaphore, items of a queue that are not marked as done.</summary>
internal interface IHeldByClients
{
    /// <summary>Releases what an ended client held.</summary>
    void Release(ManagedClient client);
}
