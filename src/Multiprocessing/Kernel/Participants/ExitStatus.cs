using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>How a process ended: an exit code, a signal, a crash and an unhandled exception are told apart.</summary>
public sealed record ExitStatus
{
    /// <summary>The exit code, or <see langword="null"/> when a signal ended the process.</summary>
    public int? Code { get; init; }

    /// <summary>The number of the signal that ended the process, or <see langword="null"/> when it exited.</summary>
    public int? Signal { get; init; }

    /// <summary>Why the process ended.</summary>
    public ExitReason Reason { get; init; }

    /// <summary>The exception that ended the process, if one did and it was told; for a crash, what standard error said last.</summary>
    public Exception? Error { get; init; }

    /// <summary>The body ran to its end and the exit code is 0.</summary>
    public bool IsSuccess => Reason is ExitReason.Exited && Code is 0;

    /// <summary>The signal's name such as <c>SIGKILL</c>, or <see langword="null"/> when no signal ended the process.</summary>
    public string? SignalName => Signal is { } number ? Signals.NameOf(number) : null;

    /// <summary>Says it in words: <c>exit code 7</c>, <c>killed by signal 9 (SIGKILL)</c>.</summary>
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
