using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>A span's identity as words of shared memory, and the number of the task in the worker's channel that it belongs to.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SpanWords
{
    public ulong TraceHigh;
    public ulong TraceLow;
    public ulong Span;
    public ulong Parent;

    /// <summary>When it began: <see cref="DateTime.Ticks"/> in UTC.</summary>
    public long Start;

    public int IsRecorded;

    /// <summary>The task's number. Written last: if the writer dies before, the words belong to no task that can be asked for.</summary>
    public int Number;

    public readonly bool IsOf(uint number) => Number == (int)number && Span != 0;

    public void Set(uint number, in ActivityContext span, ActivitySpanId parent, DateTime start)
    {
        Span<byte> bytes = stackalloc byte[16];
        span.TraceId.CopyTo(bytes);
        TraceHigh = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        TraceLow = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        Span = Word(span.SpanId);
        Parent = Word(parent);
        Start = start.Ticks;
        IsRecorded = (span.TraceFlags & ActivityTraceFlags.Recorded) != 0 ? 1 : 0;
        Volatile.Write(ref Number, (int)number);
    }

    public readonly AttemptSpan Read()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, TraceHigh);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], TraceLow);
        var flags = IsRecorded != 0 ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None;
        var trace = ActivityTraceId.CreateFromBytes(bytes);
        return new AttemptSpan(
            new ActivityContext(trace, Id(Span), flags, isRemote: true),
            new ActivityContext(trace, Id(Parent), flags, isRemote: true),
            new DateTime(Math.Clamp(Start, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc));
    }

    private static ulong Word(ActivitySpanId id)
    {
        Span<byte> bytes = stackalloc byte[8];
        id.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    private static ActivitySpanId Id(ulong word)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, word);
        return ActivitySpanId.CreateFromBytes(bytes);
    }
}

/// <summary>
/// The spans of earlier attempts at tasks of the channel, each at its task's number modulo the length. An overwritten one is a missing link.
/// </summary>
[InlineArray(Length)]
internal struct EarlierSpans
{
    public const int Length = 16;

    private SpanWords _first;
}

/// <summary>The span of an attempt at a task in a worker.</summary>
internal readonly record struct AttemptSpan(ActivityContext Context, ActivityContext Parent, DateTime Start)
{
    /// <summary>
    /// Reports the span of an attempt that ended with its worker, which could not export it: what the body exported is below this span, and the next
    /// attempt has a link to it.
    /// </summary>
    public void Report(string pool, string task, int attempt, int worker, int processId, Type error, string description)
    {
        if (MultiprocessingTelemetry.Source.CreateActivity(
            task, ActivityKind.Consumer, Parent, TaskTags.Of(pool, task, attempt, worker, processId)) is not { } span)
        {
            return;
        }

        span.SetStartTime(Start);
        var current = Activity.Current;
        span.Start();
        CallerActivity.SetSpanId(span, Context.SpanId.ToHexString());
        span.SetTag(TelemetryTags.ErrorType, error.FullName);
        span.SetStatus(ActivityStatusCode.Error, description);
        span.Stop();
        Activity.Current = current;
    }
}

/// <summary>The attributes of a task's span.</summary>
internal static class TaskTags
{
    public static KeyValuePair<string, object?>[] Of(string pool, string task, int attempt, int worker, int processId) =>
    [
        new(TelemetryTags.MessagingSystem, TelemetryTags.System),
        new(TelemetryTags.MessagingOperation, "run"),
        new(TelemetryTags.MessagingOperationType, "process"),
        new(TelemetryTags.MessagingDestination, pool),
        new(TelemetryTags.Pool, pool),
        new(TelemetryTags.Task, task),
        new(TelemetryTags.TaskAttempt, attempt),
        new(TelemetryTags.Worker, worker),
        new(TelemetryTags.ProcessId, processId),
    ];
}
