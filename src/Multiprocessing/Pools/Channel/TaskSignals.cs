using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The worker's end of cancellation: cancels the token of the task that runs when the pool signals its number. A thread sleeps on the channel's word,
/// but only in a worker in which a task has used its token.
/// </summary>
internal sealed unsafe class TaskSignals(PoolMemory channel)
{
    private readonly Lock _gate = new();
    private readonly ChannelLayout* _channel = (ChannelLayout*)channel.Base;
    private CancellationTokenSource? _source;
    private Thread? _thread;
    private CancellationTokenSource? _bodySource;
    private uint _number;
    private bool _isRunning;
    private volatile bool _isOver;

    /// <summary>Gets which attempt at the task this is, from 1 on; 0 before the first task.</summary>
    public int Attempt { get; private set; }

    /// <summary>Gets the token of the task that runs; a token that is never cancelled while none runs.</summary>
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

            CancelIfSignalled();
            return _source.Token;
        }
    }

    /// <summary>Publishes the span of the task that runs: if this process is killed in it, the pool reports it.</summary>
    public void PublishSpan(Activity span) => _channel->Span.Set(_number, span.Context, span.ParentSpanId, span.StartTimeUtc);

    /// <summary>Returns the span of the attempt before, or null.</summary>
    public ActivityContext? EarlierSpan()
    {
        ref var words = ref _channel->Earlier[(int)(_number % EarlierSpans.Length)];
        return Attempt > 1 && words.IsOf(_number) ? words.Read().Context : null;
    }

    /// <summary>The task that runs is an attempt of a caller beyond this pool, which counts its attempts itself.</summary>
    public void CountAttempt(int attempt) => Attempt = attempt;

    public void Begin(uint number, int attempt)
    {
        // The thread reads these fields under the gate; there is no thread before a task has used its token.
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

    /// <summary>The running task's body has a token that all its tasks share; it is cancelled with the first of them.</summary>
    public void BeginBody(CancellationTokenSource source)
    {
        lock (_gate)
        {
            _bodySource = source;
            StartListening();
        }

        CancelIfSignalled();
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

    /// <summary>The worker has ended, and the process continues: the thread ends.</summary>
    public void Stop()
    {
        _isOver = true;
        WaitPoint.Notify(&_channel->Signals, 1, channel.Session.Doorbells);
    }

    /// <summary>Cancels the tokens of the task that runs if the pool has signalled its number.</summary>
    private void CancelIfSignalled()
    {
        var cancelled = Volatile.Read(ref _channel->Cancelled);
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

    /// <summary>The callbacks are the program's: what they throw is logged, and the next task can still be cancelled.</summary>
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
                    // The task has ended meanwhile.
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
            // If the thread fails, no task can be cancelled any more and its caller would wait: then the worker ends.
            var thread = LastResort.NewThread(EntryPoint.TaskSignals, "Multiprocessing task signals", Listen, ChildRuntime.Die);
            thread.Start();
            _thread = thread; // not before: if the thread cannot be started, the next task that uses its token tries again
        }
    }

    private void Listen()
    {
        var sleep = new SleepLoop(&_channel->Signals, Deadline.Never, WaitTimings.Idle);
        while (!_isOver)
        {
            var seen = Volatile.Read(ref _channel->Cancelled);
            CancelIfSignalled();
            sleep.Announce();
            if (Volatile.Read(ref _channel->Cancelled) == seen && !_isOver)
            {
                // Long: the pool that sets the word notifies, and if its process is killed in between, this process ends with it.
                sleep.Sleep(WaitTimings.Idle);
            }
        }
    }
}
