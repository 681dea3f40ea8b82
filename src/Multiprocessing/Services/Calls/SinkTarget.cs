using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The target of the events of one object of this process: the peer that has subscribed.</summary>
internal sealed class SinkTarget(CallChannel channel, ProxyContract contract, long objectId) : ProxyTarget(contract)
{
    internal override long ObjectId => objectId;

    internal override PayloadFormat Format => channel.Format;

    internal override EventHandlers Events => throw new InvalidOperationException("A subscriber has no events.");

    internal override SendChain Sends => channel.Sends;

    internal override CallChannel? Ready => channel.IsEnded ? null : channel;

    internal override bool IsReachedBy(CallChannel other) => ReferenceEquals(channel, other);

    internal override void ThrowIfReleased(string name)
    {
    }

    internal override ValueTask<CallChannel> WaitUntilReadyAsync(string member, CallChannel? used, CancellationToken cancellationToken) =>
        throw channel.Owner.Died(member, wasSent: false);

    internal override void Disposed()
    {
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Contract.Name}, events for {channel.Owner.Description}";
}
