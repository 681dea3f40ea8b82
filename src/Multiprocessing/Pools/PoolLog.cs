using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>
/// The log records of pools, in the category <c>Multiprocessing.Pools</c>: routine as Debug, what an operator may ask about as Information, deaths
/// and failed starts as Warning, a broken pool as Error.
/// </summary>
internal static partial class PoolLog
{
    private static ILogger PoolLogger => MultiprocessingLogging.Factory.CreateLogger("Multiprocessing.Pools");

    public static void ReportFailed(Exception exception) => MultiprocessingLogging.Safely(() => LogReportFailed(PoolLogger, exception));

    [LoggerMessage(EventId = 5, Level = LogLevel.Error,
        Message = "A report or log record of a task could not be delivered; the task continues, and so do its later reports")]
    private static partial void LogReportFailed(ILogger logger, Exception exception);

    public static void WorkerStarted(string pool, string worker, int? processId) => LogWorkerStarted(PoolLogger, pool, worker, processId);

    public static void WorkerEnded(string pool, string worker, int processId, ExitStatus status) =>
        LogWorkerEnded(PoolLogger, pool, worker, processId, status);

    public static void WorkerDied(string pool, string worker, int processId, ExitStatus status, string? task)
    {
        if (task is null)
        {
            LogIdleWorkerDied(PoolLogger, pool, worker, processId, status);
        }
        else
        {
            LogWorkerDied(PoolLogger, pool, worker, processId, status, task);
        }
    }

    public static void WorkerKilled(string pool, string worker, int? processId, KillReason reason, string? task)
    {
        // A time limit or a broken pool is a problem; a cancellation or a disposal is what the program asked for.
        var level = reason is KillReason.Timeout or KillReason.Broken ? LogLevel.Warning : task is null ? LogLevel.Debug : LogLevel.Information;
        var why = reason switch
        {
            KillReason.Timeout => "its task exceeded its time limit",
            KillReason.Cancelled => "its task was cancelled and did not end within CancellationGrace",
            KillReason.Broken => "the pool gave up",
            KillReason.Caller => "KillWorkers was called",
            _ => "the pool or this worker was to end",
        };
        LogWorkerKilled(PoolLogger, level, pool, worker, processId, why, task ?? "(none)");
    }

    public static void WorkerReplaced(string pool, string worker, int? processId, string limit) =>
        LogWorkerReplaced(PoolLogger, pool, worker, processId, limit);

    public static void TaskRetried(string pool, string task, int attempt, int most) => LogTaskRetried(PoolLogger, pool, task, attempt, most);

    public static void StartFailed(Exception? exception, string pool, int failed, int most, double pause, string cause) =>
        LogStartFailed(PoolLogger, exception, pool, failed, most, pause, cause);

    public static void PoolBroken(Exception exception, string pool) => LogPoolBroken(PoolLogger, exception, pool, exception.Message);

    [LoggerMessage(EventId = 20, Level = LogLevel.Debug, Message = "Pool {Pool}: worker {Worker} ({ProcessId}) started")]
    private static partial void LogWorkerStarted(ILogger logger, string pool, string worker, int? processId);

    [LoggerMessage(EventId = 21, Level = LogLevel.Debug, Message = "Pool {Pool}: worker {Worker} ({ProcessId}) ended: {ExitStatus}")]
    private static partial void LogWorkerEnded(ILogger logger, string pool, string worker, int processId, ExitStatus exitStatus);

    [LoggerMessage(EventId = 22, Level = LogLevel.Warning,
        Message = "Pool {Pool}: worker {Worker} ({ProcessId}) died while it ran '{Task}': {ExitStatus}")]
    private static partial void LogWorkerDied(ILogger logger, string pool, string worker, int processId, ExitStatus exitStatus, string task);

    [LoggerMessage(EventId = 23, Level = LogLevel.Warning,
        Message = "Pool {Pool}: worker {Worker} ({ProcessId}) died while it had no task: {ExitStatus}")]
    private static partial void LogIdleWorkerDied(ILogger logger, string pool, string worker, int processId, ExitStatus exitStatus);

    [LoggerMessage(EventId = 24, Message = "Pool {Pool}: worker {Worker} ({ProcessId}) is killed, because {Reason}; its task: {Task}")]
    private static partial void LogWorkerKilled(
        ILogger logger, LogLevel level, string pool, string worker, int? processId, string reason, string task);

    [LoggerMessage(EventId = 25, Level = LogLevel.Debug,
        Message = "Pool {Pool}: worker {Worker} ({ProcessId}) is replaced, because it has reached {Limit}")]
    private static partial void LogWorkerReplaced(ILogger logger, string pool, string worker, int? processId, string limit);

    [LoggerMessage(EventId = 26, Level = LogLevel.Information,
        Message = "Pool {Pool}: task '{Task}' is tried again after its worker died, attempt {Attempt} of {MaxAttempts}")]
    private static partial void LogTaskRetried(ILogger logger, string pool, string task, int attempt, int maxAttempts);

    [LoggerMessage(EventId = 27, Level = LogLevel.Warning,
        Message = "Pool {Pool}: the start of a worker failed ({Failed} in a row, at most {MaxFailedStarts}); the next try is in {Pause} ms. "
            + "The cause: {Cause}")]
    private static partial void LogStartFailed(
        ILogger logger, Exception? exception, string pool, int failed, int maxFailedStarts, double pause, string cause);

    [LoggerMessage(EventId = 28, Level = LogLevel.Error, Message = "Pool {Pool} is broken, and all its tasks fail: {Cause}")]
    private static partial void LogPoolBroken(ILogger logger, Exception exception, string pool, string cause);
}
