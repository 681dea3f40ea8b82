namespace Multiprocessing;

/// <summary>Why a process ended.</summary>
public enum ExitReason
{
    /// <summary>Nobody could find out: another part of the program reaped the process first.</summary>
    Unknown = 0,

    /// <summary>The body returned, or the process called <see cref="Environment.Exit(int)"/>; <see cref="ExitStatus.Code"/> says with what.</summary>
    Exited,

    /// <summary>An exception left the body or ended a thread; <see cref="ExitStatus.Error"/> is it.</summary>
    UnhandledException,

    /// <summary>The runtime or a native library ended the process: <see cref="Environment.FailFast(string)"/>, a stack overflow, a segmentation fault.</summary>
    Crashed,

    /// <summary>A signal from outside ended the process; <see cref="ExitStatus.Signal"/> says which.</summary>
    Signaled,

    /// <summary>It was asked to stop (<c>ChildProcess.Terminate</c> or SIGTERM) and went by itself within the grace.</summary>
    Terminated,

    /// <summary>It was killed by this library: <c>ChildProcess.Kill</c>, or a grace that ran out.</summary>
    Killed,

    /// <summary>The process never reached the body.</summary>
    StartFailed,
}
