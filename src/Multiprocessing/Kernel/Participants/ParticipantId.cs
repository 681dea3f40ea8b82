namespace Multiprocessing;

/// <summary>
/// The id of one process of a session: a slot of the participant table and the slot's generation. Never a bare pid, which the operating system
/// reuses.
/// </summary>
internal readonly record struct ParticipantId(int Slot, int Generation);

/// <summary>
/// How a participant ended, as its parent reported it. It stays in the slot, so that an error in another process can name the participant and its
/// exit.
/// </summary>
/// <param name="ProcessId">The pid.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Code">The exit code, or -1.</param>
/// <param name="Signal">The signal, or -1.</param>
internal readonly record struct ParticipantExit(int ProcessId, ExitReason Reason, int Code, int Signal)
{
    public ExitStatus ToExitStatus() => new()
    {
        Reason = Reason,
        Code = Code >= 0 ? Code : null,
        Signal = Signal > 0 ? Signal : null,
    };
}
