using System.Text.Json;

namespace Multiprocessing;

/// <summary>Writes the history as JSON for the pages. Times are seconds since 1970.</summary>
internal static class HistoryJson
{
    /// <summary>Writes the members that the first state and each sample have in common.</summary>
    public static void WriteCommon(
        Utf8JsonWriter json, ProgramSnapshot? snapshot, ClusterReading? cluster, IReadOnlyList<Observation> observations, bool running)
    {
        json.WriteBoolean("running", running);
        json.WritePropertyName("snapshot");
        if (snapshot is null)
        {
            json.WriteNullValue();
        }
        else
        {
            ProgramSnapshotJson.WriteTo(json, snapshot);
        }

        WriteCluster(json, cluster);
        json.WriteStartArray("observations");
        foreach (var observation in observations)
        {
            json.WriteStartObject();
            json.WriteString("severity", Name(observation.Severity));
            json.WriteString("subject", observation.Subject);
            json.WriteString("text", observation.Text);
            json.WriteString("page", observation.Page);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteState(Utf8JsonWriter json, ProgramHistory history)
    {
        json.WriteNumber("sequence", history.Sequence);
        json.WriteStartObject("limits");
        json.WriteNumber("points", history.MaxPoints);
        json.WriteNumber("tasks", history.MaxTasks);
        json.WriteNumber("events", ProgramHistory.MaxEvents);
        json.WriteEndObject();
        json.WriteStartArray("points");
        foreach (var point in history.Points.Points)
        {
            WritePoint(json, point);
        }

        json.WriteEndArray();
        WriteNames(json, history.Names);
        WriteTasks(json, "tasks", history.Tasks.Tasks);
        WriteTasks(json, "failed", history.Tasks.Failed);
        WriteTasks(json, "slowest", history.Tasks.Slowest);
        json.WriteNumber("missedTasks", history.Tasks.Missed);
        WriteEvents(json, history.Events);
    }

    public static void WriteSample(Utf8JsonWriter json, HistorySample sample)
    {
        json.WriteNumber("sequence", sample.Sequence);
        json.WritePropertyName("point");
        WritePoint(json, sample.Point);
        WriteNames(json, sample.Names);
        WriteTasks(json, "tasks", sample.Tasks);
        json.WriteNumber("missedTasks", sample.MissedTasks);
        WriteEvents(json, sample.Events);
    }

    /// <summary>Nothing if no cluster is read; the snapshot is null before the first answer.</summary>
    private static void WriteCluster(Utf8JsonWriter json, ClusterReading? cluster)
    {
        if (cluster is null)
        {
            return;
        }

        json.WriteStartObject("cluster");
        json.WriteString("error", cluster.Error);
        json.WritePropertyName("snapshot");
        if (cluster.Snapshot is { } snapshot)
        {
            ClusterSnapshotJson.WriteTo(json, snapshot);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    }

    private static void WritePoint(Utf8JsonWriter json, HistoryPoint point)
    {
        json.WriteStartObject();
        json.WriteNumber("t", Seconds(point.Time));
        json.WritePropertyName("cpu");
        WriteRate(json, point.Cpu, 3);
        json.WriteNumber("memory", point.Memory);
        json.WriteStartArray("processes");
        foreach (var process in point.Processes)
        {
            json.WriteStartArray();
            json.WriteNumberValue(process.Id);
            WriteRate(json, process.Cpu, 3);
            json.WriteNumberValue(process.Memory);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("queues");
        foreach (var queue in point.Queues)
        {
            json.WriteStartArray();
            json.WriteStringValue(queue.Id);
            json.WriteNumberValue(queue.Count);
            WriteRate(json, queue.Put, 1);
            WriteRate(json, queue.Get, 1);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("pools");
        foreach (var pool in point.Pools)
        {
            json.WriteStartArray();
            json.WriteStringValue(pool.Id);
            WriteRate(json, pool.Succeeded, 2);
            WriteRate(json, pool.Failed, 2);
            json.WriteNumberValue(pool.Pending);
            json.WriteNumberValue(pool.Running);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        WriteMembers(json, point);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, HistoryPoint point)
    {
        json.WriteStartArray("nodes");
        foreach (var node in point.Nodes)
        {
            json.WriteStartArray();
            json.WriteStringValue(node.Address);
            WriteRate(json, node.Ended, 2);
            json.WriteNumberValue(node.Busy);
            json.WriteNumberValue(node.Waiting);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("callers");
        foreach (var caller in point.Callers)
        {
            json.WriteStartArray();
            json.WriteStringValue(caller.Address);
            WriteRate(json, caller.Ended, 2);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteNames(Utf8JsonWriter json, Names names)
    {
        json.WriteStartObject("names");
        foreach (var (kind, values) in new[]
            { ("processes", names.Processes), ("queues", names.Queues), ("pools", names.Pools), ("nodes", names.Nodes) })
        {
            json.WriteStartObject(kind);
            foreach (var (id, name) in values)
            {
                json.WriteString(id, name);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteTasks(Utf8JsonWriter json, string property, IEnumerable<TaskRecord> tasks)
    {
        json.WriteStartArray(property);
        foreach (var task in tasks)
        {
            json.WriteStartObject();
            json.WriteString("poolId", task.PoolId);
            json.WriteNumber("number", task.Number);
            json.WriteString("name", task.Name);
            json.WriteNumber("workerNumber", task.WorkerNumber);
            json.WriteNumber("processId", task.ProcessId);
            json.WriteNumber("created", Seconds(task.Created));
            json.WriteNumber("started", Seconds(task.Started));
            json.WriteNumber("ended", Seconds(task.Ended));
            json.WriteString("outcome", JsonNamingPolicy.CamelCase.ConvertName(task.Outcome.ToString()));
            json.WriteNumber("attempt", task.Attempt);
            if (task.Error is not null)
            {
                json.WriteString("error", task.Error);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEvents(Utf8JsonWriter json, IEnumerable<HistoryEvent> events)
    {
        json.WriteStartArray("events");
        foreach (var item in events)
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", item.Sequence);
            json.WriteNumber("t", Seconds(item.Time));
            json.WriteString("severity", Name(item.Severity));
            json.WriteString("text", item.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRate(Utf8JsonWriter json, double value, int digits)
    {
        if (double.IsNaN(value))
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteNumberValue(Math.Round(value, digits));
        }
    }

    /// <summary>To the tenth of a millisecond, which a chart can show.</summary>
    private static double Seconds(DateTimeOffset time) => Math.Round((time - DateTimeOffset.UnixEpoch).TotalSeconds, 4);

    private static string Name(Severity severity) => severity.ToString().ToLowerInvariant();
}
