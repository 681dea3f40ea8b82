using System.Text.Json;
using System.Text.Json.Serialization;

namespace Multiprocessing;

/// <summary>What the process of the callers publishes about a service for observers.</summary>
internal sealed class ServiceStatus(ServiceClient client) : IStatusSource
{
    public StatusKind Kind => StatusKind.Service;

    public void WriteStatus(Utf8JsonWriter writer) =>
        JsonSerializer.Serialize(writer, client.ToSnapshot(), ServiceStatusContext.Default.ServiceSnapshot);
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ServiceSnapshot))]
[JsonSerializable(typeof(SupervisorSnapshot))]
internal sealed partial class ServiceStatusContext : JsonSerializerContext;
