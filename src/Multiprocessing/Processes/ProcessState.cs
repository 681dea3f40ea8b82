namespace Multiprocessing;

/// <summary>The state of a <see cref="ChildProcess"/>. It only changes to a later value of this list.</summary>
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
    /// <summary>Created and not started.</summary>
    Created,

    /// <summary>The operating system has created the process, and its runtime starts.</summary>
    Starting,

    /// <summary>The body runs.</summary>
    Running,

    /// <summary>The process has ended and is reaped.</summary>
    Exited,
}
