using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The caller's activity, as it is found around a task in the worker. If a listener there asks for the source <c>Multiprocessing</c>, the task is an activity of its own, a child of the caller's; else the current
/// activity stands for the caller's with its very ids, so that what the body starts is a child of the caller's and not of one that no exporter has seen.
/// </summary>
internal static class CallerActivity
{
    private static readonly ActivitySource Source = new("Multiprocessing");

    public static Activity Start(string name, string parent, string? traceState, KeyValuePair<string, string?>[] baggage)
    {
        if (!ActivityContext.TryParse(parent, traceState, isRemote: true, out var caller))
        {
            var hierarchical = new Activity(name).SetParentId(parent); // ids of the older form name all their parents: what is below it is still below the caller's
            hierarchical.TraceStateString = traceState;
            AddBaggage(hierarchical, baggage);
            return hierarchical.Start();
        }

        if (Source.HasListeners() && Source.CreateActivity(name, ActivityKind.Internal, caller) is { } task)
        {
            AddBaggage(task, baggage);
            return task.Start();
        }

        var standIn = new Activity(name).SetParentId(caller.TraceId, caller.SpanId, caller.TraceFlags);
        standIn.TraceStateString = traceState;
        AddBaggage(standIn, baggage);
        standIn.Start();
        standIn.ActivityTraceFlags = caller.TraceFlags;
        TakeSpanId(standIn, caller.SpanId.ToHexString());
        return standIn;
    }

    private static void AddBaggage(Activity activity, KeyValuePair<string, string?>[] baggage)
    {
        foreach (var (key, value) in baggage)
        {
            activity.AddBaggage(key, value);
        }
    }

    private static void TakeSpanId(Activity activity, string id)
    {
        try
        {
            // The runtime gives each activity an id of its own and has no way to say which.
            SpanId(activity) = id;
            WholeId(activity) = null;
        }
        catch (MissingFieldException)
        {
            // Another version of the runtime: then what the body starts is below the task's own activity.
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spanId")]
    private static extern ref string? SpanId(Activity activity);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_id")]
    private static extern ref string? WholeId(Activity activity);
}
