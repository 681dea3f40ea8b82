namespace Multiprocessing;

/// <summary>
/// The points at which a kill matters: between two instructions that change shared state. Each member says what state a kill leaves there.
/// The code calls <see cref="KillPoints.Pass"/> at each point, and the programs of the tests die at each.
/// </summary>
internal enum KillPoint
{
    // A lock word: taken, slept for, taken over, freed.
    /// <summary>The word names its owner; nothing was done under the lock.</summary>
    LockEntered = 1,

    /// <summary>The same, after spinning.</summary>
    LockEnteredBySpinning = 2,

    /// <summary>The same, with the waiters bit in the word.</summary>
    LockEnteredAfterSleep = 3,

    /// <summary>The waiters bit is set; the waiter does not sleep yet.</summary>
    LockSleepAnnounced = 4,

    /// <summary>The waiter was woken or its slice has passed; it has checked nothing yet.</summary>
    LockSlept = 5,

    /// <summary>The word was taken from a dead owner; nothing was repaired yet.</summary>
    LockTakenOver = 6,

    /// <summary>The word is 0 and a sleeper has not been woken.</summary>
    LockFreed = 7,

    // A wait point: announced, slept, woken.
    /// <summary>The sleeper is counted as an arrival and does not sleep yet.</summary>
    SleepAnnounced = 8,

    /// <summary>The sleeper was woken for a change that it has not used yet.</summary>
    Slept = 9,

    /// <summary>The notifier has seen an arrival.</summary>
    WakeBegun = 10,

    /// <summary>The sequence has changed; no sleeper was woken yet.</summary>
    WakeCounted = 11,

    /// <summary>There was no sleeper; the arrivals are not marked as handled yet.</summary>
    WakeFoundNone = 12,

    /// <summary>The sequence has changed; none of all the sleepers was woken yet.</summary>
    AllToBeWoken = 13,

    /// <summary>The participant's bit is set, the flag over it is not.</summary>
    AsyncBitSet = 14,

    /// <summary>Both are set; the waiter has not checked again.</summary>
    AsyncArmed = 15,

    /// <summary>The flag is cleared, the bits are not.</summary>
    RingDisarmed = 16,

    /// <summary>The bits are cleared, no doorbell was rung.</summary>
    RingBitsTaken = 17,

    /// <summary>The doorbell has changed; its dispatcher was not woken.</summary>
    DoorbellCounted = 18,

    // Putting.
    /// <summary>Nothing written.</summary>
    PutLocked = 19,

    /// <summary>A pad record fills the rest of the ring; not committed.</summary>
    PutPadded = 20,

    /// <summary>The record's header is written, its bytes are not.</summary>
    PutHeaderWritten = 21,

    /// <summary>The record is written and not committed.</summary>
    PutCopied = 22,

    /// <summary>The next state lacks its ring.</summary>
    PutStateHalfWritten = 23,

    /// <summary>The next state is whole and not committed.</summary>
    PutStateWritten = 24,

    /// <summary>Committed.</summary>
    PutCommitted = 25,

    /// <summary>Committed, and a linked ring has no linker any more; the lock is held.</summary>
    PutFinished = 26,

    /// <summary>Waiters for items were not notified.</summary>
    PutUnlocked = 27,

    /// <summary>Without the lock, before mapping the ring that the other processes use.</summary>
    WriterLeftRing = 28,

    /// <summary>The same, with that ring mapped.</summary>
    WriterMappedRing = 29,

    // Chaining the next ring.
    /// <summary>The lock only avoids that two producers make the same ring; no state depends on it.</summary>
    ChainLocked = 30,

    /// <summary>This process is the linker of the spare ring, if that fits; the write lock is held.</summary>
    SpareDecided = 31,

    /// <summary>The spare ring names this process as its linker and is still the spare one.</summary>
    SpareLinkerNamed = 32,

    /// <summary>This process is the linker of a fresh ring or of the spare one; the ring is in no chain.</summary>
    RingUnlinked = 33,

    /// <summary>There is room now: the ring is not freed yet, and the chain lock is free.</summary>
    RingNotNeeded = 34,

    /// <summary>The memory behind the last record was too short for the link.</summary>
    LinkPadded = 35,

    /// <summary>The link names a ring whose begin is not written.</summary>
    LinkWritten = 36,

    /// <summary>The ring's begin is written; its entry's position is not.</summary>
    LinkRingBegun = 37,

    /// <summary>Everything is written but the commit.</summary>
    LinkRingPlaced = 38,

    /// <summary>Both locks are held, nothing was collected.</summary>
    CollectLocked = 39,

    /// <summary>One leftover ring is freed; the table is locked too.</summary>
    LeftoverCollected = 40,

    /// <summary>All leftovers are freed; the number of deaths that this was for is not stored.</summary>
    Collected = 41,

    // Taking.
    /// <summary>Nothing read.</summary>
    TakeLocked = 42,

    /// <summary>An item is copied out and still in the queue.</summary>
    TakeCopied = 43,

    /// <summary>The next state does not say yet whose row it changes.</summary>
    GotStateHalfWritten = 44,

    /// <summary>The next state is whole and not committed.</summary>
    GotStateWritten = 45,

    /// <summary>Committed; the row has its old value.</summary>
    GotCommitted = 46,

    /// <summary>Committed, and the row has its new value.</summary>
    RowWritten = 47,

    /// <summary>The lock is held.</summary>
    TakeFinished = 48,

    /// <summary>Waiters for room were not notified.</summary>
    TakeUnlocked = 49,

    /// <summary>The last item of a completed queue is taken; waiters for another one were not notified.</summary>
    TakeDrained = 50,

    /// <summary>The read lock was taken over from a dead owner, and the row may be old.</summary>
    ReadLockRecovered = 51,

    /// <summary>The row has the value of the last commit.</summary>
    RowRepaired = 52,

    /// <summary>Without the lock, before the ring behind a link.</summary>
    FollowUnlocked = 53,

    /// <summary>The same, with that ring mapped.</summary>
    FollowMapped = 54,

    /// <summary>The consumers use the next ring; the drained one is neither spare nor freed.</summary>
    FollowCommitted = 55,

    /// <summary>The drained ring is the spare one, or is not; the ring to free is not freed.</summary>
    SpareExchanged = 56,

    /// <summary>The lock is held, and the change is complete.</summary>
    RingRetired = 57,

    /// <summary>Without the lock, before mapping the ring that the other processes use.</summary>
    ReaderLeftRing = 58,

    /// <summary>The same, with that ring mapped.</summary>
    ReaderMappedRing = 59,

    // Completing, marking, losing.
    /// <summary>Not completed.</summary>
    CompleteLocked = 60,

    /// <summary>Completed; the lock is held.</summary>
    CompleteStored = 61,

    /// <summary>Completed; waiters were not notified.</summary>
    CompleteUnlocked = 62,

    /// <summary>Nothing marked.</summary>
    MarkLocked = 63,

    /// <summary>All is marked; waiters for that were not notified.</summary>
    MarkUnlocked = 64,

    /// <summary>A dead participant has unmarked items; nothing was done about it.</summary>
    LoserFound = 65,

    /// <summary>The participant that lost items is recorded; the items are not counted as lost.</summary>
    LoserNamed = 66,

    /// <summary>The loss is counted; waiters were not notified.</summary>
    LossUnlocked = 67,

    /// <summary>The loss counts as reported; nothing was thrown yet.</summary>
    LossReported = 68,

    /// <summary>The items of the slot's earlier participant are settled; the row still names that participant.</summary>
    AttachSettled = 69,

    /// <summary>The row is this process's.</summary>
    AttachRowTaken = 70,

    /// <summary>The queue counts as shared; the lock is held.</summary>
    AttachShared = 71,

    // Releasing a queue.
    /// <summary>The object is held, and everything in it is released.</summary>
    ObjectDetached = 72,

    /// <summary>The header names the releasing participant, which still holds the segment.</summary>
    ObjectReleaseNoted = 73,

    /// <summary>Not held any more; waiters were not notified.</summary>
    ObjectReleased = 74,

    /// <summary>An unread item is taken; the handles in it still count as in flight.</summary>
    DropTaken = 75,

    /// <summary>The queue in an unread item is held, and its handle still counts as in flight.</summary>
    DropOpened = 76,

    /// <summary>Its handle is not in flight any more, and the queue is held.</summary>
    DropInFlightEnded = 77,

    /// <summary>The time of the last release is new, the participant is the earlier one.</summary>
    ReleaseHalfNoted = 78,

    // The table of segments.
    /// <summary>The fields are written, the entry is free.</summary>
    EntryFilled = 79,

    /// <summary>The entry is in use, the table is locked.</summary>
    EntryTaken = 80,

    /// <summary>The file exists, the entry is not live.</summary>
    SegmentMade = 81,

    /// <summary>The entry is live; the caller does not have the segment yet.</summary>
    SegmentLive = 82,

    /// <summary>One more participant holds the segment; the table is locked.</summary>
    SegmentHeld = 83,

    /// <summary>Held, and not mapped.</summary>
    SegmentFound = 84,

    /// <summary>Held and mapped; there is no object for it yet.</summary>
    SegmentMapped = 85,

    /// <summary>The segment may be without a holder and is not freed.</summary>
    HoldReleased = 86,

    /// <summary>One of several holds of a participant that leaves or has died is released.</summary>
    HoldOfLeaverReleased = 87,

    /// <summary>The number in flight is changed; the table is locked.</summary>
    InFlightChanged = 88,

    /// <summary>The same without the lock: before the message is sent, or after it was read.</summary>
    InFlightUnlocked = 89,

    /// <summary>The receiver of a handle holds the segment, and the handle still counts as in flight.</summary>
    InFlightEnding = 90,

    /// <summary>The parts of a segment are freed, the segment is not.</summary>
    PartsFreed = 91,

    /// <summary>The file is deleted, its entry is not free.</summary>
    FileDeleted = 92,

    /// <summary>The entry is free; the table is locked.</summary>
    EntryFreed = 93,

    /// <summary>The holds of the dead are released; unheld segments are not freed.</summary>
    TableHalfRepaired = 94,

    /// <summary>The file has grown; the capacity is the old one.</summary>
    TableMemoryAllocated = 95,

    // The table of participants.
    /// <summary>The slot's generation is new, all other fields are old.</summary>
    ReserveBegun = 96,

    /// <summary>The fields are new; the state is the old one.</summary>
    ReserveFilled = 97,

    /// <summary>The slot is reserved, the table is locked.</summary>
    Reserved = 98,

    /// <summary>The holds of the slot's last participant are released.</summary>
    ReserveHoldsReleased = 99,

    /// <summary>The slot is free again, the table is locked.</summary>
    Abandoned = 100,

    /// <summary>The slot has a pid and no start time.</summary>
    ActivateBegun = 101,

    /// <summary>The slot is filled and not active.</summary>
    ActivateFilled = 102,

    /// <summary>The slot is active.</summary>
    Activated = 103,

    /// <summary>The code is written, the reason is not.</summary>
    OwnEndHalfRecorded = 104,

    /// <summary>Both are written.</summary>
    OwnEndRecorded = 105,

    /// <summary>All objects are detached; the table has all holds.</summary>
    LeaveDetached = 106,

    /// <summary>All holds are released; the slot is active, the table is locked.</summary>
    LeaveHoldsReleased = 107,

    /// <summary>The slot says that its participant has left; the table is locked.</summary>
    LeaveMarked = 108,

    /// <summary>The exit is written; the participant still counts as alive.</summary>
    DeathFilled = 109,

    /// <summary>The participant counts as dead and has all its holds.</summary>
    DeathMarked = 110,

    /// <summary>Its holds are released; the death is not counted.</summary>
    DeathHoldsReleased = 111,

    /// <summary>Counted; the table is locked.</summary>
    DeathCounted = 112,

    /// <summary>No waiter was woken.</summary>
    DeathUnlocked = 113,

    /// <summary>One segment's header names the dead participant; sleepers in it were not woken.</summary>
    DeathNoted = 114,

    /// <summary>The sleepers in one segment were woken.</summary>
    DeathAnnounced = 115,

    // The session's directory.
    /// <summary>The directory exists, empty, under a name that says which process creates it.</summary>
    DirectoryDrafted = 116,

    /// <summary>It is locked.</summary>
    DirectoryLocked = 117,

    /// <summary>It contains the tables.</summary>
    DirectoryFilled = 118,

    /// <summary>It has its name; no process uses the session yet.</summary>
    DirectoryNamed = 119,

    /// <summary>The lock of a dead root is taken.</summary>
    SweepLocked = 120,

    /// <summary>No participant of that session is alive; the files exist.</summary>
    SweepKilled = 121,

    /// <summary>The first directory exists, the second does not.</summary>
    SecondDirectoryRemoved = 122,

    /// <summary>The first directory exists under a name that says which process deletes it.</summary>
    DirectoryDiscarded = 123,

    // The ends of a pipe.
    /// <summary>The process holds an end again; the end's row has no flag.</summary>
    HeldAgain = 124,

    /// <summary>The row is flagged; the table is locked.</summary>
    HeldAgainFlagged = 125,

    /// <summary>A participant is no holder of an end any more, for its release or because it has passed the end on; the table is locked.</summary>
    MarkedReleased = 126,

    /// <summary>The receiver of an end holds it; its sender does too, and the handle counts as in flight.</summary>
    EndArrived = 127,

    /// <summary>The last holder of an end has released it; the other end's waiters were not woken.</summary>
    EndReleased = 128,

    // A status file.
    /// <summary>The document's draft is empty; readers see the earlier document, if there is one.</summary>
    StatusDrafted = 129,

    /// <summary>The draft is whole; readers see the earlier document, if there is one.</summary>
    StatusWritten = 130,

    /// <summary>Readers see the new document.</summary>
    StatusPublished = 131,

    // A shared buffer.
    /// <summary>The receiver holds the segment; its handle still counts as in flight. The table is locked.</summary>
    HandleArrived = 132,

    // A shared input.
    /// <summary>Its memory exists and is empty; the process that shares it holds it.</summary>
    InputCreated = 133,

    /// <summary>The memory has the value's message; no handle names it.</summary>
    InputWritten = 134,

    /// <summary>A receiver has rebuilt the value, and still holds the memory.</summary>
    InputRebuilt = 135,

    /// <summary>The handles in the value's message are ended; the process that shares it still holds the memory.</summary>
    InputReferencesEnded = 136,

    // A large body or result.
    /// <summary>Its memory is held, and has an earlier message or none.</summary>
    ContentTaken = 137,

    /// <summary>The memory has the message; no frame refers to it.</summary>
    ContentWritten = 138,

    /// <summary>The reader of the frame holds the memory, and the flight has ended.</summary>
    ContentArrived = 139,
}
