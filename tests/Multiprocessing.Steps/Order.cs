namespace Multiprocessing.Steps;

/// <summary>What a victim does until it dies.</summary>
internal enum Deed
{
    Put,
    PutPaced,
    PutOnSignal,
    PutToTheEndOfTheRing,
    PutHandles,
    PutInTwoThreads,
    PutAndTake,
    PutAndTakeInBursts,
    Take,
    TakePaced,
    TakeAsync,
    TakeAndMarkAll,
    WaitDone,
    Complete,
    DisposeQueues,
    DisposeTheQueue,
    DropHandles,
    PassEnds,
    PassBuffers,
    ShareInputs,
    MoveContents,
    MakeManyQueues,
    RunChildren,
    RunChildrenThatDie,
    RunChildThatDiesInTheTable,
    ReserveAndAbandon,
    TellOwnEnd,
    MakeSessions,
    Sweep,
    PublishStatus,
    Nothing,
}

/// <summary>What the victim is to do, the point at which it is to die, and where it keeps its record.</summary>
internal sealed record Order(Deed Deed, int Producer, string Directory)
{
    /// <summary>The file that says that a victim is in the midst of its deed, and the one that it waits for then.</summary>
    public const string Ready = "ready";
    public const string Go = "go";

    /// <summary>Null for one who is to live.</summary>
    public string? Point { get; init; }

    public int Passage { get; init; }

    public string PutBook => Path.Combine(Directory, $"put-{Producer}");

    public string TakenBook => Path.Combine(Directory, $"taken-{Producer}");
}
