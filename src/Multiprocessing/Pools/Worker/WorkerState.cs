namespace Multiprocessing;

/// <summary>What the initializer made for this worker.</summary>
internal static class WorkerState
{
    public static TState Of<TState>() => (TState)PoolWorker.Current!.State!;
}
