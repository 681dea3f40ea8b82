namespace Multiprocessing;

/// <summary>What a program of this library consists of at one moment: its processes and what they share. Immutable.</summary>
/// <remarks>
/// The parts are read one after the other while the program runs, so two figures may be some microseconds apart. All numbers of processes are pids.
/// </remarks>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.OpenCurrent();
/// ProgramSnapshot snapshot = monitor.Read();
/// Console.WriteLine($"{snapshot.Name}: {snapshot.Processes.Count} processes, {snapshot.Queues.Count} queues");
/// </code>
/// </example>
public sealed record ProgramSnapshot
{
    /// <summary>Gets the time at which it was read.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Gets the pid of the process that started all the others.</summary>
    public required int RootProcessId { get; init; }

    /// <summary>Gets the name of the program: its entry assembly, or the file of its root process.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the number of processes that were started for the program so far, its root included.</summary>
    public required long StartedProcesses { get; init; }

    /// <summary>Gets the number of deaths that processes of the program have reported: of those that did not leave in good order.</summary>
    public required int DeathCount { get; init; }

    /// <summary>Gets the shared memory of all objects in bytes.</summary>
    public required long SharedMemoryBytes { get; init; }

    /// <summary>Gets the number of queues, locks and other objects that are not listed, because there are more than are shown.</summary>
    public required int OmittedObjects { get; init; }

    /// <summary>
    /// Gets the number of pools, services, supervisors and lists of children that are not listed, because their process had more to publish than a
    /// megabyte.
    /// </summary>
    public int OmittedEntries { get; init; }

    /// <summary>Gets the living processes, the root first, then in the order of their starts.</summary>
    public required IReadOnlyList<ProcessSnapshot> Processes { get; init; }

    /// <summary>Gets the queues, also those that pipes, connections and services consist of.</summary>
    public required IReadOnlyList<QueueSnapshot> Queues { get; init; }

    /// <summary>Gets the locks, semaphores, events, conditions and barriers, and the locks of shared memory while they are owned.</summary>
    public required IReadOnlyList<LockSnapshot> Locks { get; init; }

    /// <summary>Gets the pools of all processes.</summary>
    public IReadOnlyList<PoolSnapshot> Pools { get; init; } = [];

    /// <summary>Gets the services of all processes.</summary>
    public IReadOnlyList<ServiceSnapshot> Services { get; init; } = [];

    /// <summary>Gets the supervisors of all processes.</summary>
    public IReadOnlyList<SupervisorSnapshot> Supervisors { get; init; } = [];
}
