using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Multiprocessing;

/// <summary>What a pool publishes for observers of the program: its figures, its workers, and the tasks that have ended.</summary>
internal sealed class PoolStatus : IStatusSource
{
    private const int MaxKinds = 64;

    private static int _pools;

    private readonly PoolCore _pool;
    private readonly string _id = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Interlocked.Increment(ref _pools)}");

    public PoolStatus(PoolCore pool)
    {
        _pool = pool;
        Log = new TaskLog(_id);
    }

    public StatusKind Kind => StatusKind.Pool;

    public TaskLog Log { get; }

    public void WriteStatus(Utf8JsonWriter writer) =>
        JsonSerializer.Serialize(writer, new PublishedPool(ToSnapshot(), Log.Last()), PoolStatusContext.Default.PublishedPool);

    public void OnRequest(StatusRequest request)
    {
        if (request.PoolId == _id)
        {
            _pool.CancelRunning(request.WorkerNumber, request.TasksDone);
        }
    }

    private static WorkerSnapshot Of(WorkerInsights worker, IReadOnlyDictionary<int, string> output) => new()
    {
        Number = worker.Number,
        ProcessId = worker.ProcessId,
        Activity = worker.Activity,
        TaskName = worker.CurrentTask,
        TaskTime = worker.CurrentTaskTime,
        TasksDone = worker.TasksCompleted,
        Lifetime = worker.Lifetime,
        WorkingShare = ShareOf(worker.WorkingTime, worker.Lifetime),
        SerializingShare = ShareOf(worker.SerializingTime, worker.Lifetime),
        LastOutput = output.GetValueOrDefault(worker.Number),
    };

    private static double ShareOf(TimeSpan part, TimeSpan whole) => whole <= TimeSpan.Zero ? 0 : Math.Clamp(part / whole, 0, 1);

    private static TaskKindSnapshot Of(TaskInsights task) => new()
    {
        Name = task.Name,
        Succeeded = task.Succeeded,
        Failed = task.Failed,
        WaitMedian = task.WaitingTime.Median,
        WaitP95 = task.WaitingTime.Percentile(0.95),
        RunMedian = task.WorkingTime.Median,
        RunP95 = task.WorkingTime.Percentile(0.95),
    };

    private PoolSnapshot ToSnapshot()
    {
        var insights = _pool.ToInsights();
        var output = _pool.LastOutput();
        var workers = insights.Workers.Where(static worker => worker.ExitStatus is null).Select(worker => Of(worker, output)).ToList();
        return new PoolSnapshot
        {
            Id = _id,
            Name = insights.Name,
            OwnerProcessId = Environment.ProcessId,
            MaxWorkers = insights.MaxWorkers,
            Workers = workers,
            Pending = insights.WaitingTasks,
            Running = workers.Count(static worker => worker.TaskName is not null),
            Succeeded = insights.Tasks.Sum(static task => task.Succeeded),
            Failed = insights.Tasks.Sum(static task => task.Failed),
            Canceled = insights.Tasks.Sum(static task => task.Canceled),
            TimedOut = insights.Tasks.Sum(static task => task.TimedOut),
            Retries = insights.Tasks.Sum(static task => task.Retries),
            WorkerDeaths = insights.WorkersDied,
            WorkersStarted = insights.WorkersStarted,
            Tasks = [.. insights.Tasks.Take(MaxKinds).Select(Of)],
            Conclusions = insights.Conclusions,
        };
    }
}

/// <summary>One entry of a status file.</summary>
internal sealed record PublishedPool(PoolSnapshot Pool, IReadOnlyList<TaskRecord> Tasks);

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PublishedPool))]
internal sealed partial class PoolStatusContext : JsonSerializerContext;
