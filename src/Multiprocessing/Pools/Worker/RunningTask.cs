using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The task that the worker runs, as its body sees it: its argument, its reply and its times. One object for all tasks of a worker.
/// </summary>
internal sealed unsafe class RunningTask
{
    private readonly ReplyWriter _replies;
    private readonly ReadContext _context;
    private readonly Action _argumentRead;
    private long _begun;
    private long _read;

    public RunningTask(ReplyWriter replies, ReadContext context, Action argumentRead)
    {
        _context = context;
        _replies = replies;
        _argumentRead = argumentRead;
        BodyEnded = MeasureEnd;
    }

    public byte* Argument { get; private set; }

    public byte* End { get; private set; }

    public uint Number { get; private set; }

    public bool IsMeasured { get; private set; }

    /// <summary>When the body ended, in ticks of the stopwatch; 0 if the task is not measured.</summary>
    public long Ended { get; private set; }

    /// <summary>Measures the end of a body whose result is written afterwards.</summary>
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

    /// <summary>Reads the argument and returns its bytes to the pool.</summary>
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
        MeasureEnd();
        if (!ValueSerializer<T>.IsRaw || Unsafe.SizeOf<T>() > ByteRing.LargestContent)
        {
            using var buffer = MessageBuffer.Rent();
            ValueSerializer.Serialize(buffer, value, "result");
            Reply(ReplyKind.Result, buffer);
            return;
        }

        using var write = _replies.EnterWrite();
        var at = Open(Unsafe.SizeOf<T>(), out var bytes);
        Unsafe.WriteUnaligned(at, value);
        _replies.Commit(bytes);
    }

    /// <summary>Commits that the task has ended without a value.</summary>
    public void ReplyDone()
    {
        MeasureEnd();
        using var write = _replies.EnterWrite();
        Open(0, out var bytes);
        _replies.Commit(bytes);
    }

    /// <summary>Commits a reply that lies in a message.</summary>
    public void Reply(ReplyKind kind, MessageBuffer content)
    {
        MeasureEnd();
        _replies.Write(kind, Number, content, IsMeasured ? Times : default, Ended);
    }

    /// <summary>Commits that the task threw an exception.</summary>
    public void Fail(Exception exception)
    {
        MeasureEnd();
        _replies.WriteError(ReplyKind.Error, Number, exception, IsMeasured ? Times : default, Ended);
    }

    private TaskTimes Times => new()
    {
        Begun = _begun,
        Work = Math.Max(Ended - _read, 1),
        Read = (uint)Math.Min(_read - _begun, uint.MaxValue),
    };

    /// <summary>Reserves room for a result of this task, and writes its header.</summary>
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
            Number = Number,
        };
        if (IsMeasured)
        {
            *(TaskTimes*)(at + sizeof(ReplyHeader)) = Times;
        }

        return at + before;
    }

    private void MeasureEnd()
    {
        if (IsMeasured && Ended == 0)
        {
            Ended = Stopwatch.GetTimestamp();
        }
    }
}
