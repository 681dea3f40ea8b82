namespace ClusterModel;

/// <summary>What is simulated. Times are in seconds.</summary>
/// <param name="Nodes">The number of nodes.</param>
/// <param name="Workers">The number of workers of each node, and of its processors.</param>
/// <param name="Task">The mean time of a task; its time is between 0.8 and 1.2 of it.</param>
/// <param name="CallerProcessors">The number of processors of the caller.</param>
/// <param name="InFlight">The number of tasks that the caller's program has in flight.</param>
/// <param name="OneMachine">All members share the processors of the caller.</param>
internal sealed record Setting(int Nodes, int Workers, double Task, int CallerProcessors, int InFlight, bool OneMachine = false);

/// <summary>What came out.</summary>
/// <param name="TasksPerSecond">The tasks that ended in a second.</param>
/// <param name="Ideal">The tasks that the workers could end in a second if they never waited.</param>
/// <param name="CallerUse">The part of the caller's processors that was busy.</param>
/// <param name="GateUse">The part of the time in which the caller looked for a node, which one thread does at a time.</param>
/// <param name="BytesPerSecond">The bytes on the caller's network.</param>
internal sealed record Outcome(double TasksPerSecond, double Ideal, double CallerUse, double GateUse, double BytesPerSecond)
{
    private const double Full = 0.9;
    private const double Network = 1.25e9;

    /// <summary>Gets what keeps the tasks from being more.</summary>
    public string Limit =>
        TasksPerSecond >= Full * Ideal ? "workers"
        : GateUse >= Full ? "caller: look for a node"
        : CallerUse >= Full ? "caller: processors"
        : BytesPerSecond >= Full * Network ? "caller: network"
        : "tasks in flight";
}
