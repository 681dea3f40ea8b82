using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The reader's end of a <see cref="ByteRing"/>. Its owner finds out what was committed, and publishes the position. Not thread-safe.
/// </summary>
/// <remarks>
/// Safety: the ring's memory is mapped as long as this is used; the owner holds the channel. A reader that does not trust the writer copies a
/// record's header and checks it before use.
/// </remarks>
internal unsafe struct RingReader(byte* data)
{
    private readonly byte* _data = data;

    /// <summary>Where the next record or pad begins.</summary>
    public long Position { get; private set; }

    public readonly byte* At => _data + ByteRing.OffsetOf(Position);

    /// <summary>Skips a pad, if there is one, and returns the next record. Only for committed records of a trusted writer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Next()
    {
        var at = At;
        var length = *(int*)at;
        if (length < 0)
        {
            Position -= length;
            at = At;
        }

        return at;
    }

    /// <summary>Moves behind a record or pad of so many bytes.</summary>
    public void Advance(int bytes) => Position += ByteRing.Align(bytes);
}
