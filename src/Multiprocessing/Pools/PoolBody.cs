using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>What runs in a worker for each argument that comes: made in the pool's process, sent to a worker once.</summary>
internal abstract class PoolBody
{
    /// <summary>Reads the argument, runs and writes the reply of kind <see cref="ReplyKind.Result"/>. What it throws is the task's error.</summary>
    public abstract void Run(TaskRun run);
}

/// <summary>The task that the worker has begun, as its body sees it.</summary>
internal sealed unsafe class TaskRun(ReplyRing replies, Action<TaskRun> argumentRead)
{
    private readonly Action<TaskRun> _argumentRead = argumentRead;
    private long _begun;
    private long _read;

    public byte* Argument { get; private set; }

    public byte* End { get; private set; }

    public uint Number { get; private set; }

    public bool IsMeasured { get; private set; }

    /// <summary>When the task ended; 0 if it was not measured.</summary>
    public long Ended { get; private set; }

    public void Begin(uint number, byte* argument, byte* end, long begun)
    {
        Number = number;
        Argument = argument;
        End = end;
        _begun = _read = begun;
        Ended = 0;
        IsMeasured = begun != 0;
    }

    /// <summary>Reads the argument and gives its bytes back.</summary>
    public T Read<T>()
    {
        var at = Argument;
        var value = ValueSerializer.Deserialize<T>(ref at, End);
        _argumentRead(this);
        if (IsMeasured && !ValueSerializer<T>.IsRaw)
        {
            _read = Stopwatch.GetTimestamp();
        }

        return value;
    }

    /// <summary>Commits the result.</summary>
    public void Reply<T>(T value)
    {
        if (!ValueSerializer<T>.IsRaw || Unsafe.SizeOf<T>() > ReplyRing.LargestInside)
        {
            using var buffer = MessageBuffer.Rent();
            Stop();
            ValueSerializer.Serialize(buffer, value, "result");
            try
            {
                Reply(ReplyKind.Result, buffer);
            }
            catch
            {
                buffer.Cancel();
                throw;
            }

            return;
        }

        Stop();
        var bytes = sizeof(ReplyHeader) + Unsafe.SizeOf<T>();
        var at = replies.Reserve(bytes);
        WriteHeader(at, Unsafe.SizeOf<T>());
        Unsafe.WriteUnaligned(at + sizeof(ReplyHeader), value);
        replies.Commit(bytes);
    }

    /// <summary>Commits that the task is done.</summary>
    public void ReplyDone()
    {
        Stop();
        WriteHeader(replies.Reserve(sizeof(ReplyHeader)), 0);
        replies.Commit(sizeof(ReplyHeader));
    }

    /// <summary>Commits a reply that lies in a message.</summary>
    public void Reply(ReplyKind kind, MessageBuffer content)
    {
        Stop();
        replies.Write(kind, Number, content, (uint)Math.Min(_read - _begun, uint.MaxValue), WorkTicks);
    }

    /// <summary>Commits that the task threw.</summary>
    public void Fail(Exception exception)
    {
        using var buffer = MessageBuffer.Rent();
        ValueSerializer.SerializeException(buffer, exception);
        Reply(ReplyKind.Error, buffer);
    }

    private long WorkTicks => IsMeasured ? Math.Max(Ended - _read, 1) : 0;

    private void WriteHeader(byte* at, int length) => *(ReplyHeader*)at = new ReplyHeader
    {
        Length = length,
        Kind = ReplyKind.Result,
        Sequence = Number,
        ReadTicks = (uint)Math.Min(_read - _begun, uint.MaxValue),
        WorkTicks = WorkTicks,
    };

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

    public override void Run(TaskRun run) => run.Reply(_body(run.Read<TItem>()));
}

/// <summary>An asynchronous body for each item of a source. The main thread waits, so that its continuations run on the thread pool and cannot deadlock.</summary>
internal sealed class AsyncMapBody<TItem, TResult>(Func<TItem, Task<TResult>> body) : PoolBody
{
    [PathName(null)]
    private readonly Func<TItem, Task<TResult>> _body = body;

    public override void Run(TaskRun run) => run.Reply(_body(run.Read<TItem>()).GetAwaiter().GetResult());
}

/// <summary>A body without a result for each item of a source.</summary>
internal sealed class EachBody<TItem>(Action<TItem> body) : PoolBody
{
    [PathName(null)]
    private readonly Action<TItem> _body = body;

    public override void Run(TaskRun run)
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

    public override void Run(TaskRun run)
    {
        _body(run.Read<TItem>()).GetAwaiter().GetResult();
        run.ReplyDone();
    }
}

/// <summary>A task that brings its own body.</summary>
internal sealed class CallBody : PoolBody
{
    public static readonly CallBody Instance = new();

    public override void Run(TaskRun run)
    {
        var call = run.Read<ChildCall>();
        using var result = MessageBuffer.Rent();
        call.Run(result);
        GC.KeepAlive(call); // a body may work on a span of shared memory that it captured, which keeps nothing
        run.Reply(ReplyKind.Result, result);
    }
}
