namespace Multiprocessing;

/// <summary>
/// Spares hundreds of processes the same question. Each process that waits asks the operating system again and again which of the holders of an
/// object are alive: with n processes at one object these are n times n questions in each slice, which took all processors from 128 on. Where many
/// processes live, the answer of one is that of all for a short time. Thread-safe.
/// <para>
/// Killed between the question and the store: the next process asks. A process that was seen alive and dies is found later by at most
/// <see cref="Longest"/>, and only if its parent has not reported the death. With few processes nothing changes.
/// </para>
/// </summary>
internal sealed unsafe class Crowd(ParticipantTable participants)
{
    /// <summary>Up to this number of processes each asks for itself.</summary>
    private const int Few = 8;

    /// <summary>Milliseconds for which an answer holds, for each process that lives.</summary>
    private const int ForEach = 2;

    /// <summary>Milliseconds for which an answer holds at most: less than <see cref="WaitTimings.Slice"/>, so that the next look asks.</summary>
    private const int Longest = 200;

    /// <summary>Milliseconds between two counts of the processes.</summary>
    private const long CountInterval = 1_000;

    private long _countedAt = -CountInterval;
    private int _holds;

    /// <summary>Returns whether a process has just been told that the slot's process is alive.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="now">The time, for <see cref="NoteAlive"/>.</param>
    public bool WasSeenAlive(int slot, out long now)
    {
        now = Environment.TickCount64;
        if (now - Volatile.Read(ref _countedAt) >= CountInterval)
        {
            Volatile.Write(ref _countedAt, now);
            Count();
        }

        // Unsigned: a time that lies ahead, in damaged memory, is none.
        return (ulong)(now - Volatile.Read(ref participants[slot]->SeenAliveAt)) < (ulong)Volatile.Read(ref _holds);
    }

    /// <summary>The system has answered that the slot's process was alive at that time.</summary>
    public void NoteAlive(int slot, long time)
    {
        if (Volatile.Read(ref _holds) > 0)
        {
            Volatile.Write(ref participants[slot]->SeenAliveAt, time);
        }
    }

    private void Count()
    {
        var living = 0;
        for (var slot = 0; slot < ParticipantTable.Capacity; slot++)
        {
            living += participants.StateOf(slot) is ParticipantState.Active ? 1 : 0;
        }

        Volatile.Write(ref _holds, living <= Few ? 0 : Math.Min(Longest, living * ForEach));
    }
}
