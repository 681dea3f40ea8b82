using System.Text.Json;

namespace Multiprocessing;

/// <summary>
/// Records what the processes, queues, locks and pools of a program do, and the nodes of its cluster: one sample a second, in bounded memory.
/// <see cref="ProgramReport"/> writes the record as a file; the dashboard shows it while it grows. All members are thread-safe.
/// </summary>
/// <remarks>The program is only read. Its pools publish their figures while a recorder, or another observer, reads them.</remarks>
/// <example>
/// <code>
/// await using (ProgramRecorder.StartCurrent(new() { ReportPath = path }))
/// {
///     await pool.ForEachAsync(Enumerable.Range(0, 20), number => Thread.Sleep(number));
/// }
/// </code>
/// </example>
public sealed class ProgramRecorder : IAsyncDisposable
{
    private const int KeptSamples = 60;
    private const int MaxFailures = 10;

    private readonly Lock _lock = new();
    private readonly IProgramSource _source;
    private readonly ProgramRecorderOptions _options;
    private readonly ProgramHistory _history;
    private readonly ClusterWatch? _cluster;
    private readonly Queue<(long Sequence, byte[] Json)> _samples = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _running = true;
    private bool _isOver; // no more samples follow
    private bool _disposed;

    /// <summary>Starts to record the program that a monitor reads.</summary>
    /// <param name="monitor">The monitor. The caller disposes it after the recorder, and does not read finished tasks with it meanwhile.</param>
    /// <param name="options">The options, or <see langword="null"/> for the default ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public ProgramRecorder(ProgramMonitor monitor, ProgramRecorderOptions? options = null)
        : this(new MonitorSource(monitor ?? throw new ArgumentNullException(nameof(monitor)), owned: false), options ?? new())
    {
    }

    internal ProgramRecorder(IProgramSource source, ProgramRecorderOptions options)
    {
        options.Validate();
        _source = source;
        _options = options;
        _history = new(options.MaxPoints, options.MaxTasks, wholeRun: options.History is null);
        _cluster = options.Cluster is { } read ? new ClusterWatch(read, options.Interval) : null;
        _loop = Task.Run(RecordAsync);
    }

    /// <summary>
    /// Gets a task that ends when the recorded program has ended. It also ends when the recorder is disposed, and fails if the program cannot be
    /// read.
    /// </summary>
    public Task Completion => _loop;

    internal Guid Instance { get; } = Guid.NewGuid();

    /// <summary>Starts to record the program of this process.</summary>
    /// <param name="options">The options, or <see langword="null"/> for the default ones.</param>
    /// <returns>The recorder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static ProgramRecorder StartCurrent(ProgramRecorderOptions? options = null) =>
        new(new MonitorSource(ProgramMonitor.OpenCurrent(), owned: true), options ?? new());

    /// <summary>Ends the recording, and writes the report if <see cref="ProgramRecorderOptions.ReportPath"/> names one.</summary>
    /// <returns>A task that ends when the report is written.</returns>
    /// <exception cref="IOException">The report cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The report cannot be written.</exception>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        // A failure of the loop belongs to Completion, and must not prevent the report.
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync().ConfigureAwait(false);
        }

        try
        {
            if (_options.ReportPath is { } path)
            {
                try
                {
                    _ = Sample(); // what happened since the last one
                }
                catch (Exception)
                {
                    // The program cannot be read any more: the report has what was recorded before.
                }

                await ProgramReport.WriteAsync(this, path).ConfigureAwait(false);
            }
        }
        finally
        {
            _source.Dispose();
            _stop.Dispose();
        }
    }

    internal void Kill(int processId) => _source.Kill(processId);

    /// <summary>Cancels the task that a worker runs, if it has completed as many tasks as the page has shown.</summary>
    /// <exception cref="ArgumentException">It runs another task by now, or none.</exception>
    internal bool CancelTask(string poolId, int workerNumber, long tasksDone)
    {
        ProgramSnapshot? latest;
        lock (_lock)
        {
            latest = _history.Latest;
        }

        var pool = latest?.Pools.FirstOrDefault(pool => pool.Id == poolId);
        var worker = pool?.Workers.FirstOrDefault(worker => worker.Number == workerNumber && worker.TasksDone == tasksDone);
        return pool is not null && worker is { TaskName: not null }
            ? _source.CancelTask(pool, worker)
            : throw new ArgumentException($"Worker {workerNumber} does not run that task any more.", nameof(workerNumber));
    }

    /// <summary>Writes the members of the first state: all that a page needs to show the past.</summary>
    internal void WriteState(Utf8JsonWriter json)
    {
        lock (_lock)
        {
            json.WriteString("instance", Instance);
            json.WriteStartObject("program");
            json.WriteString("name", _history.Latest?.Name ?? "");
            json.WriteNumber("processId", _history.Latest?.RootProcessId ?? 0);
            json.WriteNumber("processorCount", Environment.ProcessorCount);
            json.WriteEndObject();
            HistoryJson.WriteState(json, _history);
            HistoryJson.WriteCommon(json, _history.Latest, _history.Cluster, _history.Observations, _running);
        }
    }

    /// <summary>
    /// Returns the samples after a number as JSON, and then each new one. It ends when the samples after <paramref name="after"/> are not known
    /// any more:
    /// the reader then needs the state anew.
    /// </summary>
    internal async IAsyncEnumerable<(long Sequence, byte[] Json)> ReadSamplesAsync(
        long after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            List<(long Sequence, byte[] Json)> news;
            Task next;
            lock (_lock)
            {
                if (_samples.TryPeek(out var oldest) && oldest.Sequence > after + 1)
                {
                    yield break;
                }

                news = [.. _samples.Where(sample => sample.Sequence > after)];
                next = _next.Task;
            }

            foreach (var sample in news)
            {
                yield return sample;
                after = sample.Sequence;
            }

            if (news.Count == 0)
            {
                await next.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits until there is a sample, so that a page has something to show.</summary>
    internal async Task WaitForFirstSampleAsync(CancellationToken cancellationToken)
    {
        Task next;
        lock (_lock)
        {
            if (_history.Latest is not null || !_running || _isOver)
            {
                return;
            }

            next = _next.Task;
        }

        await next.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RecordAsync()
    {
        try
        {
            using PeriodicTimer timer = new(_options.Interval);
            var failures = 0;
            do
            {
                try
                {
                    if (!Sample())
                    {
                        ProgramEnded();
                        return;
                    }

                    failures = 0;
                }
                catch (Exception) when (!_stop.IsCancellationRequested && ++failures < MaxFailures)
                {
                    // The program changes while it is read: one failed sample is a gap, many in a row are an error that Completion reports.
                }
            }
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
        finally
        {
            lock (_lock)
            {
                _isOver = true;
                Announce();
            }
        }
    }

    /// <summary>Takes a sample. Returns whether the program still runs.</summary>
    private bool Sample()
    {
        if (!_source.IsRunning)
        {
            return false;
        }

        ProgramSnapshot snapshot;
        IReadOnlyList<TaskRecord> tasks;
        long missed;
        try
        {
            snapshot = _source.Read(out tasks, out missed);
        }
        catch (Exception) when (!_source.IsRunning)
        {
            // The program ended while it was read: that is its end, and no error.
            return false;
        }

        lock (_lock)
        {
            Publish(_history.Add(snapshot, tasks, missed, _cluster?.Latest));
        }

        return true;
    }

    private void ProgramEnded()
    {
        lock (_lock)
        {
            _running = false;
            if (_history.Latest is { } last)
            {
                // One more sample says that the program has ended: without processes, so that the charts end at zero.
                Publish(_history.Add(last with { Time = DateTimeOffset.UtcNow, Processes = [] }, [], 0, _cluster?.Latest));
            }
            else
            {
                Announce();
            }
        }
    }

    private void Publish(HistorySample sample)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("instance", Instance);
            HistoryJson.WriteSample(json, sample);
            HistoryJson.WriteCommon(json, sample.Snapshot, sample.Cluster, sample.Observations, _running);
            json.WriteEndObject();
        }

        _samples.Enqueue((sample.Sequence, stream.ToArray()));
        if (_samples.Count > KeptSamples)
        {
            _samples.Dequeue();
        }

        Announce();
    }

    private void Announce()
    {
        var next = _next;
        _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        next.SetResult();
    }
}
