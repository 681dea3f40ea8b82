using System.Buffers;

namespace Multiprocessing;

/// <summary>
/// Shared memory as <see cref="Memory{T}"/>. It pins nothing, because the memory does not move. It keeps the mapping reachable, and so does a
/// <see cref="MemoryHandle"/> of it, so an operation of the system that has begun ends in memory that is still mapped. Accessing it after the owner
/// was disposed throws.
/// </summary>
internal sealed unsafe class BlockMemory<T>(SharedBlock block, T* start, int length) : MemoryManager<T>
    where T : unmanaged
{
    public override Span<T> GetSpan()
    {
        block.ThrowIfDisposed();
        return new Span<T>(start, length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        block.ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length, nameof(elementIndex));
        return new MemoryHandle(start + elementIndex, pinnable: this);
    }

    public override void Unpin()
    {
    }

    /// <summary>Returns all elements without calling <see cref="GetSpan"/> for the length, as the base class does.</summary>
    public Memory<T> Whole() => CreateMemory(length);

    protected override void Dispose(bool disposing)
    {
    }
}
