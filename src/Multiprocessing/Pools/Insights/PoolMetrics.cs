using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Multiprocessing;

/// <summary>The durations of the tasks of this process's pools. Of very short tasks only those that the insights measure, every eighth.</summary>
internal static class PoolMetrics
{
    private static readonly Histogram<double> Wait = Instruments.TaskWait.Histogram();
    private static readonly Histogram<double> Run = Instruments.TaskRun.Histogram();

    /// <summary>Gets whether a listener wants them.</summary>
    public static bool IsEnabled => Run.Enabled || Wait.Enabled;

    /// <summary>Records a task; durations in ticks of the stopwatch.</summary>
    public static void Record(string pool, string task, long waited, long ran)
    {
        var tags = new TagList { { TelemetryTags.Pool, pool }, { TelemetryTags.Task, task } };
        Wait.Record((double)Math.Max(0, waited) / Stopwatch.Frequency, tags);
        Run.Record((double)ran / Stopwatch.Frequency, tags);
    }
}
