using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Multiprocessing;

/// <summary>What a caller's process reports of its pools of clusters. The pools of nodes are pools like others and report themselves.</summary>
internal static class ClusterMetrics
{
    private static readonly InstrumentDefinition NodeCount = new(
        "multiprocessing.cluster.node.count", InstrumentKind.UpDownCounter, "{node}", "Nodes that a caller uses.",
        ClusterTags.Cluster, TelemetryTags.Pool);

    private static readonly InstrumentDefinition NodeLosses = new(
        "multiprocessing.cluster.node.losses", InstrumentKind.Counter, "{node}", "Nodes that died or were cut off.", ClusterTags.Node);

    private static readonly InstrumentDefinition TaskCount = new(
        "multiprocessing.cluster.task.count", InstrumentKind.UpDownCounter, "{task}", "Tasks of a caller that a node has.",
        ClusterTags.Cluster, TelemetryTags.Pool, ClusterTags.Node);

    private static readonly InstrumentDefinition TaskPending = new(
        "multiprocessing.cluster.task.pending", InstrumentKind.UpDownCounter, "{task}", "Tasks that wait at their caller for a node.",
        ClusterTags.Cluster, TelemetryTags.Pool);

    private static readonly InstrumentDefinition TaskAttempts = new(
        "multiprocessing.cluster.task.attempts", InstrumentKind.Counter, "{attempt}", "Times that a task was given to a node.", ClusterTags.Node);

    private static readonly InstrumentDefinition Bytes = new(
        "multiprocessing.cluster.io", InstrumentKind.Counter, "By", "Bytes of arguments and of results, as they cross.", TelemetryTags.Direction);

    private static readonly ConcurrentDictionary<ClusterPool, ClusterPoolOptions> Pools = new();
    private static readonly Counter<long> Losses = NodeLosses.Counter();
    private static readonly Counter<long> Attempts = TaskAttempts.Counter();
    private static readonly Counter<long> Io = Bytes.Counter();

    static ClusterMetrics()
    {
        NodeCount.Observe(() => Pools.Select(static pool => new Measurement<long>(pool.Key.NodeNames.Count, Tags(pool.Value))));
        TaskPending.Observe(() => Pools.Select(static pool => new Measurement<long>(pool.Key.Counts.Waiting, Tags(pool.Value))));
        TaskCount.Observe(() => Pools.SelectMany(static pool => pool.Key.TasksByNode.Select(
            node => new Measurement<long>(node.Tasks, [.. Tags(pool.Value), new(ClusterTags.Node, node.Node.Name)]))));
    }

    /// <summary>Gets a row for each instrument, as the reference of the documentation has it.</summary>
    public static IEnumerable<string> ReferenceRows =>
        from definition in (InstrumentDefinition[])[NodeCount, NodeLosses, TaskCount, TaskPending, TaskAttempts, Bytes]
        let kind = definition.Kind == InstrumentKind.Counter ? "counter" : "up-down counter"
        let attributes = string.Join(", ", definition.Attributes.Select(static attribute => $"`{attribute}`"))
        select $"| `{definition.Name}` | {kind} | `{definition.Unit}` | {definition.Description} | {attributes} |";

    public static void Add(ClusterPool pool, ClusterPoolOptions options) => Pools[pool] = options;

    public static void Remove(ClusterPool pool) => Pools.TryRemove(pool, out _);

    public static void Lost(string node) => Count(Losses, 1, ClusterTags.Node, node);

    public static void Given(string node, int tasks) => Count(Attempts, tasks, ClusterTags.Node, node);

    public static void Sent(long bytes) => Count(Io, bytes, TelemetryTags.Direction, "to_worker");

    public static void Received(long bytes) => Count(Io, bytes, TelemetryTags.Direction, "from_worker");

    /// <summary>Counts elsewhere: a listener is code of the program, which must hold up no sender and fail no task.</summary>
    private static void Count(Counter<long> counter, long count, string attribute, string value)
    {
        if (counter.Enabled)
        {
            Background.Run(() =>
            {
                counter.Add(count, new TagList { { attribute, value } });
                return Task.CompletedTask;
            });
        }
    }

    private static KeyValuePair<string, object?>[] Tags(ClusterPoolOptions options) =>
        [new(ClusterTags.Cluster, options.Cluster), new(TelemetryTags.Pool, options.Name)];
}

/// <summary>The names of the attributes that only metrics of clusters have.</summary>
internal static class ClusterTags
{
    public const string Cluster = "multiprocessing.cluster.name";
    public const string Node = "multiprocessing.node.name";
}
