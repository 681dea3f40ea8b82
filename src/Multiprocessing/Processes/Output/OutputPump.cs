namespace Multiprocessing;

/// <summary>Carries what a child wrote to its sink, in order, one piece at a time, as library work: a slow sink must not hold up the watcher of all children.</summary>
/// <param name="sink">Takes it; mostly a callback of the program's.</param>
/// <param name="onError">Told what the sink throws.</param>
/// <param name="owner">Whose callback it is; see <see cref="CallbackScope"/>.</param>
internal sealed class OutputPump(IOutputSink sink, Action<Exception> onError, object owner)
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

    /// <summary>Has the sink pass on what it kept, after everything posted before, and calls back after that.</summary>
    public void Finish(Action action)
    {
        lock (_gate)
        {
            // Not on the caller's thread, which is that of the watcher of all children: the sink may be slow here, too.
            if (_isRunning || sink.HasRest)
            {
                Enqueue(() =>
                {
                    Guard(sink.Finish);
                    action();
                });
                return;
            }
        }

        action();
    }

    private void Write(object? data) => sink.Write((byte[])data!);

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            onError(exception); // whoever waits for the end of the output must not wait for ever
        }
    }

    private void Enqueue(object item)
    {
        _pending.Enqueue(item);
        if (!_isRunning)
        {
            _isRunning = true;
            StartRun();
        }
    }

    /// <summary>The work item failed between two pieces: the next one carries what is left. Whoever waits for the end of the output must not wait for ever.</summary>
    private void Resume()
    {
        lock (_gate)
        {
            _isRunning = _pending.Count > 0;
            if (_isRunning)
            {
                StartRun();
            }
        }
    }

    private void StartRun() => LastResort.Queue(EntryPoint.OutputPump, this, static pump => pump.Run(), static (pump, _) => pump.Resume());

    private void Run()
    {
        using var scope = CallbackScope.Enter(owner);
        var context = ExecutionContext.Capture()!;
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
                Guard(action);
                continue;
            }

            var data = (byte[])item;
            try
            {
                // Each piece in the same context: what a callback leaves in it is not there for the next one.
                ExecutionContext.Run(context, Write, data);
            }
            catch (Exception exception)
            {
                onError(exception); // a user's callback threw: reported, and the next piece still comes
            }
            finally
            {
                lock (_gate)
                {
                    PendingBytes -= data.Length;
                }
            }
        }
    }
}
