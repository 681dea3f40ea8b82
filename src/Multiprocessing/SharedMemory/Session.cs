namespace Multiprocessing;

/// <summary>The shared state of one tree of processes: a private directory of segment files and the table of participants.</summary>
internal sealed class Session
{
    /// <summary>The session of this process: joined in a child, created on first use in a root.</summary>
    public static Session Current => throw new NotImplementedException();

    /// <summary>Whether <see cref="Current"/> exists already.</summary>
    public static bool IsStarted => throw new NotImplementedException();

    /// <summary>Called once in a child, before anything else of the library.</summary>
    public static Session Join(string directory, ParticipantId self) => throw new NotImplementedException();

    public string Directory => throw new NotImplementedException();

    public ParticipantId Self => throw new NotImplementedException();

    /// <summary>This process made the session and removes it.</summary>
    public bool IsRoot => throw new NotImplementedException();

    /// <summary>The root process, by pid and start time.</summary>
    public bool RootIsAlive => throw new NotImplementedException();

    /// <summary>Takes a free slot for a child that is about to start.</summary>
    public ParticipantId Reserve() => throw new NotImplementedException();

    /// <summary>Fills in pid and start time right after the child's process exists.</summary>
    public void Activate(ParticipantId participant, int processId) => throw new NotImplementedException();

    /// <summary>Gives back a slot whose process never came to be.</summary>
    public void Abandon(ParticipantId participant) => throw new NotImplementedException();

    /// <summary>Called by the parent once the child is known to be gone: marks it dead, releases what it held, wakes everybody who might wait for it.</summary>
    public void MarkDead(ParticipantId participant, ParticipantExit exit) => throw new NotImplementedException();

    /// <summary>The exit of a participant that is dead, if its slot was not given out again.</summary>
    public ParticipantExit? ExitOf(ParticipantId participant) => throw new NotImplementedException();

    public bool IsAlive(ParticipantId participant) => throw new NotImplementedException();

    /// <summary>Called by a process about itself before it leaves: why it goes. Who is gone without having called this was killed.</summary>
    public void RecordSelf(ExitReason reason, int code) => throw new NotImplementedException();

    /// <summary>What the participant recorded about itself, or null if it recorded nothing or its slot was given out again.</summary>
    public ParticipantExit? SelfReported(ParticipantId participant) => throw new NotImplementedException();

    /// <summary>Every participant that is reserved or has not been marked dead, this process included.</summary>
    public IReadOnlyList<ParticipantInfo> Participants => throw new NotImplementedException();

    /// <summary>The normal way out of this process: gives up its holds; the root removes the directory.</summary>
    public void Leave() => throw new NotImplementedException();

    /// <summary>Called by a descendant that sees that the root is gone: kills every other participant, then removes the directory. Idempotent, safe in several processes at once.</summary>
    public void Destroy() => throw new NotImplementedException();
}

/// <summary>One row of the participant table as read at one moment.</summary>
/// <param name="Id">The participant.</param>
/// <param name="ProcessId">Its pid, or 0 while it is only reserved.</param>
/// <param name="StartTime">The start time of the process in clock ticks since boot, which together with the pid names it.</param>
internal readonly record struct ParticipantInfo(ParticipantId Id, int ProcessId, long StartTime);
