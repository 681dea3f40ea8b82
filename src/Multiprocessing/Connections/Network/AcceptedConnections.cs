namespace Multiprocessing;

/// <summary>The authenticated connections of a listener that the program has not accepted yet.</summary>
internal sealed class AcceptedConnections(int most)
{
    private readonly Lock _gate = new();
    private readonly Queue<Connection> _connections = new();
    private readonly SemaphoreSlim _available = new(0);
    private TaskCompletionSource? _room;
    private bool _isEnded;

    /// <summary>Adds a connection; disposes it if the listener was disposed.</summary>
    public void Add(Connection connection)
    {
        lock (_gate)
        {
            if (!_isEnded)
            {
                _connections.Enqueue(connection);
                _ = _available.Release();
                return;
            }
        }

        connection.Dispose();
    }

    /// <summary>Completes when there are fewer connections than the limit, or the listener was disposed.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_gate)
        {
            if (_isEnded || _connections.Count < most)
            {
                return Task.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>Returns the next connection, or <see langword="null"/> if there is none in time.</summary>
    /// <exception cref="ObjectDisposedException">The listener was disposed.</exception>
    public Connection? Take(TimeSpan timeout, CancellationToken cancellationToken) =>
        _available.Wait(timeout, cancellationToken) ? Taken() : null;

    /// <inheritdoc cref="Take"/>
    public async ValueTask<Connection?> TakeAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        await _available.WaitAsync(timeout, cancellationToken).ConfigureAwait(false) ? Taken() : null;

    /// <summary>Disposes the connections. All calls that wait, and all later ones, throw.</summary>
    public void End()
    {
        TaskCompletionSource? room;
        Connection[] left;
        lock (_gate)
        {
            if (_isEnded)
            {
                return;
            }

            _isEnded = true;
            room = _room;
            left = [.. _connections];
            _connections.Clear();
            _ = _available.Release(); // each call that it wakes wakes the next one
        }

        room?.SetResult();
        foreach (var connection in left)
        {
            connection.Dispose();
        }
    }

    private Connection Taken()
    {
        lock (_gate)
        {
            if (_isEnded)
            {
                _ = _available.Release();
                throw new ObjectDisposedException(nameof(ConnectionListener));
            }

            var connection = _connections.Dequeue();
            _room?.SetResult();
            _room = null;
            return connection;
        }
    }
}
