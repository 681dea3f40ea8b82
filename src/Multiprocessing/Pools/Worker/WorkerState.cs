namespace Multiprocessing;

/// <summary>Returns the object that the initializer created for this worker.</summary>
internal static class WorkerState
{
    public static TState Of<TState>() => (TState)PoolWorker.Current!.State!;
}
