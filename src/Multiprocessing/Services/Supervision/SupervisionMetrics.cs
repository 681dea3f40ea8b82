using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Multiprocessing;

/// <summary>The metrics of supervisors of this process. Every measurement has the attributes of the supervisor and of the child.</summary>
internal static class SupervisionMetrics
{
    private static readonly UpDownCounter<long> Running = Instruments.SupervisorChildren.UpDownCounter();
    private static readonly Counter<long> Deaths = Instruments.SupervisorDeaths.Counter();
    private static readonly Counter<long> Restarts = Instruments.SupervisorRestarts.Counter();
    private static readonly Histogram<double> RestartDuration = Instruments.SupervisorRestartDuration.Histogram();
    private static readonly Counter<long> FailedProbes = Instruments.SupervisorFailedProbes.Counter();
    private static readonly Counter<long> Escalations = Instruments.SupervisorEscalations.Counter();

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
        { TelemetryTags.Supervisor, supervisor },
        { TelemetryTags.Child, child },
    };
}
