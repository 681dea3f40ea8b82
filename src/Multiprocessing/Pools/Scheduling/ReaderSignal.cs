namespace Multiprocessing;

/// <summary>Tells one reader, who awaits it again and again, that there is something to look at. Told by any thread.</summary>
internal sealed class ReaderSignal
{
    private Milestone? _waiting;

    /// <summary>Reached when something is told from now on. Full fence: look after this call and before awaiting it.</summary>
    public Milestone Arm()
    {
        var waiting = new Milestone();
        Interlocked.Exchange(ref _waiting, waiting);
        return waiting;
    }

    /// <summary>After what is told of was made visible.</summary>
    public void Set()
    {
        // Full fence between what is told of and the look for the reader, who looks at it after it has announced itself.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiting) is not null)
        {
            Interlocked.Exchange(ref _waiting, null)?.Reach();
        }
    }
}
