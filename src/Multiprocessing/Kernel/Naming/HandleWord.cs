namespace Multiprocessing;

/// <summary>
/// The word by which a message names a shared object: its segment's id, and a bit that says whether the segment belongs to the session of the named
/// objects.
/// </summary>
internal static class HandleWord
{
    // Above all bits of an index.
    private const long NamedBit = 1L << 30;

    public static long Of(Session session, SegmentId id) => id.ToWord() | (session.IsNamed ? NamedBit : 0);

    /// <summary>Returns the session of the object, and clears the bit in the word.</summary>
    /// <param name="word">The word that was read; afterwards the word of the segment's id.</param>
    /// <param name="found">The session in whose memory the word was found; null for this process's own.</param>
    public static Session SessionOf(ref long word, Session? found = null)
    {
        if ((word & NamedBit) == 0)
        {
            return found ?? Session.Current;
        }

        word &= ~NamedBit;
        return found is { IsNamed: true } ? found : NamedSession.Current;
    }
}
