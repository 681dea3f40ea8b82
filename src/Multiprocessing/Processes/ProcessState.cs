namespace Multiprocessing;

/// <summary>Where a <see cref="ChildProcess"/> is in its life. It only ever moves down this list.</summary>
/// <example>
/// <code>
/// using var child = new ChildProcess(() => { });
/// Console.WriteLine(child.State == ProcessState.Created); // True
/// child.Start();
/// child.Join();
/// Console.WriteLine(child.State == ProcessState.Exited); // True
/// </code>
/// </example>
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
