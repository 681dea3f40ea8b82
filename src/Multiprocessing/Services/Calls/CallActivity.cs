using System.Diagnostics;

namespace Multiprocessing;

/// <summary>The caller's activity in a call: the callee's code runs in an activity below it.</summary>
internal static unsafe class CallActivity
{
    public static void Write(MessageBuffer buffer, Activity activity)
    {
        ValueSerializer.Serialize(buffer, activity.Id, "activity");
        ValueSerializer.Serialize(buffer, activity.TraceStateString, "activity");
        ValueSerializer.Serialize(buffer, activity.Baggage.ToArray(), "activity");
    }

    public static Activity? Start(ref byte* data, byte* end, string name)
    {
        var parent = ValueSerializer.Deserialize<string?>(ref data, end);
        var state = ValueSerializer.Deserialize<string?>(ref data, end);
        var baggage = ValueSerializer.Deserialize<KeyValuePair<string, string?>[]>(ref data, end);
        return parent is null ? null : CallerActivity.Start(name, parent, state, baggage);
    }
}
