namespace Multiprocessing;

/// <summary>
/// What a node has of one caller's contents: calls that arrive in chunks, bodies that many tasks use, and results that are on their way back.
/// Thread-safe.
/// </summary>
/// <param name="caller">The caller.</param>
/// <param name="node">The node's address.</param>
internal sealed class NodeContents(IClusterPeer caller, string node)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, SharedInput<PoolBody>> _bodies = [];
    private readonly OutgoingTransfers _results = OutgoingTransfers.To(caller, node, null);
    private readonly IncomingTransfers _incoming = new();

    /// <summary>Gets the number of contents that the node keeps.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _bodies.Count + _incoming.Count + _results.Count;
            }
        }
    }

    /// <summary>Gets the bytes that are allocated for contents that have not arrived as a whole, or were not used yet.</summary>
    public long Allocated => _incoming.Allocated;

    public long Receive(byte[] chunk) => _incoming.Receive(Chunk.Read(chunk));

    public void Drop(long transfer)
    {
        SharedInput<PoolBody>? body;
        lock (_gate)
        {
            _incoming.Drop(transfer);
            _bodies.Remove(transfer, out body);
        }

        body?.Dispose();
    }

    /// <summary>Takes the call of a task.</summary>
    /// <exception cref="InvalidDataException">It has not arrived: the caller says so before it gives the task.</exception>
    public byte[] TakeCall(in LeasedTask task) =>
        task.Transfer == 0 ? task.Call : _incoming.Take(task.Transfer) ?? throw Missing("arguments", task);

    /// <summary>Returns the body of a task, in memory that the workers share. Each worker reads it once.</summary>
    /// <exception cref="InvalidDataException">It has not arrived.</exception>
    public SharedInput<PoolBody> BodyOf(in LeasedTask task)
    {
        lock (_gate)
        {
            if (!_bodies.TryGetValue(task.Body, out var body))
            {
                body = SharedInput<PoolBody>.FromMessage(_incoming.Peek(task.Body) ?? throw Missing("body", task));
                _bodies.Add(task.Body, body);
                _incoming.Drop(task.Body); // only now: if there was no room for it in shared memory, a later task tries again
            }

            return body;
        }
    }

    /// <summary>Brings a reply to the caller.</summary>
    /// <returns>The number of the transfer, or <see langword="null"/> if the caller has no use for the reply.</returns>
    /// <exception cref="OperationCanceledException">The task was cancelled, or the caller is lost.</exception>
    public async Task<long?> SendAsync(LeasedTask task, byte[] content, CancellationToken cancellationToken)
    {
        var transfer = _results.Begin(content, task.Id, task.Lease);
        try
        {
            if (await transfer.Arrival.WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                _results.Finish(transfer); // the reply refers to it, and the caller frees it with the task
                return transfer.Number;
            }

            _results.Finish(transfer);
            return null;
        }
        catch
        {
            _results.Abandon(transfer);
            throw;
        }
    }

    /// <summary>The caller has left or is lost.</summary>
    public void Close()
    {
        SharedInput<PoolBody>[] bodies;
        lock (_gate)
        {
            bodies = [.. _bodies.Values];
            _bodies.Clear();
            _incoming.Close();
            _results.Close();
        }

        foreach (var body in bodies)
        {
            body.Dispose();
        }
    }

    private static InvalidDataException Missing(string what, in LeasedTask task) =>
        new($"The {what} of the task '{task.Name}' did not arrive at the node before the task.");
}
