using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>What a referent needs of a call: its client, its token.</summary>
internal static class ManagedCalls
{
    /// <summary>Returns the client that calls.</summary>
    public static ManagedClient Client(this IncomingCall call) =>
        call.Channel.Owner is IManagedClientOwner { Client: var client }
            ? client
            : throw new InvalidOperationException("Managed objects are called through the connection of a manager.");

    /// <summary>Returns the token of a call that waits: the caller's, or that of its connection if the caller has none.</summary>
    public static CancellationToken WaitToken(this IncomingCall call) =>
        call.CancellationToken is { CanBeCanceled: true } token ? token : call.Client().Ended;
}

/// <summary>The owner of a channel to a client of a manager.</summary>
internal interface IManagedClientOwner
{
    ManagedClient Client { get; }
}
