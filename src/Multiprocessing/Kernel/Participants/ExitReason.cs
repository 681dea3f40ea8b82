namespace Multiprocessing;

/// <summary>Specifies why a process ended.</summary>
/// <example>
/// <code>
/// using var child = ChildProcess.Run(() => Thread.Sleep(Timeout.Infinite));
/// child.Kill();
/// child.Join();
/// string text = child.ExitStatus!.Reason switch
/// {
///     ExitReason.Exited => "ended with an exit code",
///     ExitReason.Killed or ExitReason.Terminated => "was stopped by this program",
///     _ => "failed",
/// };
/// </code>
/// </example>
public enum ExitReason
{
    /// <summary>The reason could not be found out: another part of the program reaped the process first.</summary>
    Unknown = 0,

    /// <summary>
    /// The body returned, or the process called <see cref="Environment.Exit(int)"/>; <see cref="ExitStatus.Code"/> is the exit code.
    /// </summary>
    Exited,

    /// <summary>An exception left the body or ended a thread; <see cref="ExitStatus.Error"/> is it.</summary>
    UnhandledException,

    /// <summary>The process crashed: a native library's abort, a segmentation fault, an illegal instruction.</summary>
    Crashed,

    /// <summary>The stack of a thread overflowed.</summary>
    StackOverflow,

    /// <summary>Code called <see cref="Environment.FailFast(string)"/>, or the runtime found itself broken.</summary>
    FailFast,

    /// <summary>A signal from another process ended the process; <see cref="ExitStatus.Signal"/> is its number.</summary>
    Signaled,

    /// <summary>It was asked to stop (<see cref="ChildProcess.Terminate()"/> or SIGTERM) and exited within the grace period.</summary>
    Terminated,

    /// <summary>It was killed by this library: <see cref="ChildProcess.Kill"/>, or a grace period that passed.</summary>
    Killed,

    /// <summary>The process never reached the body.</summary>
    StartFailed,
}
