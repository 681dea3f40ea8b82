using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>Bytes of the caller, copied once: into the ring.</summary>
internal readonly unsafe ref struct BytesPayload(ReadOnlySpan<byte> bytes) : IPayloads
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Count => 1;

    public long LengthOf(int index) => (long)_bytes.Length + PipeMessage.TrailerBytes;

    public void CopyTo(int index, byte* destination)
    {
        Unsafe.CopyBlockUnaligned(ref *destination, ref MemoryMarshal.GetReference(_bytes), (uint)_bytes.Length);
        PipeMessage.WriteTrailer(destination + _bytes.Length, PipeMessage.TagOf(MessageKind.Bytes));
    }

    public void MarkSent(int from, int to)
    {
    }

    public void SetWaiting(bool isWaiting)
    {
    }
}

/// <summary>The same for a send that waits without a thread.</summary>
internal readonly unsafe struct BytesMemoryPayload(ReadOnlyMemory<byte> bytes) : IPayloads
{
    public int Count => 1;

    public long LengthOf(int index) => (long)bytes.Length + PipeMessage.TrailerBytes;

    public void CopyTo(int index, byte* destination) => new BytesPayload(bytes.Span).CopyTo(index, destination);

    public void MarkSent(int from, int to)
    {
    }

    public void SetWaiting(bool isWaiting)
    {
    }
}

/// <summary>An unmanaged value, copied once: from the caller's variable into the ring.</summary>
internal readonly unsafe ref struct RawMessagePayload<T>(ref readonly T value) : IPayloads
{
    private readonly ref readonly T _value = ref value;

    public int Count => 1;

    public long LengthOf(int index) => (long)Unsafe.SizeOf<T>() + RawType<T>.Name.Length + sizeof(int) + PipeMessage.TrailerBytes;

    public void CopyTo(int index, byte* destination)
    {
        var name = RawType<T>.Name;
        Unsafe.WriteUnaligned(destination, _value);
        destination += Unsafe.SizeOf<T>();
        Unsafe.CopyBlockUnaligned(ref *destination, ref MemoryMarshal.GetArrayDataReference(name), (uint)name.Length);
        Unsafe.WriteUnaligned(destination + name.Length, name.Length);
        PipeMessage.WriteTrailer(destination + name.Length + sizeof(int), RawType<T>.Tag);
    }

    public void MarkSent(int from, int to)
    {
    }

    public void SetWaiting(bool isWaiting)
    {
    }
}

/// <summary>The same for a send that waits without a thread.</summary>
internal readonly unsafe struct RawMessageValuePayload<T>(T value) : IPayloads
{
    private readonly T _value = value;

    public int Count => 1;

    public long LengthOf(int index) => new RawMessagePayload<T>(in _value).LengthOf(index);

    public void CopyTo(int index, byte* destination) => new RawMessagePayload<T>(in _value).CopyTo(index, destination);

    public void MarkSent(int from, int to)
    {
    }

    public void SetWaiting(bool isWaiting)
    {
    }
}
