using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The last tasks of a pool that have ended, for observers; recorded only while one looks. Owns a ring of records and the number of tasks since the
/// start of the record. Written under the loop's gate; read by the publisher under a lock of its own.
/// </summary>
internal sealed class TaskLog(string poolId)
{
    private const int Capacity = 1024;
    private const int MaxError = 4096;

    /// <summary>What one publication has room for. Older records are left out, and counted as missed by an observer that has not read them.</summary>
    private const int MaxBytes = 300_000;

    private const int RecordBytes = 250;

    private readonly Lock _gate = new();
    private Entry?[]? _records;
    private long _count;

    /// <summary>A reply was read, or a worker has died with the task.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="batch">With the index: the task.</param>
    /// <param name="index">The index in the batch.</param>
    /// <param name="workTicks">How long it ran, in ticks of the stopwatch; -1 if it was not measured.</param>
    /// <param name="outcome">How it has ended.</param>
    /// <param name="error">Why it has failed.</param>
    public void Add(WorkerEntry worker, TaskBatch batch, int index, long workTicks, TaskOutcome outcome, Exception? error)
    {
        var now = Stopwatch.GetTimestamp();
        var ended = DateTimeOffset.UtcNow;
        var created = ended - Stopwatch.GetElapsedTime(batch.SubmittedAt, now);
        var started = ended - Stopwatch.GetElapsedTime(workTicks >= 0 ? now - workTicks : worker.Statistics.LastProgressAt, now);
        var record = new TaskRecord
        {
            PoolId = poolId,
            Number = Interlocked.Increment(ref _count),
            Name = batch.NameOf(index),
            WorkerNumber = worker.Number,
            ProcessId = worker.Host?.Id ?? 0,
            Created = created,
            Started = started < created ? created : started,
            Ended = ended,
            Outcome = outcome,
            Attempt = batch.FailedAttempts(index) + 1, // this one is not counted yet, also if its worker has died
        };
        lock (_gate)
        {
            _records ??= new Entry?[Capacity];
            _records[(record.Number - 1) % Capacity] = new Entry(record, error);
        }
    }

    /// <summary>Tasks have ended that are too short to be recorded one by one.</summary>
    public void Skip(int count) => Interlocked.Add(ref _count, count);

    /// <summary>
    /// Returns the records, oldest first. Numbers that are missing were not recorded. The texts of exceptions are made here, on the publisher's
    /// thread and outside of all locks of the pool: they are code of the program, which may take any time.
    /// </summary>
    public List<TaskRecord> Last()
    {
        List<Entry> entries;
        lock (_gate)
        {
            entries = [.. (_records ?? []).OfType<Entry>()];
        }

        var records = new List<TaskRecord>(entries.Count);
        var bytes = 0;
        foreach (var record in entries.Select(static entry => entry.ToRecord()).OrderByDescending(static record => record.Number))
        {
            // Of texts in JSON a character may take six bytes, and usually takes one.
            bytes += RecordBytes + record.Name.Length + (record.Error?.Length ?? 0);
            if (bytes > MaxBytes)
            {
                break;
            }

            records.Add(record);
        }

        records.Reverse();
        return records;
    }

    private static string Shorten(Exception error)
    {
        try
        {
            var text = error.ToString();
            return text.Length <= MaxError ? text : text[..MaxError] + "...";
        }
        catch (Exception)
        {
            return error.GetType().ToString(); // the exception's own code threw
        }
    }

    private sealed class Entry(TaskRecord record, Exception? error)
    {
        private Exception? _error = error;
        private TaskRecord _record = record;

        /// <summary>By one thread at a time: the publisher's.</summary>
        public TaskRecord ToRecord()
        {
            if (_error is { } error)
            {
                _record = _record with { Error = Shorten(error) };
                _error = null;
            }

            return _record;
        }
    }
}
