using System.Text.Json;
using System.Text.Json.Serialization;

namespace Multiprocessing;

/// <summary>
/// Writes snapshots as JSON: names in camel case, times in ISO 8601, durations in seconds, kinds and states as words. It works trimmed and in native
/// code.
/// </summary>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.OpenCurrent();
/// string json = ProgramSnapshotJson.ToJson(monitor.Read());
/// </code>
/// </example>
public static class ProgramSnapshotJson
{
    /// <summary>Returns a snapshot as JSON.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <returns>The JSON text.</returns>
    public static string ToJson(ProgramSnapshot snapshot) => JsonSerializer.Serialize(snapshot, SnapshotContext.Default.ProgramSnapshot);

    /// <summary>Writes a snapshot.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="snapshot">The snapshot.</param>
    public static void WriteTo(Utf8JsonWriter writer, ProgramSnapshot snapshot) =>
        JsonSerializer.Serialize(writer, snapshot, SnapshotContext.Default.ProgramSnapshot);

    /// <summary>Writes programs.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="programs">The programs.</param>
    public static void WriteTo(Utf8JsonWriter writer, IReadOnlyList<RunningProgram> programs) =>
        JsonSerializer.Serialize(writer, programs, SnapshotContext.Default.IReadOnlyListRunningProgram);

    /// <summary>Writes tasks that have ended.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="tasks">The tasks.</param>
    public static void WriteTo(Utf8JsonWriter writer, IReadOnlyList<TaskRecord> tasks) =>
        JsonSerializer.Serialize(writer, tasks, SnapshotContext.Default.IReadOnlyListTaskRecord);
}

/// <summary>A duration in seconds.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeSpan.FromSeconds(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalSeconds);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(ProgramSnapshot))]
[JsonSerializable(typeof(ClusterSnapshot))]
[JsonSerializable(typeof(IReadOnlyList<RunningProgram>))]
[JsonSerializable(typeof(IReadOnlyList<TaskRecord>))]
internal sealed partial class SnapshotContext : JsonSerializerContext;
