namespace Multiprocessing.Steps;

/// <summary>How a process is brought to a point, and what may be left there.</summary>
/// <param name="Deed">What the victim does.</param>
/// <param name="Passages">At which passages of the point it is killed, each in a world of its own.</param>
internal sealed record Provocation(Deed Deed, params int[] Passages)
{
    public ProcessQueueOptions Options { get; init; } = new();

    /// <summary>Messages that the parent puts before.</summary>
    public int Prefill { get; init; }

    public int PrefillSize { get; init; } = 3000;

    /// <summary>The messages contain handles of queues that no other process has.</summary>
    public bool PrefillHandles { get; init; }

    /// <summary>How many of them it takes again.</summary>
    public int TakeBack { get; init; }

    public bool CompleteFirst { get; init; }

    /// <summary>Others that are killed before, one after the other.</summary>
    public (Deed Deed, KillPoint Point, int Passage)[] DiedBefore { get; init; } = [];

    /// <summary>The dead one's slot is the only one that the victim can get.</summary>
    public bool InTheSlotOfTheDead { get; init; }

    /// <summary>The point lies on the way into the session, before any code of the victim.</summary>
    public bool WhileJoining { get; init; }

    /// <summary>What the parent does again and again while the victim lives.</summary>
    public Action<World, ChildProcess>? Meanwhile { get; init; }

    /// <summary>
    /// Whether what the victim was about to put is in the queue, or the item that it was about to take was taken; null if that is undefined.
    /// </summary>
    public bool? Committed { get; init; }

    /// <summary>Segments that stay until the session ends, because a handle was lost with its message.</summary>
    public int Leaks { get; init; }
}
