using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing;

internal sealed partial class MessageBuffer
{
    /// <summary>Large enough for nearly every message, and small enough to keep one per thread.</summary>
    private const int FirstChunk = 16 * 1024;
    private const int LargestChunk = 16 * 1024 * 1024;

    /// <summary>From this size on the message refers to an array instead of copying it.</summary>
    private const int ReferFrom = 64 * 1024;

    /// <summary>Start of the bytes that are in no piece yet; they end at _cursor, and the chunk at _limit.</summary>
    private nint _open;
    private nint _cursor;
    private nint _limit;
    private nint _chunk;
    private long _closedLength;
    private Piece[] _pieces = new Piece[4];
    private int _pieceCount;
    private readonly PrecompiledList<Chunk> _chunks = new();

    /// <summary>A block of native memory.</summary>
    private struct Chunk
    {
        public nint Start;
        public nint Size;
    }

    /// <summary>A complete part of the message: bytes in a chunk, or (with <see cref="Owner"/>) the content of an array.</summary>
    private struct Piece
    {
        public nint Start;
        public long Length;
        public Array? Owner;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe void WriteByte(byte value)
    {
        if (_cursor >= _limit)
        {
            Grow(1);
        }

        *(byte*)_cursor = value;
        _cursor++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe void Write<T>(T value)
        where T : unmanaged
    {
        if (_limit - _cursor < sizeof(T))
        {
            Grow(sizeof(T));
        }

        Unsafe.WriteUnaligned((byte*)_cursor, value);
        _cursor += sizeof(T);
    }

    /// <summary>Writes an integer with seven bits in each byte, least significant first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe void WriteVarint(ulong value)
    {
        if (value < 0x80 && _cursor < _limit)
        {
            *(byte*)_cursor = (byte)value;
            _cursor++;
            return;
        }

        WriteLongVarint(value);
    }

    /// <summary>Copies bytes that may be inside a managed object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe void WriteBytes(ref byte source, nuint length)
    {
        if ((nuint)(_limit - _cursor) >= length)
        {
            Unsafe.CopyBlockUnaligned(ref *(byte*)_cursor, ref source, (uint)length);
            _cursor += (nint)length;
            return;
        }

        WriteManyBytes(ref source, length);
    }

    internal void WriteBytes(ReadOnlySpan<byte> source) => WriteBytes(ref MemoryMarshal.GetReference(source), (nuint)source.Length);

    /// <summary>Writes bytes of an array without references, from <paramref name="offset"/> on: copies few, and refers to many.</summary>
    internal void WriteArray(Array array, long offset, long length)
    {
        if (length < ReferFrom)
        {
            WriteBytes(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), (nint)offset), (nuint)length);
            return;
        }

        CloseOpenPiece();
        AddPiece(new Piece { Owner = array, Start = (nint)offset, Length = length });
        _closedLength += length;
    }

    private static unsafe void CopyPiece(ref Piece piece, long offset, ref byte destination, long length)
    {
        ref var source = ref piece.Owner is null
            ? ref *(byte*)piece.Start
            : ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(piece.Owner), piece.Start);
        while (length > 0)
        {
            var count = (uint)Math.Min(length, 1 << 30);
            Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref destination, 0), ref Unsafe.Add(ref source, (nint)offset), count);
            destination = ref Unsafe.Add(ref destination, (nint)count);
            offset += count;
            length -= count;
        }
    }

    private unsafe void WriteLongVarint(ulong value)
    {
        if (_limit - _cursor < 10)
        {
            Grow(10);
        }

        var at = (byte*)_cursor;
        while (value >= 0x80)
        {
            *at++ = (byte)(value | 0x80);
            value >>= 7;
        }

        *at++ = (byte)value;
        _cursor = (nint)at;
    }

    private unsafe void WriteManyBytes(ref byte source, nuint length)
    {
        while (length > 0)
        {
            if (_cursor == _limit)
            {
                Grow((nint)Math.Min(length, LargestChunk));
            }

            var count = (nuint)Math.Min((nint)Math.Min(length, 1u << 30), _limit - _cursor);
            Unsafe.CopyBlockUnaligned(ref *(byte*)_cursor, ref source, (uint)count);
            _cursor += (nint)count;
            source = ref Unsafe.Add(ref source, count);
            length -= count;
        }
    }

    /// <summary>Closes the open piece and allocates a chunk with at least <paramref name="needed"/> bytes.</summary>
    private unsafe void Grow(nint needed)
    {
        CloseOpenPiece();
        nint size = _chunks.Count == 0 ? FirstChunk : (nint)Math.Min(LargestChunk, _chunks[_chunks.Count - 1].Size * 2);
        size = Math.Max(size, needed);
        var start = (nint)NativeMemory.Alloc((nuint)size);
        _chunks.Add(new Chunk { Start = start, Size = size });
        _chunk = start;
        _open = start;
        _cursor = start;
        _limit = start + size;
    }

    private void CloseOpenPiece()
    {
        var length = _cursor - _open;
        if (length == 0)
        {
            return;
        }

        AddPiece(new Piece { Start = _open, Length = length });
        _closedLength += length;
        _open = _cursor;
    }

    private void AddPiece(Piece piece)
    {
        if (_pieceCount == _pieces.Length)
        {
            Array.Resize(ref _pieces, _pieceCount * 2);
        }

        _pieces[_pieceCount++] = piece;
    }

    /// <summary>Forgets what was written after a mark. Chunks are reused only if the whole message is forgotten.</summary>
    private void Truncate(MessageMark mark)
    {
        if (mark.Pieces == _pieceCount)
        {
            _cursor = _open + (nint)(mark.Length - _closedLength);
            return;
        }

        // The piece that was open at the mark has been closed since: shorten it, and continue in the last chunk.
        var length = 0L;
        for (var i = 0; i < mark.Pieces; i++)
        {
            length += _pieces[i].Length;
        }

        var kept = mark.Pieces;
        if (mark.Length > length)
        {
            _pieces[kept++].Length = mark.Length - length;
        }

        Array.Clear(_pieces, kept, _pieceCount - kept);
        _pieceCount = kept;
        _closedLength = mark.Length;
        if (mark.Length == 0 && _chunks.Count > 0)
        {
            _open = _chunk;
        }

        _cursor = _open;
    }

    /// <summary>Keeps one chunk of limited size, so that the memory of one large message is not held forever.</summary>
    private unsafe void TrimChunks()
    {
        if (_chunks.Count > 1)
        {
            var keep = _chunks[0];
            for (var i = 1; i < _chunks.Count; i++)
            {
                if (keep.Size < _chunks[i].Size && _chunks[i].Size <= ReferFrom * 4)
                {
                    NativeMemory.Free((void*)keep.Start);
                    keep = _chunks[i];
                }
                else
                {
                    NativeMemory.Free((void*)_chunks[i].Start);
                }
            }

            _chunks.Clear();
            _chunks.Add(keep);
        }

        if (_chunks.Count == 1)
        {
            _chunk = _chunks[0].Start;
            _open = _chunk;
            _cursor = _chunk;
            _limit = _chunk + _chunks[0].Size;
        }

        if (_pieces.Length > 64)
        {
            _pieces = new Piece[4];
        }
    }

    private unsafe void FreeChunks()
    {
        for (var i = 0; i < _chunks.Count; i++)
        {
            NativeMemory.Free((void*)_chunks[i].Start);
        }

        _chunks.Clear();
        _open = _cursor = _limit = _chunk = 0;
    }
}
