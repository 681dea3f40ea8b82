using System.Diagnostics;

namespace Multiprocessing;

/// <summary>What a pool counts of one worker; times in ticks of the stopwatch. Under the loop's gate.</summary>
internal sealed class WorkerStatistics
{
    public long LaunchedAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>When its last reply was read, or a task was assigned to it while it had none.</summary>
    public long LastProgressAt { get; set; }

    public long Tasks { get; set; }

    /// <summary>Replies since the last one that was measured.</summary>
    public long Unmeasured { get; set; }

    public long WorkTicks { get; set; }

    public long SerializingTicks { get; set; }

    public long ArgumentBytes { get; set; }

    public long ResultBytes { get; set; }
}
