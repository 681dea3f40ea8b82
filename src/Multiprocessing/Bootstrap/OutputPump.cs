namespace Multiprocessing;

/// <summary>Carries what a child wrote to its sink, in order, one piece at a time, on the thread pool: a slow sink must not hold up the watcher of all children.</summary>
internal sealed class OutputPump(Action<ReadOnlyMemory<byte>> sink, Action<Exception> onError)
{
    private readonly Lock _gate = new();
    private readonly Queue<object> _pending = new();
    private bool _isRunning;

    /// <summary>Bytes that the sink has not taken yet.</summary>
    public long PendingBytes { get; private set; }

    public void Post(byte[] data)
    {
        lock (_gate)
        {
            PendingBytes += data.Length;
            Enqueue(data);
        }
    }

    /// <summary>Calls back once the sink has taken everything posted before.</summary>
    public void WhenDrained(Action action)
    {
        lock (_gate)
        {
            if (_isRunning)
            {
                Enqueue(action);
                return;
            }
        }

        action();
    }

    private void Enqueue(object item)
    {
        _pending.Enqueue(item);
        if (!_isRunning)
        {
            _isRunning = true;
            ThreadPool.UnsafeQueueUserWorkItem(static pump => pump.Run(), this, preferLocal: false);
        }
    }

    private void Run()
    {
        while (true)
        {
            object? item;
            lock (_gate)
            {
                if (!_pending.TryDequeue(out item))
                {
                    _isRunning = false;
                    return;
                }
            }

            if (item is Action action)
            {
                action();
                continue;
            }

            var data = (byte[])item;
            try
            {
                sink(data);
            }
            catch (Exception exception)
            {
                onError(exception); // a user's callback threw: reported, and the next piece still comes
            }

            lock (_gate)
            {
                PendingBytes -= data.Length;
            }
        }
    }
}
