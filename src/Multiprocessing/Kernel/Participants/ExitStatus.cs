using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Describes how a process ended, and distinguishes exit code, signal, crash and unhandled exception.</summary>
/// <example>
/// <code>
/// using var child = ChildProcess.Run(() => Environment.Exit(3));
/// child.Join();
/// ExitStatus status = child.ExitStatus!;
/// Console.WriteLine($"{status.Reason}, exit code {status.Code}"); // Exited, exit code 3
/// </code>
/// </example>
public sealed record ExitStatus
{
    /// <summary>Gets the exit code, or <see langword="null"/> when a signal ended the process.</summary>
    public int? Code { get; init; }

    /// <summary>Gets the number of the signal that ended the process, or <see langword="null"/> when it exited.</summary>
    public int? Signal { get; init; }

    /// <summary>Gets the reason why the process ended.</summary>
    public ExitReason Reason { get; init; }

    /// <summary>
    /// Gets the exception that ended the process, if the process reported one; for a crash, an exception with the last text on standard error.
    /// </summary>
    public Exception? Error { get; init; }

    /// <summary>Gets whether the body ran to its end and the exit code is 0.</summary>
    public bool IsSuccess => Reason is ExitReason.Exited && Code is 0;

    /// <summary>Gets the signal's name such as <c>SIGKILL</c>, or <see langword="null"/> when no signal ended the process.</summary>
    public string? SignalName => Signal is { } number ? Signals.NameOf(number) : null;

    /// <summary>Returns a description: <c>exit code 7</c>, <c>killed by signal 9 (SIGKILL)</c>.</summary>
    public override string ToString()
    {
        var how = (Signal, Code) switch
        {
            ({ } signal, _) => $"signal {signal} ({Signals.NameOf(signal)})",
            (_, { } code) when Signals.CrashNameOf(code) is { } name => $"exit code 0x{code:X8} ({name})",
            (_, { } code) => $"exit code {code}",
            _ => "unknown exit status",
        };
        return Reason switch
        {
            ExitReason.Exited => how,
            ExitReason.UnhandledException => $"unhandled {NameOf(Error)} ({how})",
            ExitReason.Crashed => $"crashed with {how}",
            ExitReason.StackOverflow => $"stack overflow ({how})",
            ExitReason.FailFast => $"failed fast ({how})",
            ExitReason.Signaled => $"killed by {how}",
            ExitReason.Terminated => $"terminated on request ({how})",
            ExitReason.Killed when (Signal, Code) is (null, null) => "given up by its pool (it was a thread of this process)",
            ExitReason.Killed => $"killed by its parent ({how})",
            ExitReason.StartFailed => $"failed to start ({how})",
            _ => how,
        };
    }

    private static string NameOf(Exception? error) => error switch
    {
        null => "exception",
        RemoteException remote => remote.TypeName[(remote.TypeName.LastIndexOfAny(['.', '+']) + 1)..],
        _ => error.GetType().Name,
    };
}
