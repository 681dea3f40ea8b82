using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The activity around code that runs for a caller in another process. If a listener here listens to the source <c>Multiprocessing</c>, it is a span
/// of its own, a child of the caller's. Otherwise the current activity has the ids of the caller's, so that what the body starts is a child of the
/// caller's and not of an activity that no exporter has received.
/// </summary>
internal static class CallerActivity
{
    /// <summary>Gets whether a listener of this process listens to the library's spans. Only then are attributes needed.</summary>
    public static bool IsHeard => MultiprocessingTelemetry.Source.HasListeners();

    /// <param name="name">The span's name.</param>
    /// <param name="kind">The span's kind.</param>
    /// <param name="parent">The caller's activity; empty if it has none but listens: then the span is the first of a trace.</param>
    /// <param name="traceState">The state of the caller's trace.</param>
    /// <param name="baggage">The caller's baggage.</param>
    /// <param name="tags">The span's attributes.</param>
    /// <param name="links">The span's links.</param>
    public static Activity? Start(
        string name,
        ActivityKind kind,
        string parent,
        string? traceState,
        KeyValuePair<string, string?>[] baggage,
        KeyValuePair<string, object?>[]? tags = null,
        ActivityLink[]? links = null)
    {
        var isFirst = parent.Length == 0;
        if (!ActivityContext.TryParse(parent, traceState, isRemote: true, out var caller) && !isFirst)
        {
            // Ids of the older form contain those of all parents: what is below this activity is still below the caller's.
            var hierarchical = new Activity(name).SetParentId(parent);
            hierarchical.TraceStateString = traceState;
            AddBaggage(hierarchical, baggage);
            return hierarchical.Start();
        }

        if (IsHeard && MultiprocessingTelemetry.Source.CreateActivity(name, kind, caller, tags, links) is { } span)
        {
            AddBaggage(span, baggage);
            return span.Start();
        }

        if (isFirst)
        {
            return null;
        }

        var standIn = new Activity(name).SetParentId(caller.TraceId, caller.SpanId, caller.TraceFlags);
        standIn.TraceStateString = traceState;
        AddBaggage(standIn, baggage);
        standIn.Start();
        standIn.ActivityTraceFlags = caller.TraceFlags;
        SetSpanId(standIn, caller.SpanId.ToHexString());
        return standIn;
    }

    /// <summary>Returns whether the activity is a span that listeners receive, and not a stand-in for the caller's.</summary>
    public static bool IsSpan(Activity activity) => activity.Source == MultiprocessingTelemetry.Source;

    /// <summary>Marks the span as failed. A cancellation is no error of the code that was cancelled.</summary>
    public static void Fail(Activity? activity, Exception exception)
    {
        if (activity is null || !IsSpan(activity))
        {
            return;
        }

        activity.SetTag(TelemetryTags.ErrorType, exception.GetType().FullName);
        if (exception is not OperationCanceledException)
        {
            activity.AddException(exception);
            activity.SetStatus(ActivityStatusCode.Error, exception.Message);
        }
    }

    /// <summary>Gives a started activity the id of another one: the runtime creates the id of each and has no way to set it.</summary>
    public static void SetSpanId(Activity activity, string id)
    {
        try
        {
            SpanId(activity) = id;
            WholeId(activity) = null;
        }
        catch (MissingFieldException)
        {
            // Another version of the runtime: the activity keeps its own id, and what is below it hangs under that.
        }
    }

    private static void AddBaggage(Activity activity, KeyValuePair<string, string?>[] baggage)
    {
        foreach (var (key, value) in baggage)
        {
            activity.AddBaggage(key, value);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spanId")]
    private static extern ref string? SpanId(Activity activity);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_id")]
    private static extern ref string? WholeId(Activity activity);
}
