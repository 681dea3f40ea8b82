using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// Memory outside the heap into which items are copied out of a ring before they are rebuilt; one per thread, except while it is in use.
/// </summary>
internal sealed unsafe class ScratchBuffer
{
    // Fresh memory costs more than the copying: a thread that takes large items keeps its buffer up to this size.
    private const long Kept = 8 << 20;
    private const long Least = 16 << 10;
    private const int UnneededBeforeShrinking = 64;

    [ThreadStatic]
    private static ScratchBuffer? _idle;

    private ScratchBuffer() => Grow(Least);

    ~ScratchBuffer() => NativeMemory.Free(Start);

    // Uses in a row for which a quarter of it would have been enough.
    private int _unneeded;

    public byte* Start { get; private set; }

    public long Size { get; private set; }

    public static ScratchBuffer Rent()
    {
        // Rebuilding an item may take from another queue: that call finds no idle buffer and makes its own.
        var buffer = _idle ?? new ScratchBuffer();
        _idle = null;
        return buffer;
    }

    /// <param name="used">The number of bytes used.</param>
    public void Return(long used)
    {
        _unneeded = Size > Least && used <= Size / 4 ? _unneeded + 1 : 0;
        if (Size > Kept || _unneeded == UnneededBeforeShrinking)
        {
            // Memory for one large item is not kept for ever by every thread that received one.
            _unneeded = 0;
            Grow(Least);
        }

        _idle = this;
    }

    /// <summary>The content is lost.</summary>
    public void Grow(long size)
    {
        size = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)size);
        NativeMemory.Free(Start);
        Start = null;
        Size = 0;
        Start = (byte*)NativeMemory.Alloc((nuint)size);
        Size = size;
    }

    /// <summary>Makes room for <paramref name="size"/> bytes and keeps the content.</summary>
    public void Extend(long size)
    {
        size = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)size);
        Start = (byte*)NativeMemory.Realloc(Start, (nuint)size);
        Size = size;
    }
}
