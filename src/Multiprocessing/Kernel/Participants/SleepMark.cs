namespace Multiprocessing;

/// <summary>What a thread waits for at an object.</summary>
internal enum SleepPlace
{
    /// <summary>The lock, the set event, the count, the notification; an item of a queue.</summary>
    Main,

    /// <summary>Room in a queue.</summary>
    Space,

    /// <summary>The end of all items of a queue.</summary>
    Done,
}

/// <summary>
/// Says, in the slot of this process, which object one of its threads sleeps at, for observers only: nothing in the library depends on it. Written
/// before a sleep, so it costs nothing where nothing sleeps. Killed asleep: the mark stays in the slot of a dead participant, which observers do not
/// read, and is cleared when the slot is reserved again.
/// </summary>
internal readonly unsafe ref struct SleepMark
{
    private const int PlaceShift = 16;

    private readonly int* _word;

    private SleepMark(int* word) => _word = word;

    /// <summary>Marks a sleep of the calling thread. If more threads sleep than there are words, the further ones are not shown.</summary>
    public static SleepMark Begin(ParticipantTable participants, SegmentId segment, SleepPlace place)
    {
        var words = participants[participants.Self.Slot]->Sleeps;
        var mark = ((int)place << PlaceShift) | segment.Index;
        for (var i = 0; i < ParticipantSlot.MaxSleeps; i++)
        {
            if (words[i] == 0 && Interlocked.CompareExchange(ref words[i], mark, 0) == 0)
            {
                return new SleepMark(words + i);
            }
        }

        return default;
    }

    public static (int Segment, SleepPlace Place) Read(int mark) => (mark & 0xFFFF, (SleepPlace)(mark >> PlaceShift));

    public void Dispose()
    {
        if (_word is not null)
        {
            Volatile.Write(ref *_word, 0);
        }
    }
}
