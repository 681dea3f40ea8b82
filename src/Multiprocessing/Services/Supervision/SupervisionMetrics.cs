using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Multiprocessing;

/// <summary>
/// The metrics of supervisors, for listeners such as OpenTelemetry and <c>dotnet-counters</c>. The names are here and nowhere else. Every measurement
/// has the tags <see cref="SupervisorTag"/> and <see cref="ChildTag"/>.
/// </summary>
internal static class SupervisionMetrics
{
    public const string MeterName = "Multiprocessing.Supervision";
    public const string SupervisorTag = "multiprocessing.supervisor";
    public const string ChildTag = "multiprocessing.child";

    private static readonly Meter Meter = new(MeterName);

    private static readonly UpDownCounter<int> Running = Meter.CreateUpDownCounter<int>(
        "multiprocessing.supervisor.children.running", "{child}", "Children that run.");

    private static readonly Counter<long> Deaths = Meter.CreateCounter<long>(
        "multiprocessing.supervisor.children.deaths", "{death}", "Ends of children that their supervisor had not asked for.");

    private static readonly Counter<long> Restarts = Meter.CreateCounter<long>(
        "multiprocessing.supervisor.children.restarts", "{restart}", "Restarts of children.");

    private static readonly Histogram<double> RestartDuration = Meter.CreateHistogram<double>(
        "multiprocessing.supervisor.children.restart.duration", "s", "Time from the end of a child until it runs again, back-off included.");

    private static readonly Counter<long> FailedProbes = Meter.CreateCounter<long>(
        "multiprocessing.supervisor.probes.failed", "{probe}", "Health probes that failed.");

    private static readonly Counter<long> Escalations = Meter.CreateCounter<long>(
        "multiprocessing.supervisor.escalations", "{escalation}", "Supervisors that gave up.");

    public static void ChildRuns(string supervisor, string child, TimeSpan? restartDuration)
    {
        var tags = Tags(supervisor, child);
        Running.Add(1, tags);
        if (restartDuration is { } duration)
        {
            Restarts.Add(1, tags);
            RestartDuration.Record(duration.TotalSeconds, tags);
        }
    }

    public static void ChildRunsNoMore(string supervisor, string child) => Running.Add(-1, Tags(supervisor, child));

    public static void ChildDied(string supervisor, string child) => Deaths.Add(1, Tags(supervisor, child));

    public static void ProbeFailed(string supervisor, string child) => FailedProbes.Add(1, Tags(supervisor, child));

    public static void Escalated(string supervisor, string child) => Escalations.Add(1, Tags(supervisor, child));

    private static TagList Tags(string supervisor, string child) => new()
    {
        { SupervisorTag, supervisor },
        { ChildTag, child },
    };
}
