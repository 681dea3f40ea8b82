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
    /// <summary>
    /// So many workers come up at the same time for tasks that wait. A start is work for a processor: more of them at once slow each other and the
    /// workers that are ready, which may do all that waits before the last one is. Measured on 2 processors with 128 tasks of 20 ms and at most 128
    /// workers: 0.45 s by 17 workers, and 2.4 s with all 128 started at once; 2 to 6 at a time make no difference. Not with an initializer of the
    /// process, which may take long and runs before the worker can report that its process has started.
    /// </summary>
    private static readonly int MaxComingUp = Environment.ProcessorCount + 1;

    /// <summary>A start that takes longer is stuck, or the machine is: it holds up no others.</summary>
    private static readonly long StuckAfter = 2000 * PoolTicks.Millisecond;

    /// <summary>When the next start is looked at: a worker reports the end of its start, but wakes the pool only when it is ready.</summary>
    private static readonly long NextLook = 10 * PoolTicks.Millisecond;

    /// <summary>Gets whether a task that waits may lead to one more worker.</summary>
    public bool CanGrow => state.BrokenBy is null && !state.IsDisposing && fleet.Living < size.Max;

    /// <summary>
    /// Starts workers for the tasks that wait, a few at a time, and all that are kept: each step starts the next ones while there are such tasks.
    /// </summary>
    public void StartMissing()
    {
        loop.AssertHeld();
        if (state.BrokenBy is not null || state.IsDisposing)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        if (now < failures.NextStartAt)
        {
            loop.StepBy(failures.NextStartAt);
            return;
        }

        var starting = fleet.Starting;
        var living = fleet.Living;
        var forTasks = Math.Min(pending.Count - starting, size.Max - living);
        if (forTasks > 0 && options.Process?.Initializer is null
            && MaxComingUp - fleet.CountComingUp(now - StuckAfter) is var room && room < forTasks)
        {
            forTasks = room;
            loop.StepBy(now + NextLook);
        }

        var count = Math.Max(forTasks, size.Least - living);
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
