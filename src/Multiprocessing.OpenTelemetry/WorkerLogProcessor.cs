using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Multiprocessing;

/// <summary>Adds the attributes of the worker to its log records.</summary>
internal sealed class WorkerLogProcessor : BaseProcessor<LogRecord>
{
    public override void OnEnd(LogRecord data)
    {
        if (CurrentTask.PoolName is not { } pool)
        {
            return;
        }

        data.Attributes =
        [
            .. data.Attributes ?? [],
            new("multiprocessing.pool.name", pool),
            new("multiprocessing.worker.number", CurrentTask.WorkerNumber),
            new("multiprocessing.task.attempt", CurrentTask.Attempt),
        ];
    }
}
