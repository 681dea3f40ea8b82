using System.Diagnostics.Metrics;

namespace Multiprocessing;

/// <summary>One reading of the tree for the metrics. A listener asks all instruments one after the other: they share a reading.</summary>
internal sealed class TreeReading
{
    /// <summary>How long a reading serves, in milliseconds.</summary>
    private const long Lifetime = 200;

    private static readonly Lock Gate = new();
    private static readonly MetricTotals<QueueSeries> SentTotals = new();
    private static readonly MetricTotals<QueueSeries> ConsumedTotals = new();
    private static readonly MetricTotals<QueueSeries> WaitsForItemTotals = new();
    private static readonly MetricTotals<QueueSeries> WaitsForRoomTotals = new();
    private static readonly MetricTotals<LockKind> ContentionTotals = new();
    private static readonly MetricTotals<LockKind> AbandonmentTotals = new();
    private static readonly TreeFigures Figures = new();
    private static TreeReading? _last;
    private static long _readAt;

    private TreeReading(ProgramSnapshot program)
    {
        Program = program;
        Ended = ReadEnded();
        Sent = SentTotals.Update(program.Queues.Select(static queue => (new QueueSeries(queue.Name), queue.Id, queue.PutCount)));
        Consumed = ConsumedTotals.Update(program.Queues.Select(static queue => (new QueueSeries(queue.Name), queue.Id, queue.GetCount)));
        WaitsForItem = WaitsForItemTotals.Update(program.Queues.Select(static queue => (new QueueSeries(queue.Name), queue.Id, queue.GetWaitCount)));
        WaitsForRoom = WaitsForRoomTotals.Update(program.Queues.Select(static queue => (new QueueSeries(queue.Name), queue.Id, queue.PutWaitCount)));
        var locks = program.Locks.Where(static item => item.Kind == LockKind.Lock).ToList();
        Contentions = ContentionTotals.Update(locks.Select(static item => (item.Kind, item.Id, item.ContentionCount)));
        Abandonments = AbandonmentTotals.Update(locks.Select(static item => (item.Kind, item.Id, item.AbandonmentCount)));
        FiguresPublisher.Ask(Session.Current);
        Figures.Read(Session.Current);
        Pools = [.. PoolList.Read(), .. Figures.Pools];
        Services = [.. ServiceList.Read(), .. Figures.Services];
    }

    public ProgramSnapshot Program { get; }

    public IReadOnlyList<Measurement<long>> Ended { get; }

    public IReadOnlyDictionary<QueueSeries, long> Sent { get; }

    public IReadOnlyDictionary<QueueSeries, long> Consumed { get; }

    public IReadOnlyDictionary<QueueSeries, long> WaitsForItem { get; }

    public IReadOnlyDictionary<QueueSeries, long> WaitsForRoom { get; }

    public IReadOnlyDictionary<LockKind, long> Contentions { get; }

    public IReadOnlyDictionary<LockKind, long> Abandonments { get; }

    /// <summary>Gets the pools of all processes; those of one name may be several entries.</summary>
    public IReadOnlyList<PoolFigures> Pools { get; }

    /// <summary>Gets the services of all processes; those of one name may be several entries.</summary>
    public IReadOnlyList<ServiceFigures> Services { get; }

    /// <summary>Returns a reading that is at most <see cref="Lifetime"/> old; null if there is no session (any more).</summary>
    public static TreeReading? Current()
    {
        lock (Gate)
        {
            var now = Environment.TickCount64;
            if (_last is not null && now - _readAt < Lifetime)
            {
                return _last;
            }

            if (!Session.IsStarted || Session.Current.HasLeft)
            {
                return null;
            }

            try
            {
                using var monitor = ProgramMonitor.OpenCurrent();
                _last = new TreeReading(monitor.ReadMemory());
                _readAt = now;
                return _last;
            }
            catch (Exception exception) when (exception is ProgramNotFoundException or IOException or UnauthorizedAccessException)
            {
                return null; // the program ends at this moment
            }
        }
    }

    private static unsafe List<Measurement<long>> ReadEnded()
    {
        var header = Session.Current.Memory.Header;
        var ended = new List<Measurement<long>>();
        foreach (var reason in Enum.GetValues<ExitReason>())
        {
            if (header->Ended[(int)reason] is not 0 and var count)
            {
                ended.Add(new Measurement<long>(count, new KeyValuePair<string, object?>(TelemetryTags.ExitReason, TelemetryTags.Value(reason))));
            }
        }

        return ended;
    }
}

/// <summary>The queues of one name, or those without a name together: pipes, connections and services have many.</summary>
internal readonly record struct QueueSeries(string? Name)
{
    public TagListBuilder Tags => TagListBuilder.Of(TelemetryTags.MessagingSystem, TelemetryTags.System)
        .AndIf(Name is not null, TelemetryTags.MessagingDestination, Name);
}
