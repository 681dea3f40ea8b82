namespace Multiprocessing;

/// <summary>
/// Where a process can be killed that matters: between two instructions that change what processes share. Each says what is left there.
/// <see cref="KillPoints"/> stands at each; the programs of the tests die at each.
/// </summary>
internal enum KillPoint
{
    // A lock word: taken, slept for, taken over, freed.
    /// <summary>The word names its owner; nothing was done under it.</summary>
    LockEntered = 1,

    /// <summary>The same, after spinning.</summary>
    LockEnteredBySpinning = 2,

    /// <summary>The same, with the waiters bit in the word.</summary>
    LockEnteredAfterSleep = 3,

    /// <summary>The waiters bit is set; who set it does not sleep yet.</summary>
    LockSleepAnnounced = 4,

    /// <summary>Woken, or its slice over; nothing looked at yet.</summary>
    LockSlept = 5,

    /// <summary>The word was taken from a dead owner; nothing was repaired yet.</summary>
    LockTakenOver = 6,

    /// <summary>The word is 0 and a sleeper has not been woken.</summary>
    LockFreed = 7,

    // A wait point: announced, slept, woken.
    /// <summary>Counted as an arrival, not asleep.</summary>
    SleepAnnounced = 8,

    /// <summary>Woken by a notifier for something that it has not used yet.</summary>
    Slept = 9,

    /// <summary>The notifier has seen an arrival.</summary>
    WakeBegun = 10,

    /// <summary>The sequence has moved; nobody was woken yet.</summary>
    WakeCounted = 11,

    /// <summary>Nobody slept; the arrivals are not handled yet.</summary>
    WakeFoundNobody = 12,

    /// <summary>The sequence has moved; nobody was woken yet, of all.</summary>
    AllToBeWoken = 13,

    /// <summary>The participant's bit is set, the flag over it is not.</summary>
    AsyncBitSet = 14,

    /// <summary>Both are set; the waiter has not looked again.</summary>
    AsyncArmed = 15,

    /// <summary>The flag is cleared, the bits are not.</summary>
    RingDisarmed = 16,

    /// <summary>The bits are cleared, no doorbell was rung.</summary>
    RingBitsTaken = 17,

    /// <summary>The doorbell has moved; its dispatcher was not woken.</summary>
    DoorbellCounted = 18,

    // Putting.
    /// <summary>Nothing written.</summary>
    PutLocked = 19,

    /// <summary>The rest of the ring's memory is skipped, in what is not committed.</summary>
    PutPadded = 20,

    /// <summary>The record's header is there, its bytes are not.</summary>
    PutHeaderWritten = 21,

    /// <summary>The record is there and not committed.</summary>
    PutCopied = 22,

    /// <summary>The next state lacks its ring.</summary>
    PutStateHalfWritten = 23,

    /// <summary>The next state is whole and not committed.</summary>
    PutStateWritten = 24,

    /// <summary>Committed.</summary>
    PutCommitted = 25,

    /// <summary>Committed, and a linked ring is in no hand any more; the lock is held.</summary>
    PutFinished = 26,

    /// <summary>Who waits for items was not told.</summary>
    PutUnlocked = 27,

    /// <summary>Without the lock, on the way to the ring that others went on to.</summary>
    WriterLeftRing = 28,

    /// <summary>The same, with that ring mapped.</summary>
    WriterMappedRing = 29,

    // Going on in a next ring.
    /// <summary>Nothing but the effort is guarded.</summary>
    ChainLocked = 30,

    /// <summary>The spare ring, if it fits, is in this hand; the write lock is held.</summary>
    SpareDecided = 31,

    /// <summary>The spare ring names this hand and is the spare one still.</summary>
    SpareHandNamed = 32,

    /// <summary>A fresh ring or the spare one, in no chain.</summary>
    RingInHand = 33,

    /// <summary>Room came meanwhile: the ring is not freed yet, and the chain lock is free.</summary>
    RingNotNeeded = 34,

    /// <summary>The memory behind the last record was too short for the link.</summary>
    LinkPadded = 35,

    /// <summary>The link names a ring that does not know where it begins.</summary>
    LinkWritten = 36,

    /// <summary>The ring knows it, its entry does not.</summary>
    LinkRingBegun = 37,

    /// <summary>All is there but the commit.</summary>
    LinkRingPlaced = 38,

    /// <summary>Both locks are held, nothing was collected.</summary>
    CollectLocked = 39,

    /// <summary>One leftover ring is gone; the table is locked too.</summary>
    LeftoverCollected = 40,

    /// <summary>All leftovers are gone; it is not noted which deaths that was for.</summary>
    Collected = 41,

    // Taking.
    /// <summary>Nothing read.</summary>
    TakeLocked = 42,

    /// <summary>An item is copied out and still there.</summary>
    TakeCopied = 43,

    /// <summary>The next state lacks whose row it changes.</summary>
    GotStateHalfWritten = 44,

    /// <summary>The next state is whole and not committed.</summary>
    GotStateWritten = 45,

    /// <summary>Committed; the row says what it said before.</summary>
    GotCommitted = 46,

    /// <summary>Committed, and the row says so.</summary>
    RowWritten = 47,

    /// <summary>The lock is held.</summary>
    TakeFinished = 48,

    /// <summary>Who waits for room was not told.</summary>
    TakeUnlocked = 49,

    /// <summary>The last item of a completed queue is taken, and who waits for another was not told that there is none.</summary>
    TakeDrained = 50,

    /// <summary>A dead one's read lock is held and the row may be old.</summary>
    ReadLockRecovered = 51,

    /// <summary>The row says what the last commit says.</summary>
    RowRepaired = 52,

    /// <summary>Without the lock, before the ring behind a link.</summary>
    FollowUnlocked = 53,

    /// <summary>The same, with that ring mapped.</summary>
    FollowMapped = 54,

    /// <summary>The consumers are in the next ring; the drained one is nowhere.</summary>
    FollowCommitted = 55,

    /// <summary>The drained ring is the spare one, or is not; what goes is not freed.</summary>
    SpareExchanged = 56,

    /// <summary>The lock is held, everything is in its place.</summary>
    RingRetired = 57,

    /// <summary>Without the lock, on the way to the ring that others went on to.</summary>
    ReaderLeftRing = 58,

    /// <summary>The same, with that ring mapped.</summary>
    ReaderMappedRing = 59,

    // Completing, marking, losing.
    /// <summary>Not completed.</summary>
    CompleteLocked = 60,

    /// <summary>Completed; the lock is held.</summary>
    CompleteStored = 61,

    /// <summary>Completed, and who waits was not told.</summary>
    CompleteUnlocked = 62,

    /// <summary>Nothing marked.</summary>
    MarkLocked = 63,

    /// <summary>All is marked, and who waits for that was not told.</summary>
    MarkUnlocked = 64,

    /// <summary>A dead one has items in hand; nothing was done about it.</summary>
    LoserFound = 65,

    /// <summary>Who lost is noted, what he lost is not counted.</summary>
    LoserNamed = 66,

    /// <summary>The loss is counted, and who waits was not told.</summary>
    LossUnlocked = 67,

    /// <summary>The loss counts as told, and nothing was thrown yet.</summary>
    LossTold = 68,

    /// <summary>The slot's earlier owner has nothing in hand any more; the row still names him.</summary>
    AttachSettled = 69,

    /// <summary>The row is this process's.</summary>
    AttachRowTaken = 70,

    /// <summary>The queue counts as shared; the lock is held.</summary>
    AttachShared = 71,

    // Letting a queue go.
    /// <summary>Held, with nothing in it that is still to be let go.</summary>
    ObjectDetached = 72,

    /// <summary>The head names who goes; he still holds.</summary>
    ObjectGoingNoted = 73,

    /// <summary>Not held any more; who waits was not told.</summary>
    ObjectReleased = 74,

    /// <summary>An unread item is taken; the handles in it count as travelling.</summary>
    DropTaken = 75,

    /// <summary>The queue in an unread item is held, and its travel has not ended.</summary>
    DropOpened = 76,

    /// <summary>Its travel has ended, and it is held.</summary>
    DropTravelEnded = 77,

    /// <summary>The time of the last going is new, the name is old.</summary>
    GoneHalfNoted = 78,

    // The table of segments.
    /// <summary>The fields are there, the entry is free.</summary>
    EntryFilled = 79,

    /// <summary>The entry is taken, the table is locked.</summary>
    EntryTaken = 80,

    /// <summary>The file is there, the entry is not live.</summary>
    SegmentMade = 81,

    /// <summary>Live, and not handed out.</summary>
    SegmentLive = 82,

    /// <summary>Held by one more; the table is locked.</summary>
    SegmentHeld = 83,

    /// <summary>Held, and not mapped.</summary>
    SegmentFound = 84,

    /// <summary>Held and mapped, and nobody's object.</summary>
    SegmentMapped = 85,

    /// <summary>Perhaps unheld, and not freed.</summary>
    HoldReleased = 86,

    /// <summary>One of several holds of one who goes is gone.</summary>
    HoldOfLeaverReleased = 87,

    /// <summary>The travels are counted; the table is locked.</summary>
    TravelChanged = 88,

    /// <summary>Counted before the message is put, or after it was read.</summary>
    TravelUnlocked = 89,

    /// <summary>The reader of a handle holds, and the handle counts as travelling.</summary>
    TravelEnding = 90,

    /// <summary>The parts of a segment are gone, it is not.</summary>
    PartsFreed = 91,

    /// <summary>The file is gone, its entry is not.</summary>
    FileDeleted = 92,

    /// <summary>The table is locked.</summary>
    EntryFreed = 93,

    /// <summary>The holds of the dead are gone, what nobody holds is not.</summary>
    TableHalfRepaired = 94,

    /// <summary>The file has grown, the table does not know.</summary>
    TableMemoryAllocated = 95,

    // The table of participants.
    /// <summary>The slot's generation is new, all else is old.</summary>
    ReserveBegun = 96,

    /// <summary>The slot counts as it did before.</summary>
    ReserveFilled = 97,

    /// <summary>The slot is reserved, the table is locked.</summary>
    Reserved = 98,

    /// <summary>What the slot's last participant held is gone.</summary>
    ReserveHoldsReleased = 99,

    /// <summary>The slot is free again, the table is locked.</summary>
    Abandoned = 100,

    /// <summary>The slot has a pid and no start time.</summary>
    ActivateBegun = 101,

    /// <summary>The slot is filled and not active.</summary>
    ActivateFilled = 102,

    /// <summary>Active.</summary>
    Activated = 103,

    /// <summary>The code is there, the reason is not.</summary>
    OwnEndHalfTold = 104,

    /// <summary>Both are there.</summary>
    OwnEndTold = 105,

    /// <summary>The objects know, the table does not.</summary>
    LeaveDetached = 106,

    /// <summary>Nothing is held; the slot is active, the table is locked.</summary>
    LeaveHoldsReleased = 107,

    /// <summary>The slot says that its participant has left; the table is locked.</summary>
    LeaveMarked = 108,

    /// <summary>How somebody ended is written, he still counts as alive.</summary>
    DeathFilled = 109,

    /// <summary>He counts as dead and holds what he held.</summary>
    DeathMarked = 110,

    /// <summary>His holds are gone; the death is not counted.</summary>
    DeathHoldsReleased = 111,

    /// <summary>Counted; the table is locked.</summary>
    DeathCounted = 112,

    /// <summary>Nobody was told.</summary>
    DeathUnlocked = 113,

    /// <summary>One segment's head names him; who sleeps there was not woken.</summary>
    DeathNoted = 114,

    /// <summary>Those of one segment were told.</summary>
    DeathTold = 115,

    // The session's directory.
    /// <summary>There under a name that says whose it will be, empty.</summary>
    DirectoryDrafted = 116,

    /// <summary>Locked.</summary>
    DirectoryLocked = 117,

    /// <summary>With tables in it.</summary>
    DirectoryFilled = 118,

    /// <summary>Under its name, and nobody's session yet.</summary>
    DirectoryNamed = 119,

    /// <summary>A dead root's lock is taken.</summary>
    SweepLocked = 120,

    /// <summary>Nobody of that session lives; the files are there.</summary>
    SweepKilled = 121,

    /// <summary>The first directory is there, the second is not.</summary>
    SecondDirectoryRemoved = 122,

    /// <summary>The first directory has a name that says who deletes it, and is there.</summary>
    DirectoryDiscarded = 123,
}
