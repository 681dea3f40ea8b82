using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Runtime.Services;

namespace Multiprocessing;

/// <summary>Passes the calls of other members to the handler of this one.</summary>
internal sealed class ClusterPeer(GrainId id, Silo silo, ILoggerFactory loggers, IPeerHandler handler) : GrainService(id, silo, loggers), IClusterPeer
{
    public Task<byte[]> Hello(byte[] hello) => Task.FromResult(handler.Hello(hello));

    public Task<bool> Lease(string caller, byte[] lease) => Task.FromResult(handler.Lease(caller, lease));

    public Task Cancel(string caller, long[] tasks)
    {
        handler.Cancel(caller, tasks);
        return Task.CompletedTask;
    }

    public Task TakeBack(string caller, int max)
    {
        handler.TakeBack(caller, max);
        return Task.CompletedTask;
    }

    public Task Leave(string caller)
    {
        handler.Leave(caller);
        return Task.CompletedTask;
    }

    public Task Reply(string node, byte[] replies)
    {
        handler.Reply(node, replies);
        return Task.CompletedTask;
    }

    public Task<byte[]> Describe() => Task.FromResult(handler.Describe());

    public Task<bool> Report(string node, byte[] reports) => Task.FromResult(handler.Report(node, reports));

    public Task<long> Chunk(string from, byte[] chunk) => Task.FromResult(handler.Chunk(from, chunk));

    public Task Drop(string from, long transfer)
    {
        handler.Drop(from, transfer);
        return Task.CompletedTask;
    }
}

/// <summary>Calls the peer of one member.</summary>
internal sealed class ClusterPeers(IServiceProvider services) : GrainServiceClient<IClusterPeer>(services), IClusterPeers
{
    public IClusterPeer Of(SiloAddress member) => GetGrainService(member);
}
