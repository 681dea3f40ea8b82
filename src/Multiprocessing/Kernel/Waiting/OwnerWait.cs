namespace Multiprocessing;

/// <summary>
/// One wait for a lock word (<see cref="OwnerLock"/>), as steps: spin, enter, announce, sleep, take over. <see cref="OwnerLock.Enter"/> and the
/// public lock put them together; they differ in what else ends the wait, in their slices, also the first, and in what a takeover records.
/// </summary>
internal unsafe ref struct OwnerWait
{
    private readonly int* _word;
    private readonly int _self;
    private SleepLoop _sleep;

    /// <param name="word">The lock.</param>
    /// <param name="self">What it holds when this process owns it.</param>
    /// <param name="deadline">Cuts the sleeps; the caller checks whether it has passed.</param>
    public OwnerWait(int* word, int self, Deadline deadline)
    {
        _word = word;
        _self = self;
        _sleep = new SleepLoop(deadline, first: TimeSpan.MaxValue);
    }

    /// <summary>The word when another owner was found last.</summary>
    public int Seen { get; private set; }

    public readonly int Sleeps => _sleep.Sleeps;

    /// <summary>Spins as long as a lock is usually held. Acquire on success.</summary>
    public readonly bool TrySpin()
    {
        for (var tries = Spin.IsUseful ? WaitTimings.LockSpins : 0; tries > 0; tries--)
        {
            Spin.Pause();
            if (Volatile.Read(ref *_word) == 0 && OwnerLock.TryEnter(_word, _self))
            {
                KillPoints.Pass(KillPoint.LockEnteredBySpinning);
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Enters a free lock, acquire; otherwise sets <see cref="Seen"/>. A waiter that slept enters with the waiters bit: others may sleep still, and a
    /// needless bit costs one system call where a missing bit costs a slice.
    /// </summary>
    public bool TryEnter()
    {
        while (true)
        {
            Seen = Volatile.Read(ref *_word);
            if (Seen != 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref *_word, _sleep.HasSlept ? _self | OwnerLock.Waiters : _self, 0) == 0)
            {
                KillPoints.Pass(KillPoint.LockEnteredAfterSleep);
                return true;
            }
        }
    }

    /// <summary>Sets the waiters bit. Returns false when the word has changed: start again with <see cref="TryEnter"/>.</summary>
    public bool TryAnnounce()
    {
        if (Seen < 0)
        {
            return true;
        }

        var seen = Seen;
        if (!OwnerLock.TryAnnounce(_word, ref seen))
        {
            return false;
        }

        Seen = seen;
        KillPoints.Pass(KillPoint.LockSleepAnnounced);
        return true;
    }

    /// <summary>Sleeps while the word is unchanged. The word is lock and announcement in one, so no second check is needed before.</summary>
    public void Sleep(TimeSpan slice)
    {
        _sleep.SleepOn(_word, Seen, slice);
        KillPoints.Pass(KillPoint.LockSlept);
    }

    /// <summary>
    /// The word is unchanged and its owner has ended. Asked after every return of <see cref="Sleep"/> and not after time-outs only: frequent wake-ups
    /// for other reasons would otherwise prevent the check.
    /// </summary>
    public readonly bool IsOwnerDead(ParticipantTable participants) => Volatile.Read(ref *_word) == Seen && !participants.IsAliveWord(Seen);

    /// <summary>Takes the lock from its dead owner. Killed right after it: the word names a dead process again.</summary>
    public readonly bool TryTakeOver() => OwnerLock.TryTakeOver(_word, Seen, _self);
}
