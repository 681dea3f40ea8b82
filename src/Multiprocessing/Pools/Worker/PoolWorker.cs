using System.Diagnostics;

namespace Multiprocessing;

/// <summary>What a worker is told at its start.</summary>
internal sealed class WorkerStart
{
    public required PoolMemory Channel { get; init; }

    public required PoolMemory Bell { get; init; }

    public required WorkerInitializer? Initializer { get; init; }

    public required string Pool { get; init; }

    public required int Number { get; init; }

    public required bool WatchesMemory { get; init; }

    /// <summary>The pool's process logs: what the library's factory logs in the worker goes there.</summary>
    public required bool Logs { get; init; }
}

/// <summary>The life of a worker: claims one task after the other, runs it and commits its reply. One in a process, on its main thread.</summary>
internal sealed unsafe class PoolWorker
{
    private const int KnownBodies = 128;
    private const int MostUnannounced = 256;
    private const long UnannouncedTime = 50;
    private const int ShortTask = 2;
    private const int MeasuredShortTask = 8;

    /// <summary>So many items of a body get a thread that was cleaned in all respects; then, while they are very short, one in so many, for asking the runtime takes longer than they do.</summary>
    private const int CleanedItems = 64;

    private readonly ChannelLayout* _channel;
    private readonly byte* _requests;
    private readonly ReplyRing _replies;
    private readonly OutsideMemory _outside;
    private readonly Dictionary<int, (object Body, CancellationTokenSource? Token, int Definition)> _bodies = [];
    private readonly Queue<(int Body, int Definition)> _definitions = [];
    private readonly WorkerStart _start;
    private readonly WorkerReadContext _context;
    private readonly RunningTask _run;
    private int _lastId;
    private PoolBody? _lastBody;
    private int _definitionCount;
    private long _position;
    private long _read;
    private long _lastAnnounced;
    private long _typical;
    private int _untilMeasured;
    private long _memoryLookedAt;
    // A worker that slept so often in a row is idle: it frees the memory of large arguments and results.
    private const int SleepsBeforeTrim = 3;

    private SpinBudget _spin;
    private object? _state;
    private bool _isOver;
    private ThreadBaseline? _clean;
    private int _itemsOfBody;
    private bool _isPartlyClean;

    private PoolWorker(WorkerStart start)
    {
        _start = start;
        _channel = (ChannelLayout*)start.Channel.Base;
        _requests = start.Channel.Base + ChannelLayout.RequestRing;
        _replies = new ReplyRing(start.Channel, start.Bell);
        _outside = new OutsideMemory(start.Channel);
        _context = new WorkerReadContext(Signals, _replies.Share, Tell);
        _run = new RunningTask(_replies, _context, FreeArgument);
    }

    private static readonly AsyncLocal<PoolWorker?> OfThisFlow = new();
    private static PoolWorker? _ofThisProcess;
    private static bool _areThereThreads;

    /// <summary>The worker whose task this code belongs to: the one of this process, or, of a pool that runs on threads of this process, the one that this flow of control came from. Null where there is none.</summary>
    public static PoolWorker? Current => _areThereThreads && OfThisFlow.Value is { } worker ? worker : _ofThisProcess;

    /// <summary>What the initializer made for this process.</summary>
    public object? State => _state;

    public string Pool => _start.Pool;

    /// <summary>What lies between it and the pool.</summary>
    public PoolMemory Channel => _start.Channel;

    public PoolMemory Bell => _start.Bell;

    public int Number => _start.Number;

    /// <summary>What is known of the task that runs.</summary>
    public TaskSignals Signals { get; } = new();

    /// <summary>The body of the worker's process.</summary>
    public static void Run(WorkerStart start)
    {
        var worker = new PoolWorker(start);
        _ofThisProcess = worker;
        if (start.Logs)
        {
            worker._replies.Share();
            MultiprocessingLogging.Factory = new LoggerFactoryProxy(TaskLinks.FactoryNumber, worker.Tell);
        }

        worker.Signals.Watch(start.Channel);
        worker.Live();
    }

    /// <summary>The life of a worker that is a thread of the pool's process: this one.</summary>
    public static void RunOnThread(WorkerStart start)
    {
        var worker = new PoolWorker(start);
        _areThereThreads = true;
        OfThisFlow.Value = worker; // before the thread's context is remembered as the clean one
        worker.Signals.Watch(start.Channel);
        try
        {
            worker.Live();
        }
        finally
        {
            worker.EndOnThread();
        }
    }

    /// <summary>The process goes on: no thread of the worker stays, and what its tasks have left behind has nobody to tell.</summary>
    private void EndOnThread()
    {
        using (_replies.TakeTurn())
        {
            _isOver = true;
        }

        Signals.Stop();
        _replies.Trim();
        _outside.Trim();
    }

    private void Live()
    {
        try
        {
            _state = _start.Initializer?.Initialize();
        }
        catch (Exception exception)
        {
            _replies.WriteError(ReplyKind.InitializerFailed, 0, exception);
            _replies.Announce();
            return;
        }

        // What the initializer has set up for this thread is there for each task.
        _clean = new ThreadBaseline();
        using (var nothing = MessageBuffer.Rent())
        {
            _replies.Write(ReplyKind.Ready, 0, nothing);
        }

        LookAtMemory(always: true);
        _replies.Announce();
        while (TryClaim(out var number) || WaitForTask())
        {
            if (number is { } claimed)
            {
                RunTask(claimed);
            }
        }

        _start.Initializer?.Dispose(_state);
    }

    /// <summary>Begins the next task: a CAS, so that the pool cannot take it back any more. Killed behind it, this task was running.</summary>
    private bool TryClaim(out uint? number)
    {
        var claim = Volatile.Read(ref _channel->Claim);
        while ((uint)claim != (uint)(claim >> 32))
        {
            var started = (uint)claim;
            var seen = Interlocked.CompareExchange(ref _channel->Claim, (claim & ~0xFFFFFFFFL) | (started + 1), claim);
            if (seen == claim)
            {
                number = started;
                return true;
            }

            claim = seen;
        }

        number = null;
        return false;
    }

    /// <summary>False when no task will come any more.</summary>
    private bool WaitForTask()
    {
        if (_replies.Unannounced > 0)
        {
            _replies.Announce();
        }

        var seen = Volatile.Read(ref _channel->Claim);
        if ((uint)seen != (uint)(seen >> 32) || _spin.SpinWhileUnchanged(&_channel->Claim, seen, WaitTimings.SpinBeforeSleep))
        {
            return true;
        }

        // After the first sleep it does not spin: an idle worker uses no processor time between two slices.
        var sleep = new SleepLoop(&_channel->Requests, Deadline.Never, WaitTimings.Slice);
        while (true)
        {
            sleep.Announce();
            var claim = Volatile.Read(ref _channel->Claim);
            if ((uint)claim != (uint)(claim >> 32))
            {
                return true;
            }

            if (Volatile.Read(ref _channel->Closed) != 0)
            {
                return false;
            }

            sleep.Sleep(WaitTimings.Slice);
            if (sleep.Sleeps == SleepsBeforeTrim)
            {
                _replies.Trim();
                _outside.Trim();
            }
        }
    }

    private void RunTask(uint number)
    {
        var header = NextRecord();
        var isTimed = (header.Flags & RequestFlags.Timed) != 0;
        var begun = 0L;
        if (isTimed || --_untilMeasured <= 0)
        {
            begun = Stopwatch.GetTimestamp();
            if (isTimed)
            {
                _channel->TimedStart = begun;
                Volatile.Write(ref _channel->TimedSequence, (int)number);
            }
        }

        if (_isPartlyClean && header.Body != _lastId)
        {
            _clean!.RestoreAll(); // what the last items of a map left is not for another task
        }

        Signals.Begin(number, header.Attempt);
        _run.Begin(number, begun);
        try
        {
            var content = Content(header, out var end);
            _run.SetArgument(content + ((header.BodyLength + 7) & ~7), end);
            BodyOf(header, content).Run(_run);
        }
        catch (Exception exception)
        {
            _clean!.RestoreAll();
            _run.Fail(exception);
        }

        _isPartlyClean = header.Body != 0 && ++_itemsOfBody > CleanedItems && _typical < PoolTicks.Microsecond * ShortTask && _itemsOfBody % CleanedItems != 0;
        if (_isPartlyClean)
        {
            _clean!.RestoreContexts();
        }
        else
        {
            _clean!.RestoreAll();
        }

        Signals.End();
        FreeArgument();
        AfterTask(begun);
    }

    private void AfterTask(long begun)
    {
        var ended = _run.Ended;
        if (begun != 0)
        {
            var took = ended - begun;
            _typical = _typical == 0 ? took : _typical + ((Math.Min(took, _typical * 8) - _typical) / 8);
            _untilMeasured = _typical < PoolTicks.Microsecond * ShortTask ? MeasuredShortTask : 1;
        }

        // Short tasks share a notification: it may have to cross processors. A task that turns out longer than they were is heard of by the pool's own look.
        if (_typical > PoolTicks.Microsecond * ShortTask || _replies.Unannounced >= MostUnannounced
            || (ended != 0 && ended - _lastAnnounced > PoolTicks.Microsecond * UnannouncedTime))
        {
            _lastAnnounced = ended;
            _replies.Announce();
            LookAtMemory(always: false);
        }
    }

    private void LookAtMemory(bool always)
    {
        if (_start.WatchesMemory && (always || Environment.TickCount64 - _memoryLookedAt > 10))
        {
            Volatile.Write(ref _channel->WorkingSet, Environment.WorkingSet);
            _memoryLookedAt = Environment.TickCount64;
        }
    }

    private RequestHeader NextRecord()
    {
        var header = (RequestHeader*)(_requests + (_position & (ChannelLayout.RingBytes - 1)));
        if ((header->Flags & RequestFlags.Pad) != 0)
        {
            _position += header->Length;
            header = (RequestHeader*)(_requests + (_position & (ChannelLayout.RingBytes - 1)));
        }

        return *header;
    }

    /// <summary>The task's bytes, and where the next record is.</summary>
    private byte* Content(RequestHeader header, out byte* end)
    {
        var at = _requests + (_position & (ChannelLayout.RingBytes - 1)) + sizeof(RequestHeader);
        if ((header.Flags & RequestFlags.Outside) == 0)
        {
            _position += (sizeof(RequestHeader) + header.Length + 7) & ~7;
            end = at + header.Length;
            return at;
        }

        _position += sizeof(RequestHeader) + (2 * sizeof(long));
        var segment = _outside.Open(((long*)at)[0]);
        end = segment.Base + ((long*)at)[1];
        return segment.Base;
    }

    /// <summary>The pool may write over what was read. Killed before: it waits for room and is told of the death.</summary>
    private void FreeArgument()
    {
        if (_read != _position)
        {
            _read = _position;
            Volatile.Write(ref _channel->Consumed, _read);
        }
    }

    private PoolBody BodyOf(RequestHeader header, byte* content)
    {
        if (header.Body == 0)
        {
            return CallBody.Instance;
        }

        if (header.Body == _lastId && header.BodyLength == 0)
        {
            return _lastBody!; // a map's next item
        }

        if (header.BodyLength != 0)
        {
            _lastId = 0;
            Define(header, content);
        }

        var (known, token, _) = _bodies[header.Body];
        if (token is not null)
        {
            Signals.BeginBody(token);
        }

        if (known is Exception exception)
        {
            throw exception;
        }

        if (token is null)
        {
            _lastId = header.Body;
            _itemsOfBody = 0;
            _lastBody = (PoolBody)known;
        }

        return (PoolBody)known;
    }

    private void Define(RequestHeader header, byte* content)
    {
        object body;
        var context = _context.ForSharedBody();
        try
        {
            body = ValueSerializer.Deserialize<PoolBody>(ref content, content + header.BodyLength, context);
        }
        catch (Exception exception)
        {
            body = exception; // each task of this body fails with it
        }

        _bodies[header.Body] = (body, context.TokenSource, ++_definitionCount);
        _definitions.Enqueue((header.Body, _definitionCount));
        if (_definitions.Count > KnownBodies)
        {
            // The pool counts on fewer than these.
            var (oldest, definition) = _definitions.Dequeue();
            if (_bodies.TryGetValue(oldest, out var known) && known.Definition == definition)
            {
                _bodies.Remove(oldest);
            }
        }
    }

    /// <summary>From any thread, while a task runs or between two. Killed before the commit: it was not told.</summary>
    private void Tell(MessageBuffer note)
    {
        using var turn = _replies.TakeTurn();
        if (_isOver)
        {
            return;
        }

        _replies.Write(ReplyKind.Note, 0, note);
        _replies.Announce();
    }
}
