using System.Text.Json;

namespace Multiprocessing;

/// <summary>
/// Writes snapshots of a cluster as JSON, and reads them: names in camel case, times in ISO 8601, durations in seconds, states as words. It works
/// trimmed and in native code. All members are thread-safe.
/// </summary>
/// <example>
/// <code>
/// string json = ClusterSnapshotJson.ToJson(await monitor.ReadAsync());
/// ClusterSnapshot same = ClusterSnapshotJson.FromJson(json);
/// </code>
/// </example>
public static class ClusterSnapshotJson
{
    /// <summary>Returns a snapshot as one line of JSON.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <returns>The JSON text.</returns>
    public static string ToJson(ClusterSnapshot snapshot) => JsonSerializer.Serialize(snapshot, SnapshotContext.Default.ClusterSnapshot);

    /// <summary>Writes a snapshot.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="snapshot">The snapshot.</param>
    public static void WriteTo(Utf8JsonWriter writer, ClusterSnapshot snapshot) =>
        JsonSerializer.Serialize(writer, snapshot, SnapshotContext.Default.ClusterSnapshot);

    /// <summary>Reads what <see cref="ToJson"/> has written.</summary>
    /// <param name="json">The JSON text.</param>
    /// <returns>The snapshot.</returns>
    /// <exception cref="JsonException">The text is no snapshot of a cluster.</exception>
    public static ClusterSnapshot FromJson(string json) =>
        JsonSerializer.Deserialize(json, SnapshotContext.Default.ClusterSnapshot) ?? throw new JsonException("The snapshot of the cluster is empty.");
}
