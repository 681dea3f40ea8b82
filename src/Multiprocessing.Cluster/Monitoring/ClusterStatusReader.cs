using Orleans.Runtime;

namespace Multiprocessing;

/// <summary>Asks all members of a cluster what they do, at the same time. A member that does not answer holds up no other one.</summary>
internal sealed class ClusterStatusReader(string cluster, IClusterMembershipService members, IClusterPeers peers)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    public async Task<ClusterSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        var time = DateTimeOffset.UtcNow;
        var present = members.CurrentSnapshot.Members.Values
            .Where(static member => member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping).ToList();
        var nodes = present.Where(static member => ClusterSilo.NodeName(member) is not null)
            .Select(member => ReadAsync(member, Frames.ReadNodeStatus, SilentNode, cancellationToken));
        var callers = present.Where(static member => ClusterSilo.CallerName(member) is not null)
            .Select(member => ReadAsync(member, Frames.ReadCallerStatus, SilentCaller, cancellationToken));
        var (nodesRead, callersRead) = (Task.WhenAll(nodes), Task.WhenAll(callers));
        return new ClusterSnapshot
        {
            Cluster = cluster,
            Time = time,
            Nodes = [.. (await nodesRead.ConfigureAwait(false)).OrderBy(static node => node.Name, StringComparer.Ordinal)],
            Callers = [.. (await callersRead.ConfigureAwait(false)).OrderBy(static caller => caller.Name, StringComparer.Ordinal)],
        };
    }

    private static string AddressOf(ClusterMember member) => member.SiloAddress.Endpoint.ToString();

    private static ClusterNodeSnapshot SilentNode(ClusterMember member) =>
        new() { Name = ClusterSilo.NodeName(member)!, Address = AddressOf(member), State = ClusterMemberState.Silent };

    private static ClusterCallerSnapshot SilentCaller(ClusterMember member) =>
        new() { Name = ClusterSilo.CallerName(member)!, Address = AddressOf(member), State = ClusterMemberState.Silent };

    private async Task<T> ReadAsync<T>(
        ClusterMember member, Func<byte[], string, T> read, Func<ClusterMember, T> silent, CancellationToken cancellationToken)
    {
        try
        {
            var answer = peers.Of(member.SiloAddress).Describe();
            return read(await answer.WaitAsync(AnswerLimit, cancellationToken).ConfigureAwait(false), AddressOf(member));
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return silent(member); // no answer in time, a lost connection, or another version's answer
        }
    }
}
