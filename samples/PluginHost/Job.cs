namespace PluginHost;

/// <summary>One call of a service.</summary>
/// <param name="Name">The input, for the timeline.</param>
/// <param name="Call">Calls the service and checks the result.</param>
/// <param name="Fate">How the call ends.</param>
internal sealed record Job(string Name, Action Call, Fate Fate = Fate.Result);
