using System.Text.Json;
using System.Text.Json.Serialization;

namespace Multiprocessing;

/// <summary>The counts of the services of one name at one moment, for the metrics.</summary>
/// <param name="Service">The name.</param>
/// <param name="Running">Processes whose object answers calls.</param>
/// <param name="Pending">Calls that wait for their replies.</param>
/// <param name="Restarts">How often a process was started again.</param>
/// <param name="Calls">Calls that have ended, by <see cref="CallOutcome"/>.</param>
internal sealed record ServiceFigures(string Service, long Running, long Pending, long Restarts, long[] Calls)
{
    public static ServiceFigures Of(ServiceInstance instance) => new(
        instance.Name, instance.Ready.IsCompletedSuccessfully && !instance.Ended.IsCompleted ? 1 : 0, instance.Channel.PendingCalls, 0,
        instance.Channel.Outcomes());

    /// <summary>Returns what remains of processes that have ended: what only grows.</summary>
    public ServiceFigures WithoutState() => this with { Running = 0, Pending = 0 };

    /// <summary>Returns the sum with services of the same name.</summary>
    public ServiceFigures Plus(ServiceFigures other) => new(
        Service, Running + other.Running, Pending + other.Pending, Restarts + other.Restarts,
        [.. Enumerable.Range(0, Math.Max(Calls.Length, other.Calls.Length))
            .Select(i => Calls.ElementAtOrDefault(i) + other.Calls.ElementAtOrDefault(i))]);
}

/// <summary>Publishes the counts of the services of this process for the metrics of the root.</summary>
internal sealed class ServiceFiguresStatus : IStatusSource
{
    public static readonly ServiceFiguresStatus Instance = new();

    private ServiceFiguresStatus()
    {
    }

    public StatusKind Kind => StatusKind.ServiceFigures;

    public void WriteStatus(Utf8JsonWriter writer) =>
        JsonSerializer.Serialize(writer, ServiceList.Read(), ServiceFiguresContext.Default.ListServiceFigures);
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(List<ServiceFigures>))]
internal sealed partial class ServiceFiguresContext : JsonSerializerContext;
