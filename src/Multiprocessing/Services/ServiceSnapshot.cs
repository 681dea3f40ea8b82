namespace Multiprocessing;

/// <summary>One service of a program at one moment, as its caller's process has published it. Immutable.</summary>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.OpenCurrent();
/// foreach (ServiceSnapshot service in monitor.Read().Services)
/// {
///     Console.WriteLine($"{service.Name} ({service.Interface}): {service.State}, {service.PendingCalls} calls wait");
/// }
/// </code>
/// </example>
public sealed record ServiceSnapshot
{
    /// <summary>Gets the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the name of the interface.</summary>
    public required string Interface { get; init; }

    /// <summary>Gets the process that started the service and calls it.</summary>
    public required int OwnerProcessId { get; init; }

    /// <summary>Gets the process of the service; null while there is none.</summary>
    public required int? ProcessId { get; init; }

    /// <summary>Gets the state in a word: starting, ready, restarting, stopped, failed.</summary>
    public required string State { get; init; }

    /// <summary>Gets how often it was started again.</summary>
    public required int RestartCount { get; init; }

    /// <summary>Gets the number of calls that wait for their results.</summary>
    public required int PendingCalls { get; init; }
}

/// <summary>One supervisor of a program at one moment, as its process has published it. Immutable.</summary>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.OpenCurrent();
/// foreach (SupervisorSnapshot supervisor in monitor.Read().Supervisors)
/// {
///     Console.WriteLine($"{supervisor.Name}: {supervisor.Children.Count} children");
/// }
/// </code>
/// </example>
public sealed record SupervisorSnapshot
{
    /// <summary>Gets the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the process in which it runs.</summary>
    public required int OwnerProcessId { get; init; }

    /// <summary>Gets which children are started again when one of them ends.</summary>
    public required RestartStrategy Strategy { get; init; }

    /// <summary>Gets the number of restarts so far.</summary>
    public required int RestartCount { get; init; }

    /// <summary>Gets the children in the order of their start.</summary>
    public required IReadOnlyList<SupervisedSnapshot> Children { get; init; }
}

/// <summary>One child of a supervisor at one moment. Immutable.</summary>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.OpenCurrent();
/// foreach (SupervisedSnapshot child in monitor.Read().Supervisors.SelectMany(static supervisor => supervisor.Children))
/// {
///     Console.WriteLine($"{child.Name}: {child.State}");
/// }
/// </code>
/// </example>
public sealed record SupervisedSnapshot
{
    /// <summary>Gets the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the state.</summary>
    public required SupervisedChildState State { get; init; }

    /// <summary>Gets the pid; null if it runs in no process of its own at the moment.</summary>
    public required int? ProcessId { get; init; }

    /// <summary>Gets how often it was started again.</summary>
    public required int RestartCount { get; init; }
}
