namespace Multiprocessing.Steps;

/// <summary>The actions that reach each point. At a point that is missing here no process dies, which fails the run.</summary>
internal static class Provocations
{
    private static readonly Provocation Putting = new(Deed.Put, 1, 2, 40);
    private static readonly Provocation Chaining = new(Deed.Put, 1, 2, 5);
    private static readonly Provocation Taking = new(Deed.Take, 1, 2, 30) { Prefill = 60 };
    private static readonly Provocation Following = new(Deed.Take, 1, 2, 3) { Prefill = 120, PrefillSize = 6000 };
    private static readonly Provocation HandleTaking = new(Deed.Take, 1, 3) { Prefill = 6, PrefillHandles = true, Leaks = 1 };
    private static readonly Provocation HandlePutting = new(Deed.PutHandles, 1, 4) { Leaks = 1 };
    private static readonly Provocation Contended = new(Deed.PutPaced, 1, 2, 4) { Meanwhile = Company.HoldTheWriteLock };
    private static readonly Provocation MakingQueues = new(Deed.DisposeQueues, 1, 2, 7);
    private static readonly Provocation Collecting = new(Deed.Put, 1) { DiedBefore = [(Deed.Put, KillPoint.RingUnlinked, 1)] };
    private static readonly Provocation Losing = new(Deed.WaitDone, 1) { Prefill = 20, DiedBefore = [(Deed.Take, KillPoint.TakeUnlocked, 3)] };
    private static readonly Provocation Recovering = new(Deed.Take, 1) { Prefill = 20, DiedBefore = [(Deed.Take, KillPoint.GotCommitted, 3)] };
    private static readonly Provocation WithChildren = new(Deed.RunChildren, 1, 2);
    private static readonly Provocation WithDyingChildren = new(Deed.RunChildrenThatDie, 1, 2);
    private static readonly Provocation Leaving = new(Deed.Nothing, 1) { Prefill = 5 };
    private static readonly Provocation Joining = new(Deed.Nothing, 1) { WhileJoining = true };
    private static readonly Provocation MakingSessions = new(Deed.MakeSessions, 1, 2);
    private static readonly Provocation Sweeping = new(Deed.Sweep, 1, 2);
    private static readonly Provocation Dropping = new(Deed.DropHandles, 1, 2, 5);
    private static readonly Provocation Completing = new(Deed.Complete, 1) { Prefill = 5 };
    private static readonly Provocation Waking = new(Deed.PutPaced, 1, 2, 5) { Meanwhile = Company.TakeWaiting };
    private static readonly Provocation WakingProducers = new(Deed.TakePaced, 1, 3) { Options = new() { Capacity = 2 }, Meanwhile = Company.PutWaiting };
    private static readonly Provocation Ringing = new(Deed.PutPaced, 1, 2, 5) { Meanwhile = Company.TakeAsync };
    private static readonly Provocation Waiting = new(Deed.Take, 1, 2, 5) { Meanwhile = Company.PutWhenEmpty };
    private static readonly Provocation WaitingForRoom = new(Deed.Put, 1, 3) { Options = new() { Capacity = 2 }, Meanwhile = Company.TakeSlowly };

    public static IEnumerable<Provocation> For(KillPoint point) => point switch
    {
        KillPoint.LockEntered => [MakingQueues],
        KillPoint.LockEnteredBySpinning => [new(Deed.PutInTwoThreads, 1, 5)],
        KillPoint.LockEnteredAfterSleep or KillPoint.LockSleepAnnounced or KillPoint.LockSlept or KillPoint.LockFreed => [Contended],
        KillPoint.LockTakenOver =>
        [
            new(Deed.Put, 1) { DiedBefore = [(Deed.Put, KillPoint.PutCopied, 3)] },
            new(Deed.Put, 2) { DiedBefore = [(Deed.Put, KillPoint.RingUnlinked, 1), (Deed.PutPaced, KillPoint.PutCopied, 1)] },
        ],
        KillPoint.SleepAnnounced or KillPoint.Slept => [Waiting, WaitingForRoom],
        KillPoint.WakeBegun or KillPoint.WakeCounted => [Waking, WakingProducers],
        KillPoint.WakeFoundNone => [Waking with { Meanwhile = Company.TakeWaitingBriefly }, WakingProducers with { Meanwhile = Company.PutWaitingBriefly }],
        KillPoint.AllToBeWoken => [Completing, MakingQueues],
        KillPoint.AsyncBitSet or KillPoint.AsyncArmed => [new(Deed.TakeAsync, 1, 2, 5) { Meanwhile = Company.PutWhenEmpty }],
        KillPoint.RingDisarmed or KillPoint.RingBitsTaken or KillPoint.DoorbellCounted => [Ringing],

        KillPoint.PutLocked or KillPoint.PutHeaderWritten or KillPoint.PutCopied or KillPoint.PutStateHalfWritten or KillPoint.PutStateWritten =>
            [Putting with { Committed = false }, Chaining with { Committed = false }],
        KillPoint.PutCommitted or KillPoint.PutFinished or KillPoint.PutUnlocked => [Putting with { Committed = true }],
        KillPoint.PutPadded => [new(Deed.PutAndTake, 1, 2, 4)],
        KillPoint.WriterLeftRing or KillPoint.WriterMappedRing =>
        [
            new(Deed.Put, 1) { Prefill = 40, Committed = false },
            new(Deed.PutPaced, 2) { Committed = false, Meanwhile = Company.PutMuch },
        ],
        KillPoint.ChainLocked or KillPoint.SpareDecided or KillPoint.RingUnlinked or KillPoint.LinkWritten or KillPoint.LinkRingBegun or KillPoint.LinkRingPlaced =>
            [Chaining with { Committed = false }, new(Deed.PutAndTakeInBursts, 4, 6)],
        KillPoint.SpareLinkerNamed => [new(Deed.PutAndTakeInBursts, 1, 2, 3)],
        KillPoint.RingNotNeeded => [new(Deed.PutOnSignal, 1) { Prefill = 15, TakeBack = 15, Meanwhile = Company.DrainWhileTheTableIsLocked }],
        KillPoint.LinkPadded => [new(Deed.PutToTheEndOfTheRing, 1)],
        KillPoint.CollectLocked or KillPoint.LeftoverCollected or KillPoint.Collected => [Collecting],

        KillPoint.TakeLocked or KillPoint.TakeCopied or KillPoint.GotStateHalfWritten or KillPoint.GotStateWritten => [Taking with { Committed = false }],
        KillPoint.GotCommitted or KillPoint.RowWritten or KillPoint.TakeFinished or KillPoint.TakeUnlocked => [Taking with { Passages = [1, 2, 8], Committed = point is KillPoint.TakeUnlocked or KillPoint.TakeFinished ? true : null }],
        KillPoint.TakeDrained => [new(Deed.Take, 1) { Prefill = 5, CompleteFirst = true }],
        KillPoint.ReadLockRecovered or KillPoint.RowRepaired => [Recovering with { Deed = Deed.Nothing, WhileJoining = true }],
        KillPoint.FollowUnlocked or KillPoint.FollowMapped or KillPoint.FollowCommitted or KillPoint.SpareExchanged or KillPoint.RingRetired => [Following with { Committed = false }],
        KillPoint.ReaderLeftRing or KillPoint.ReaderMappedRing =>
        [
            new(Deed.Take, 1) { Prefill = 60, TakeBack = 30, Committed = false },
            new(Deed.TakePaced, 2) { Prefill = 300, PrefillSize = 6000, Committed = false, Meanwhile = Company.TakeMuch },
        ],

        KillPoint.CompleteLocked or KillPoint.CompleteStored or KillPoint.CompleteUnlocked => [Completing],
        KillPoint.MarkLocked => [new(Deed.TakeAndMarkAll, 1, 2) { Prefill = 5 }],
        KillPoint.MarkUnlocked => [new(Deed.TakeAndMarkAll, 1) { Prefill = 5 }],
        KillPoint.LoserFound or KillPoint.LoserNamed or KillPoint.LossUnlocked or KillPoint.LossReported => [Losing],
        KillPoint.AttachSettled =>
            [MakingQueues, new(Deed.Nothing, 1) { WhileJoining = true, Prefill = 20, DiedBefore = [(Deed.Take, KillPoint.TakeUnlocked, 3)], InTheSlotOfTheDead = true }],
        KillPoint.AttachRowTaken or KillPoint.AttachShared => [HandleTaking],

        KillPoint.ObjectDetached or KillPoint.ObjectReleaseNoted or KillPoint.ObjectReleased or KillPoint.ReleaseHalfNoted =>
            [MakingQueues, new(Deed.DisposeTheQueue, 1) { Prefill = 5 }],
        KillPoint.HeldAgain or KillPoint.HeldAgainFlagged or KillPoint.MarkedReleased or KillPoint.EndReleased => [new(Deed.PassEnds, 1, 2)],
        KillPoint.EndArrived => [new(Deed.PassEnds, 1, 3) { Leaks = 3 }],
        KillPoint.HandleArrived => [new(Deed.PassBuffers, 1, 2, 4) { Leaks = 1 }],
        KillPoint.InputCreated or KillPoint.InputWritten => [new(Deed.ShareInputs, 1, 2, 5)],

        // At the second passage a message that is not read any more has a handle in flight.
        KillPoint.InputReferencesEnded => [new(Deed.ShareInputs, 1, 5), new(Deed.ShareInputs, 2) { Leaks = 1 }],
        KillPoint.InputRebuilt => [new(Deed.ShareInputs, 1, 3)],
        KillPoint.ContentTaken or KillPoint.ContentWritten or KillPoint.ContentArrived => [new(Deed.MoveContents, 1, 2, 4)],
        KillPoint.DropTaken or KillPoint.DropOpened or KillPoint.DropInFlightEnded => [Dropping with { Leaks = 1 }],

        KillPoint.EntryFilled or KillPoint.EntryTaken or KillPoint.SegmentMade or KillPoint.SegmentLive => [MakingQueues, Chaining],
        KillPoint.SegmentHeld or KillPoint.SegmentFound or KillPoint.SegmentMapped or KillPoint.InFlightEnding => [HandleTaking],
        KillPoint.InFlightChanged or KillPoint.InFlightUnlocked => [HandleTaking, HandlePutting],
        KillPoint.HoldReleased or KillPoint.PartsFreed or KillPoint.FileDeleted or KillPoint.EntryFreed => [MakingQueues],
        KillPoint.HoldOfLeaverReleased => [Leaving, WithDyingChildren],
        KillPoint.TableHalfRepaired => [new(Deed.RunChildThatDiesInTheTable, 1)],
        KillPoint.TableMemoryAllocated => [new(Deed.MakeManyQueues, 1)],

        KillPoint.ReserveBegun or KillPoint.ReserveFilled or KillPoint.Reserved or KillPoint.ReserveHoldsReleased =>
            [WithChildren, new(Deed.ReserveAndAbandon, 3, 9)],
        KillPoint.Abandoned => [new(Deed.ReserveAndAbandon, 1, 2, 7)],
        KillPoint.ActivateBegun or KillPoint.ActivateFilled or KillPoint.Activated => [WithChildren, Joining],
        KillPoint.OwnEndHalfRecorded or KillPoint.OwnEndRecorded => [new(Deed.TellOwnEnd, 1)],
        KillPoint.LeaveDetached or KillPoint.LeaveHoldsReleased or KillPoint.LeaveMarked => [Leaving],
        KillPoint.DeathFilled or KillPoint.DeathMarked or KillPoint.DeathHoldsReleased or KillPoint.DeathCounted or KillPoint.DeathUnlocked
            or KillPoint.DeathNoted or KillPoint.DeathAnnounced => [WithDyingChildren],

        KillPoint.DirectoryDrafted or KillPoint.DirectoryLocked or KillPoint.DirectoryFilled or KillPoint.DirectoryNamed or KillPoint.SecondDirectoryRemoved or KillPoint.DirectoryDiscarded => [MakingSessions],
        KillPoint.SweepLocked or KillPoint.SweepKilled => [Sweeping],
        KillPoint.StatusDrafted or KillPoint.StatusWritten or KillPoint.StatusPublished => [new(Deed.PublishStatus, 1, 2)],
        _ => [],
    };
}
