using System.Text.Json;
using System.Text.Json.Serialization;

namespace Multiprocessing;

/// <summary>A picture of a cluster as one line of JSON. The file is compiled into <c>mp</c>, too, which reads what a watcher writes.</summary>
internal static class ClusterSnapshotJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string ToLine(ClusterSnapshot snapshot) => JsonSerializer.Serialize(snapshot, Options);

    /// <exception cref="JsonException">It is no picture of a cluster.</exception>
    public static ClusterSnapshot Read(string line) =>
        JsonSerializer.Deserialize<ClusterSnapshot>(line, Options) ?? throw new JsonException("The picture of the cluster is empty.");
}
