namespace Multiprocessing.DataTests;

/// <summary>What there is of shared memory.</summary>
internal static class Memory
{
    /// <summary>The number of buffers that a process holds or a message contains. What the pool keeps for the next one does not count.</summary>
    public static int Buffers()
    {
        SharedMemoryPool.Shared.Trim();
        return Session.Current.Segments.CountLive(SegmentKind.Buffer);
    }
}
