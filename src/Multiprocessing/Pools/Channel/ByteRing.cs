namespace Multiprocessing;

/// <summary>
/// The format of the two rings of a channel, <see cref="RingWriter"/> and <see cref="RingReader"/> its two ends. A ring has one writer and one
/// reader. Positions count bytes and only grow; the offset in the ring is the position modulo the ring's size.
/// <para>
/// <b>Records.</b> A record lies in one piece and begins at a multiple of 8. Its first 4 bytes are the length of its content. Where it does not fit
/// before the end of the ring, a pad fills the rest: the first 4 bytes of a pad are the negative number of bytes to skip, and nothing else of it is
/// written.
/// </para>
/// <para>
/// <b>Order.</b> The writer writes a record and its pad, then commits them by one release store of a word of its own. The reader reads that word with
/// acquire, so it sees whole records. The reader is done with a record, then stores its position with release. The writer reads that position with
/// acquire before it writes there again. So no byte is written while it is read, and an old value of either word is safe: it shows fewer records, or
/// less room. The commit words are <see cref="ChannelLayout.Claim"/> (requests) and <see cref="ChannelLayout.ReplyHead"/> (replies); the positions of
/// the readers are <see cref="ChannelLayout.RequestTail"/> and <see cref="ChannelLayout.ReplyTail"/>.
/// </para>
/// <para>
/// <b>Killed</b> as writer before the commit: the reader sees neither record nor pad, and the bytes are written again or never read. Killed as writer
/// after it: the record counts. Killed as reader before it stores its position: the room stays used, and the channel ends with its process.
/// </para>
/// </summary>
internal static class ByteRing
{
    public const int Bytes = ChannelLayout.RingBytes;

    /// <summary>Larger contents lie in a segment of their own (<see cref="ContentSegments"/>).</summary>
    public const int LargestContent = Bytes / 4;

    private const int Mask = Bytes - 1;

    public static int Align(int bytes) => (bytes + 7) & ~7;

    public static int OffsetOf(long position) => (int)position & Mask;

    /// <summary>Bytes from a position to the end of the ring's memory.</summary>
    public static int ToEnd(long position) => Bytes - OffsetOf(position);
}
