using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>What runs in a worker for each argument that comes: made in the pool's process, sent to a worker once.</summary>
internal abstract class PoolBody
{
    /// <summary>Reads the argument, runs and writes the reply of kind <see cref="ReplyKind.Result"/>. What it throws is the task's error.</summary>
    public abstract void Run(RunningTask run);
}

/// <summary>The task that the worker has begun, as its body sees it.</summary>
internal sealed unsafe class RunningTask
{
    private readonly ReplyRing _replies;
    private readonly ReadContext _context;
    private readonly Action _argumentRead;
    private long _begun;
    private long _read;

    public RunningTask(ReplyRing replies, ReadContext context, Action argumentRead)
    {
        _context = context;
        _replies = replies;
        _argumentRead = argumentRead;
        BodyEnded = Stop;
    }

    public byte* Argument { get; private set; }

    public byte* End { get; private set; }

    public uint Number { get; private set; }

    public bool IsMeasured { get; private set; }

    /// <summary>When the body ended; 0 if it was not measured.</summary>
    public long Ended { get; private set; }

    /// <summary>Takes the time at which the body ended, if that is not when its result is handed over.</summary>
    public Action BodyEnded { get; }

    public void Begin(uint number, long begun)
    {
        Number = number;
        _begun = _read = begun;
        Ended = 0;
        IsMeasured = begun != 0;
    }

    public void SetArgument(byte* argument, byte* end)
    {
        Argument = argument;
        End = end;
    }

    /// <summary>Reads the argument and gives its bytes back.</summary>
    public T Read<T>()
    {
        var at = Argument;
        var value = ValueSerializer.Deserialize<T>(ref at, End, _context);
        _argumentRead();
        if (IsMeasured && !ValueSerializer<T>.IsRaw)
        {
            _read = Stopwatch.GetTimestamp();
        }

        return value;
    }

    /// <summary>Commits the result.</summary>
    public void Reply<T>(T value)
    {
        Stop();
        if (!ValueSerializer<T>.IsRaw || Unsafe.SizeOf<T>() > ReplyRing.LargestInside)
        {
            using var buffer = MessageBuffer.Rent();
            ValueSerializer.Serialize(buffer, value, "result");
            Reply(ReplyKind.Result, buffer);
            return;
        }

        using var turn = _replies.TakeTurn();
        var at = Open(Unsafe.SizeOf<T>(), out var bytes);
        Unsafe.WriteUnaligned(at, value);
        _replies.Commit(bytes);
    }

    /// <summary>Commits that the task is done.</summary>
    public void ReplyDone()
    {
        Stop();
        using var turn = _replies.TakeTurn();
        Open(0, out var bytes);
        _replies.Commit(bytes);
    }

    /// <summary>Commits a reply that lies in a message.</summary>
    public void Reply(ReplyKind kind, MessageBuffer content)
    {
        Stop();
        _replies.Write(kind, Number, content, IsMeasured ? Times : default, Ended);
    }

    /// <summary>Commits that the task threw.</summary>
    public void Fail(Exception exception)
    {
        Stop();
        _replies.WriteError(ReplyKind.Error, Number, exception, IsMeasured ? Times : default, Ended);
    }

    private TaskTimes Times => new()
    {
        Begun = _begun,
        Work = Math.Max(Ended - _read, 1),
        Read = (uint)Math.Min(_read - _begun, uint.MaxValue),
    };

    /// <summary>Room for a result of this task, with its header before it.</summary>
    private byte* Open(int length, out int bytes)
    {
        var before = sizeof(ReplyHeader) + (IsMeasured ? sizeof(TaskTimes) : 0);
        bytes = before + length;
        var at = _replies.Reserve(bytes);
        *(ReplyHeader*)at = new ReplyHeader
        {
            Length = length,
            Kind = ReplyKind.Result,
            IsMeasured = IsMeasured ? (byte)1 : (byte)0,
            Sequence = Number,
        };
        if (IsMeasured)
        {
            *(TaskTimes*)(at + sizeof(ReplyHeader)) = Times;
        }

        return at + before;
    }

    private void Stop()
    {
        if (IsMeasured && Ended == 0)
        {
            Ended = Stopwatch.GetTimestamp();
        }
    }
}

/// <summary>A body for each item of a source.</summary>
internal sealed class MapBody<TItem, TResult>(Func<TItem, TResult> body) : PoolBody
{
    [PathName(null)]
    private readonly Func<TItem, TResult> _body = body;

    public override void Run(RunningTask run) => run.Reply(_body(run.Read<TItem>()));
}

/// <summary>An asynchronous body for each item of a source. The main thread waits, so that its continuations run on the thread pool and cannot deadlock.</summary>
internal sealed class AsyncMapBody<TItem, TResult>(Func<TItem, Task<TResult>> body) : PoolBody
{
    [PathName(null)]
    private readonly Func<TItem, Task<TResult>> _body = body;

    public override void Run(RunningTask run) => run.Reply(_body(run.Read<TItem>()).GetAwaiter().GetResult());
}

/// <summary>A body that returns a <see cref="ValueTask{TResult}"/>, for each item of a source.</summary>
internal sealed class ValueTaskMapBody<TItem, TResult>(Func<TItem, ValueTask<TResult>> body) : PoolBody
{
    [PathName(null)]
    private readonly Func<TItem, ValueTask<TResult>> _body = body;

    public override void Run(RunningTask run) => run.Reply(_body(run.Read<TItem>()).AsTask().GetAwaiter().GetResult());
}

/// <summary>A body without a result for each item of a source.</summary>
internal sealed class EachBody<TItem>(Action<TItem> body) : PoolBody
{
    [PathName(null)]
    private readonly Action<TItem> _body = body;

    public override void Run(RunningTask run)
    {
        _body(run.Read<TItem>());
        run.ReplyDone();
    }
}

/// <summary>An asynchronous body without a result for each item of a source.</summary>
internal sealed class AsyncEachBody<TItem>(Func<TItem, Task> body) : PoolBody
{
    [PathName(null)]
    private readonly Func<TItem, Task> _body = body;

    public override void Run(RunningTask run)
    {
        _body(run.Read<TItem>()).GetAwaiter().GetResult();
        run.ReplyDone();
    }
}

/// <summary>A body that returns a <see cref="ValueTask"/>, for each item of a source.</summary>
internal sealed class ValueTaskEachBody<TItem>(Func<TItem, ValueTask> body) : PoolBody
{
    [PathName(null)]
    private readonly Func<TItem, ValueTask> _body = body;

    public override void Run(RunningTask run)
    {
        _body(run.Read<TItem>()).AsTask().GetAwaiter().GetResult();
        run.ReplyDone();
    }
}

/// <summary>A task that brings its own body.</summary>
internal sealed class CallBody : PoolBody
{
    public static readonly CallBody Instance = new();

    public override void Run(RunningTask run)
    {
        var call = run.Read<ChildCall>();
        using var result = MessageBuffer.Rent();
        call.Run(result, run.IsMeasured ? run.BodyEnded : null);
        GC.KeepAlive(call); // a body may work on a span of shared memory that it captured, which keeps nothing
        run.Reply(ReplyKind.Result, result);
    }
}
