namespace Multiprocessing;

/// <summary>
/// What reaches a task from outside while it runs: that it is to stop. A thread sleeps on the channel's word, but only in a worker in which a task has ever asked for its token.
/// </summary>
internal sealed unsafe class TaskSignals
{
    private readonly Lock _gate = new();
    private PoolMemory? _channel;
    private CancellationTokenSource? _source;
    private Thread? _thread;
    private CancellationTokenSource? _bodySource;
    private uint _number;
    private bool _isRunning;
    private volatile bool _isOver;

    /// <summary>Which attempt at the task this is, from 1 on; 0 while none runs.</summary>
    public int Attempt { get; private set; }

    /// <summary>Cancelled when the task that runs is to stop.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (_gate)
            {
                if (!_isRunning)
                {
                    return default;
                }

                _source ??= new CancellationTokenSource();
                StartListening();
            }

            Look();
            return _source.Token;
        }
    }

    public void Watch(PoolMemory channel) => _channel = channel;

    public void Begin(uint number, int attempt)
    {
        // The thread looks at these under the gate; there is none before a task has asked for its token.
        if (_thread is null)
        {
            Set(number, attempt);
            return;
        }

        lock (_gate)
        {
            Set(number, attempt);
        }
    }

    /// <summary>The body has a token that all its tasks share; it is cancelled with the first of them.</summary>
    public void BeginBody(CancellationTokenSource source)
    {
        lock (_gate)
        {
            _bodySource = source;
            StartListening();
        }

        Look();
    }

    public void End()
    {
        if (_thread is null)
        {
            _isRunning = false;
            return;
        }

        CancellationTokenSource? source;
        lock (_gate)
        {
            _isRunning = false;
            source = _source;
            _source = null;
            _bodySource = null;
        }

        source?.Dispose();
    }

    /// <summary>The worker has ended, and the process goes on: the thread ends.</summary>
    public void Stop()
    {
        _isOver = true;
        WaitPoint.Notify(&((ChannelLayout*)_channel!.Base)->Signals, 1, _channel.Session.Doorbells);
    }

    private void Look()
    {
        var cancelled = Volatile.Read(ref ((ChannelLayout*)_channel!.Base)->Cancelled);
        CancellationTokenSource? source = null;
        CancellationTokenSource? bodySource = null;
        lock (_gate)
        {
            if (_isRunning && cancelled != 0 && (uint)cancelled == _number)
            {
                source = _source;
                bodySource = _bodySource;
            }
        }

        Cancel(bodySource);
        Cancel(source);
    }

    /// <summary>The callbacks are the user's: what they throw is logged, and the next cancellation is heard of, too.</summary>
    private static void Cancel(CancellationTokenSource? source)
    {
        if (source is not null)
        {
            LastResort.Run(EntryPoint.TaskCancellation, source, static source =>
            {
                try
                {
                    source.Cancel();
                }
                catch (ObjectDisposedException)
                {
                    // The task ended meanwhile: there is nobody left to be told.
                }
            });
        }
    }

    private void Set(uint number, int attempt)
    {
        _number = number;
        Attempt = attempt;
        _isRunning = true;
    }

    private void StartListening()
    {
        if (_thread is null)
        {
            // Without it no task could be cancelled any more, and its caller would wait: then the worker ends.
            var thread = LastResort.NewThread(EntryPoint.TaskSignals, "Multiprocessing task signals", Listen, ChildRuntime.Die);
            thread.Start();
            _thread = thread; // not before: if there is no thread to be had, the next task that asks for its token tries again
        }
    }

    private void Listen()
    {
        var channel = (ChannelLayout*)_channel!.Base;
        var sleep = new SleepLoop(&channel->Signals, Deadline.Never, WaitTimings.Idle);
        while (!_isOver)
        {
            var seen = Volatile.Read(ref channel->Cancelled);
            Look();
            sleep.Announce();
            if (Volatile.Read(ref channel->Cancelled) == seen && !_isOver)
            {
                // Long: the pool that sets the word notifies, and if its process is killed in between, this process ends with it.
                sleep.Sleep(WaitTimings.Idle);
            }
        }
    }
}
