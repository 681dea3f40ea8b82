using System.Diagnostics;

namespace Multiprocessing;

/// <summary>The caller's activity in a call: the callee's code runs in an activity below it.</summary>
internal static unsafe class CallActivity
{
    /// <summary>Writes the caller's activity; null if there is none, but a listener of the caller's process wants spans.</summary>
    public static void Write(MessageBuffer buffer, Activity? activity)
    {
        ValueSerializer.Serialize(buffer, activity is null ? "" : activity.Id, "activity");
        ValueSerializer.Serialize(buffer, activity?.TraceStateString, "activity");
        ValueSerializer.Serialize(buffer, activity is null ? [] : activity.Baggage.ToArray(), "activity");
    }

    public static Activity? Start(ref byte* data, byte* end, string contract, string member)
    {
        var parent = ValueSerializer.Deserialize<string?>(ref data, end);
        var state = ValueSerializer.Deserialize<string?>(ref data, end);
        var baggage = ValueSerializer.Deserialize<KeyValuePair<string, string?>[]>(ref data, end);
        return parent is null
            ? null
            : CallerActivity.Start($"{contract}/{member}", ActivityKind.Server, parent, state, baggage, TagsOf(contract, member));
    }

    private static KeyValuePair<string, object?>[]? TagsOf(string contract, string member) => !CallerActivity.IsHeard ? null :
    [
        new(TelemetryTags.RpcSystem, TelemetryTags.System),
        new(TelemetryTags.RpcMethod, $"{contract}/{member}"),
        new(TelemetryTags.ProcessId, Environment.ProcessId),
    ];
}
