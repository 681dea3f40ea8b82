using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Services;

namespace Multiprocessing;

/// <summary>
/// What members call of each other. Each member has one, addressed by the member itself, so that no directory takes part. Orleans sees byte arrays
/// only. All messages may arrive twice or late: tasks, leases and messages have numbers.
/// </summary>
internal interface IClusterPeer : IGrainService
{
    /// <summary>A caller introduces itself to a node.</summary>
    Task<byte[]> Hello(byte[] hello);

    /// <summary>A caller gives tasks to a node. The call ends when the node has them. It fails if the node cannot say: then it is repeated.</summary>
    /// <returns>
    /// <see langword="false"/> if the node leaves, and has taken none of these tasks: neither from this message nor from an earlier copy.
    /// </returns>
    Task<bool> Lease(string caller, byte[] lease);

    /// <summary>A caller cancels tasks: the even elements are their numbers, the odd ones their leases.</summary>
    Task Cancel(string caller, long[] tasks);

    /// <summary>A caller takes back tasks that have not begun, at most this number. Those that the node gives back are in its replies.</summary>
    Task TakeBack(string caller, int max);

    /// <summary>A caller leaves: its tasks end.</summary>
    Task Leave(string caller);

    /// <summary>A node replies to a caller. The call ends when the caller has the replies.</summary>
    Task Reply(string node, byte[] replies);

    /// <summary>A node passes on what running tasks report. The call ends when the caller has the reports.</summary>
    /// <returns><see langword="false"/> if the caller has no room for them yet, and has taken none.</returns>
    Task<bool> Report(string node, byte[] reports);

    /// <summary>A part of a content that does not fit into one of the messages above (<see cref="Multiprocessing.Chunk"/>).</summary>
    /// <param name="from">The sender.</param>
    /// <param name="chunk">The part.</param>
    /// <returns>One of the constants of <see cref="Multiprocessing.Chunk"/>.</returns>
    Task<long> Chunk(string from, [Immutable] byte[] chunk);

    /// <summary>The sender of a content does not need it any more, whether it has arrived or not.</summary>
    Task Drop(string from, long transfer);

    /// <summary>Any member asks what this one does.</summary>
    Task<byte[]> Describe();
}

/// <summary>Calls the peers of other members.</summary>
internal interface IClusterPeers
{
    IClusterPeer Of(SiloAddress member);
}

/// <summary>The part of a member that answers: a node, or a caller. A watcher answers nothing: it has no tasks.</summary>
internal interface IPeerHandler
{
    byte[] Hello(byte[] hello) => throw new NotSupportedException("This member has no tasks.");

    bool Lease(string caller, byte[] lease) => false;

    void Cancel(string caller, long[] tasks)
    {
    }

    void TakeBack(string caller, int max)
    {
    }

    void Leave(string caller)
    {
    }

    void Reply(string node, byte[] replies)
    {
    }

    bool Report(string node, byte[] reports) => true;

    long Chunk(string from, byte[] chunk) => Multiprocessing.Chunk.NotWanted;

    void Drop(string from, long transfer)
    {
    }

    byte[] Describe() => [];
}
