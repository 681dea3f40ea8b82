using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>Memory outside the heap into which items are copied out of a ring before they are rebuilt; one per thread, except while it is in use.</summary>
internal sealed unsafe class ScratchBuffer
{
    // Fresh memory costs more than what is copied into it: who takes large items keeps room for them, if they are not as large as that.
    private const long Kept = 8 << 20;
    private const long Least = 16 << 10;
    private const int UnneededBeforeShrinking = 64;

    [ThreadStatic]
    private static ScratchBuffer? _idle;

    private ScratchBuffer() => Grow(Least);

    ~ScratchBuffer() => NativeMemory.Free(Start);

    // How often in a row a quarter of it would have been enough.
    private int _unneeded;

    public byte* Start { get; private set; }

    public long Size { get; private set; }

    public static ScratchBuffer Rent()
    {
        // Rebuilding an item may take from another queue: it finds nothing here and makes its own.
        var buffer = _idle ?? new ScratchBuffer();
        _idle = null;
        return buffer;
    }

    /// <param name="used">How much of it was used.</param>
    public void Return(long used)
    {
        _unneeded = Size > Least && used <= Size / 4 ? _unneeded + 1 : 0;
        if (Size > Kept || _unneeded == UnneededBeforeShrinking)
        {
            // What one large item needed is not kept for ever by every thread that ever saw one.
            _unneeded = 0;
            Grow(Least);
        }

        _idle = this;
    }

    /// <summary>What was in it is gone.</summary>
    public void Grow(long size)
    {
        size = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)size);
        NativeMemory.Free(Start);
        Start = null;
        Size = 0;
        Start = (byte*)NativeMemory.Alloc((nuint)size);
        Size = size;
    }
}
