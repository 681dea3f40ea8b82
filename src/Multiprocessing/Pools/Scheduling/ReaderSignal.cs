namespace Multiprocessing;

/// <summary>Signals one reader, which awaits it again and again, that it should check for results or items. Set by any thread.</summary>
internal sealed class ReaderSignal
{
    private Milestone? _waiting;

    /// <summary>
    /// Returns a milestone that the next <see cref="Set"/> reaches. Full fence: the reader checks after this call and before it awaits the milestone.
    /// </summary>
    public Milestone Arm()
    {
        var waiting = new Milestone();
        Interlocked.Exchange(ref _waiting, waiting);
        return waiting;
    }

    /// <summary>Called after the result or item was made visible.</summary>
    public void Set()
    {
        // Full fence between the result and the check for a waiting reader; its partner is the exchange in Arm, after which the reader checks for
        // results.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiting) is not null)
        {
            Interlocked.Exchange(ref _waiting, null)?.Reach();
        }
    }
}
