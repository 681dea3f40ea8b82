using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The activity around a task in the worker. If a listener there listens to the source <c>Multiprocessing</c>, the task is an activity of its own, a
/// child of the caller's. Otherwise the current activity has the ids of the caller's, so that what the body starts is a child of the caller's and not
/// of an activity that no exporter has received.
/// </summary>
internal static class CallerActivity
{
    private static readonly ActivitySource Source = new("Multiprocessing");

    public static Activity Start(string name, string parent, string? traceState, KeyValuePair<string, string?>[] baggage)
    {
        if (!ActivityContext.TryParse(parent, traceState, isRemote: true, out var caller))
        {
            // Ids of the older form contain those of all parents: what is below this activity is still below the caller's.
            var hierarchical = new Activity(name).SetParentId(parent);
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
            // The runtime creates the id of each activity and has no way to set it.
            SpanId(activity) = id;
            WholeId(activity) = null;
        }
        catch (MissingFieldException)
        {
            // Another version of the runtime: what the body starts is below the task's own activity.
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spanId")]
    private static extern ref string? SpanId(Activity activity);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_id")]
    private static extern ref string? WholeId(Activity activity);
}
