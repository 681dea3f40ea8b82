namespace Multiprocessing;

/// <summary>What a process of a program is for.</summary>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.OpenCurrent();
/// ProcessSnapshot root = monitor.Read().Processes[0];
/// Console.WriteLine(root.Role == ProcessRole.Root); // True
/// </code>
/// </example>
public enum ProcessRole
{
    /// <summary>The process that the user started.</summary>
    Root,

    /// <summary>A <see cref="ChildProcess"/>, or a process whose parent has not published what it is.</summary>
    Child,

    /// <summary>A worker of a pool.</summary>
    Worker,

    /// <summary>The process of a <see cref="ProcessService{TInterface}"/>.</summary>
    Service,

    /// <summary>The process of a <see cref="ProcessManager"/>.</summary>
    Manager,

    /// <summary>An idle process that waits for a body.</summary>
    Spare,
}
