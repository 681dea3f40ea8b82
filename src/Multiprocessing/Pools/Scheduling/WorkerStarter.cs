using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Starts workers: as many as tasks wait for, and as many as are kept. Holds no state of its own; under the loop's gate, except for the start of a
/// process itself, which takes a millisecond and so is a work item of the library.
/// </summary>
internal sealed class WorkerStarter(
    string pool,
    PoolLoop loop,
    PoolState state,
    PendingTasks pending,
    WorkerFleet fleet,
    FleetSize size,
    StartFailures failures,
    WorkerDeaths deaths,
    PoolEnding ending,
    ProcessPoolOptions options,
    WorkerInitializer? initializer)
{
    /// <summary>Starts as many workers as there are tasks for.</summary>
    public void StartMissing()
    {
        loop.AssertHeld();
        if (state.BrokenBy is not null || state.IsDisposing)
        {
            return;
        }

        if (Stopwatch.GetTimestamp() < failures.NextStartAt)
        {
            loop.StepBy(failures.NextStartAt);
            return;
        }

        var starting = fleet.Starting;
        var living = fleet.Living;
        var count = Math.Max(Math.Min(pending.Count - starting, size.Max - living), size.Least - living);
        if (failures.TriesOneByOne)
        {
            count = Math.Min(count, 1 - starting);
        }

        while (count-- > 0 && Start())
        {
        }
    }

    private bool Start()
    {
        PoolMemory channel;
        try
        {
            channel = PoolMemory.CreateChannel(loop.Bell.Memory.Session);
        }
        catch (Exception exception)
        {
            failures.OnRefused(exception, Stopwatch.GetTimestamp());
            return false;
        }

        LastResort.Queue(
            EntryPoint.WorkerLaunch, fleet.Add(channel), Launch,
            (worker, exception) => loop.Post(() => OnNotStarted(worker, exception)));
        return true;
    }

    /// <summary>Outside the gate.</summary>
    private void Launch(WorkerEntry worker)
    {
        WorkerHost host;
        try
        {
            host = CreateHost(worker);
            host.Start();
        }
        catch (Exception exception)
        {
            loop.Post(() => OnNotStarted(worker, exception));
            return;
        }

        loop.Post(() => fleet.OnStarted(worker, host));

        // The worker's end does not wait until the program has taken its output, which a callback that waits for the pool itself may hold up.
        host.WhenEnded(() => LastResort.Run(
            EntryPoint.WorkerEnd,
            () => loop.Post(() => deaths.OnEnded(worker, host, host.Failure)),
            exception => loop.Post(() => deaths.OnEnded(worker, host, host.Failure ?? exception))));
        host.WhenDelivered(() => loop.Post(() => ending.OnOutputDelivered(host)));
    }

    private WorkerHost CreateHost(WorkerEntry worker)
    {
        var start = new WorkerStart
        {
            Channel = worker.Memory,
            Bell = loop.Bell.Memory,
            Initializer = initializer,
            Pool = pool,
            Number = worker.Number,
            WatchesMemory = options.MaxWorkerMemory is not null,
            Logs = MultiprocessingLogging.IsConfigured,
        };
        var process = (options.Process ?? new ChildProcessOptions()).ToValidated();
        process.Name = worker.Name;
        return options.IsInProcess ? new WorkerThread(worker.Name, start, process.Initializer) : new WorkerProcess(start, process);
    }

    private void OnNotStarted(WorkerEntry worker, Exception exception)
    {
        fleet.Remove(worker);
        worker.Dispose();
        if (!worker.IsKilled)
        {
            failures.OnRefused(exception, worker.Statistics.LaunchedAt);
        }
    }
}
