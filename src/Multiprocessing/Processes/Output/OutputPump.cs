namespace Multiprocessing;

/// <summary>
/// Carries the output of a child to its sink, in order, one piece at a time, as a work item of the library: a slow sink must not delay the watcher of
/// all children.
/// </summary>
/// <param name="sink">Receives the output; usually a callback of the program.</param>
/// <param name="onError">Receives the exceptions of the sink.</param>
/// <param name="owner">The owner of the callback; see <see cref="CallbackScope"/>.</param>
internal sealed class OutputPump(IOutputSink sink, Action<Exception> onError, object owner)
{
    private readonly Lock _gate = new();
    private readonly Queue<object> _pending = new();
    private bool _isRunning;

    /// <summary>The number of bytes that the sink has not yet received.</summary>
    public long PendingBytes { get; private set; }

    public void Post(byte[] data)
    {
        lock (_gate)
        {
            PendingBytes += data.Length;
            Enqueue(data);
        }
    }

    /// <summary>Calls back once the sink has received everything that was posted before.</summary>
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

    /// <summary>Makes the sink write what it kept, after everything that was posted before, and then calls back.</summary>
    public void Finish(Action action)
    {
        lock (_gate)
        {
            // Not on the caller's thread, which is the watcher of all children: the sink may be slow here too.
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
            onError(exception); // waiters for the end of the output must not wait for ever
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

    /// <summary>
    /// The work item failed between two pieces: the next one carries the rest. Waiters for the end of the output must not wait for ever.
    /// </summary>
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
                // Each piece runs in the same context: changes that a callback makes in it do not affect the next one.
                ExecutionContext.Run(context, Write, data);
            }
            catch (Exception exception)
            {
                onError(exception); // a callback of the program threw: reported, and the next piece is delivered
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
