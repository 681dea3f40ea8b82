namespace Multiprocessing;

/// <summary>
/// The size in bytes of an argument or a result of one call's items, the larger of the two: learnt by the pool, read by the call's stream. Both may
/// happen at once; a value that is lost is learnt with the next item.
/// </summary>
internal sealed class TypicalSize
{
    private long _bytes = 1;

    /// <summary>At least 1.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>A rise counts at once, because memory is bounded by it; a fall counts slowly.</summary>
    public void Learn(long length)
    {
        var known = Bytes;
        Volatile.Write(ref _bytes, Math.Max(1, length > known ? length : known - ((known - length) / 64)));
    }

    /// <summary>Returns how many such items may be in flight.</summary>
    public int LimitOf(int maxItems, long maxBytes) => (int)Math.Clamp(maxBytes / Bytes, 1, maxItems);
}
