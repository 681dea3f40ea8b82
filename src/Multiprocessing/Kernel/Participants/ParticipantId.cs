namespace Multiprocessing;

/// <summary>Names one process of a session: a slot of the participant table and how often the slot had been given out. Never a bare pid, which the OS reuses.</summary>
internal readonly record struct ParticipantId(int Slot, int Generation);

/// <summary>How a participant ended, as its parent saw it; kept in its slot so that whoever waits for it can say who died and how.</summary>
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
