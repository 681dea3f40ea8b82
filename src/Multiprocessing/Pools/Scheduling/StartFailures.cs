using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// What follows from starts of workers that failed, and from deaths: a pause, or the end of the pool. Owns the patience with starts and the times of
/// the deaths of the last minute. Under the loop's gate.
/// </summary>
internal sealed class StartFailures(
    string name, PoolLoop loop, PoolState state, WorkerFleet fleet, PoolEnding ending,
    PoolEvents events, ProcessPoolOptions options, bool hasInitializer)
{
    private readonly StartPatience _starts = new(options.MaxFailedStarts);
    private readonly Queue<long> _deaths = new();

    /// <summary>No start before this time, in ticks of the stopwatch.</summary>
    public long NextStartAt => _starts.NextAt;

    /// <summary>The last start was refused: one start at a time shows whether the shortage is over.</summary>
    public bool TriesOneByOne => _starts.TriesOneByOne;

    /// <summary>A worker is ready.</summary>
    public void OnReady()
    {
        loop.AssertHeld();
        _starts.Reset();
    }

    /// <summary>The system refused a start. That is no worker's death: workers that are there continue, and the start is tried again later.</summary>
    /// <param name="exception">How it refused.</param>
    /// <param name="begun">When the start began.</param>
    public void OnRefused(Exception exception, long begun)
    {
        loop.AssertHeld();
        if (state.BrokenBy is not null || state.IsDisposing)
        {
            return;
        }

        if (exception is ObjectDisposedException or NotSerializableException or NotSupportedException or ProcessStartException { IsFinal: true })
        {
            ending.Break(exception); // waiting does not help: this process is ending, or can start no children at all
            return;
        }

        Count(StartFailure.Refused, begun, exception.Message, exception);
    }

    /// <summary>Deaths occur in tasks and concern these; but workers that never become ready, or die too often, concern the pool.</summary>
    public void OnDeath(WorkerEntry worker, WorkerHost host, Exception? failure)
    {
        loop.AssertHeld();
        if (worker.ReadyAt == 0 && (!worker.IsKilled || worker.Damage is not null))
        {
            var why = failure is null or ProcessDiedException { StandardErrorTail.Length: 0 } ? "" : " " + failure.Message;
            Count(
                KindOf(host),
                worker.Statistics.LaunchedAt,
                $"worker '{host.Name}' (pid {host.Id}) died before it was ready, with {host.ExitStatus}.{why}",
                failure);
            if (state.BrokenBy is not null)
            {
                return;
            }
        }

        var now = Stopwatch.GetTimestamp();
        _deaths.Enqueue(now);
        while (now - _deaths.Peek() > 60 * Stopwatch.Frequency)
        {
            _deaths.Dequeue();
        }

        if (options.MaxDeathsPerMinute is { } max && _deaths.Count > max)
        {
            ending.Break(
                new PoolBrokenException($"The pool '{name}' gave up: {_deaths.Count} workers died within a minute, and at most {max} may.",
                failure));
        }
    }

    private StartFailure KindOf(WorkerHost host) =>
        host.ExitStatus is { Signal: 9 or 15 } ? StartFailure.FromOutside
        : !hasInitializer || host.ExitStatus is { Reason: ExitReason.StartFailed } ? StartFailure.Refused
        : StartFailure.Initializer;

    /// <summary>Tries again later, or gives up; but not while a worker lives that was ready, for tasks get done.</summary>
    private void Count(StartFailure failure, long begun, string cause, Exception? exception)
    {
        if (!_starts.Count(failure, begun, Stopwatch.GetTimestamp()))
        {
            return;
        }

        if (_starts.IsExhausted && !fleet.HasReadyWorker)
        {
            ending.Break(new PoolBrokenException(
                $"The pool '{name}' gave up: {_starts.Failed} starts in a row did not lead to a worker that is ready, "
                + $"and at most {options.MaxFailedStarts} may fail ({nameof(ProcessPoolOptions.MaxFailedStarts)}). The last one: {cause}",
                exception));
            return;
        }

        events.StartFailed(_starts, options.MaxFailedStarts, cause, exception);
        loop.StepBy(_starts.NextAt);
    }
}
