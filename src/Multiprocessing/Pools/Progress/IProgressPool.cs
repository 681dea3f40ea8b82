namespace Multiprocessing;

/// <summary>What a <see cref="ProgressReporter"/> asks its pool for. All members are thread-safe.</summary>
internal interface IProgressPool
{
    string Name { get; }

    /// <summary>Gets the maximum number of workers.</summary>
    int Workers { get; }

    /// <summary>Gets the number of workers that have died until now.</summary>
    int WorkersDied { get; }

    /// <summary>Gets what calls the receivers of progress.</summary>
    ReportDelivery Reports { get; }

    /// <summary>Returns the workers that are alive, and the number of those that have died.</summary>
    (IReadOnlyList<WorkerInsights> Living, int Died) LivingWorkers();
}
