namespace Multiprocessing;

/// <summary>What a worker receives at its start.</summary>
internal sealed class WorkerStart
{
    public required PoolMemory Channel { get; init; }

    public required PoolMemory Bell { get; init; }

    public required WorkerInitializer? Initializer { get; init; }

    /// <summary>The name of the pool.</summary>
    public required string Pool { get; init; }

    /// <summary>The worker's number in its pool.</summary>
    public required int Number { get; init; }

    /// <summary>The pool limits the memory of its workers, so the worker publishes how much it has.</summary>
    public required bool WatchesMemory { get; init; }

    /// <summary>The pool's process logs: what the library's factory logs in the worker is sent there.</summary>
    public required bool Logs { get; init; }
}
