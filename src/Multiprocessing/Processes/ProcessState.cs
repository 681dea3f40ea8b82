namespace Multiprocessing;

/// <summary>Where a <see cref="ChildProcess"/> is in its life. It only ever moves down this list.</summary>
public enum ProcessState
{
    /// <summary>Made, not started.</summary>
    Created,

    /// <summary>The operating system has the process; its runtime is coming up.</summary>
    Starting,

    /// <summary>The body runs.</summary>
    Running,

    /// <summary>The process is gone and reaped.</summary>
    Exited,
}
