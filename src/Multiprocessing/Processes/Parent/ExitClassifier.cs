using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Everything that the parent knows when a child has ended.</summary>
internal readonly record struct ExitFacts(
    WaitStatus Status,
    bool IsStarted,
    bool KillRequested,
    int? StopSignal,
    bool HasFailure,
    bool HasResult,
    RuntimeCrash? Crash);

/// <summary>Determines the reason of a child's end.</summary>
internal static class ExitClassifier
{
    public static (ExitReason Reason, int? Code, int? Signal) Classify(in ExitFacts facts)
    {
        var (code, signal) = facts.Status;
        return facts switch
        {
            { KillRequested: true, Status.Signal: Signals.Kill } => (ExitReason.Killed, code, signal),
            // It had to end itself, because the system refused the signal.
            { KillRequested: true, Status.Code: 128 + Signals.Kill } => (ExitReason.Killed, code, signal),
            { HasFailure: true } => (ExitReason.UnhandledException, code, signal),
            { StopSignal: > 0, HasResult: false } => (ExitReason.Signaled, null, facts.StopSignal),
            { StopSignal: not null } => (ExitReason.Terminated, code, signal),
            { IsStarted: false } => (ExitReason.StartFailed, code, signal),
            { Status.Signal: { } number } when Signals.IsCrash(number) => (CrashReason(facts.Crash), code, signal),
            { Status.Code: { } number } when Signals.CrashNameOf(number) is not null => (CrashReason(facts.Crash), code, signal),
            { Status.Signal: not null } => (ExitReason.Signaled, code, signal),
            { Status.Code: not null } => (ExitReason.Exited, code, signal),
            _ => (ExitReason.Unknown, code, signal),
        };
    }

    private static ExitReason CrashReason(RuntimeCrash? crash) => crash switch
    {
        RuntimeCrash.StackOverflow => ExitReason.StackOverflow,
        RuntimeCrash.FailFast => ExitReason.FailFast,
        _ => ExitReason.Crashed,
    };
}
