using System.Text.Json;
using System.Text.Json.Serialization;

namespace Multiprocessing;

/// <summary>Publishes the counts of the pools of this process for the metrics of the root.</summary>
internal sealed class PoolFiguresStatus : IStatusSource
{
    public static readonly PoolFiguresStatus Instance = new();

    private PoolFiguresStatus()
    {
    }

    public StatusKind Kind => StatusKind.PoolFigures;

    public void WriteStatus(Utf8JsonWriter writer) => JsonSerializer.Serialize(
        writer, PoolList.Read().ConvertAll(PublishedPoolFigures.Of), PoolFiguresContext.Default.ListPublishedPoolFigures);
}

/// <summary><see cref="PoolFigures"/> in a document.</summary>
internal sealed record PublishedPoolFigures(
    string Pool, long WorkersStarted, long WorkersDied, long Pending, int[] Workers, IReadOnlyList<PublishedTaskFigures> Tasks)
{
    public static PublishedPoolFigures Of(PoolFigures pool) => new(
        pool.Pool, pool.WorkersStarted, pool.WorkersDied, pool.Pending, pool.Workers, [.. pool.Tasks.Select(static task => new PublishedTaskFigures(
            task.Name, task.Succeeded, task.Failed, task.Canceled, task.TimedOut, task.WorkerDied, task.Retries, task.ArgumentBytes,
            task.ResultBytes))]);

    public PoolFigures ToFigures() => new(
        Pool, WorkersStarted, WorkersDied, Pending, Workers, [.. Tasks.OfType<PublishedTaskFigures>().Select(static task => new TaskFigures(
            null, task.Succeeded, task.Failed, task.Canceled, task.TimedOut, task.WorkerDied, task.Retries, task.ArgumentBytes, task.ResultBytes)
        {
            Name = task.Name,
        })]);
}

/// <summary><see cref="TaskFigures"/> in a document.</summary>
internal sealed record PublishedTaskFigures(
    string Name, long Succeeded, long Failed, long Canceled, long TimedOut, long WorkerDied, long Retries, long ArgumentBytes, long ResultBytes);

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(List<PublishedPoolFigures>))]
internal sealed partial class PoolFiguresContext : JsonSerializerContext;
