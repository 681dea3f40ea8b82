using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>What hosting itself logs.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(
        EventId = 1,
        EventName = "PoolKilled",
        Level = LogLevel.Warning,
        Message = "The host's shutdown time was over before the pool {Pool} had finished: {Running} tasks that ran were killed with their workers "
            + "({Tasks}), and {Waiting} that waited were not started. HostOptions.ShutdownTimeout sets the time")]
    public static partial void PoolKilled(ILogger logger, string pool, int running, long waiting, string tasks);

    [LoggerMessage(
        EventId = 2,
        EventName = "ServiceKilled",
        Level = LogLevel.Warning,
        Message = "The host's shutdown time was over before the service {Service} had ended: its process was killed. "
            + "HostOptions.ShutdownTimeout sets the time")]
    public static partial void ServiceKilled(ILogger logger, string service);

    [LoggerMessage(
        EventId = 3,
        EventName = "SupervisorKilled",
        Level = LogLevel.Warning,
        Message = "The host's shutdown time was over before the children of the supervisor {Supervisor} had ended: {Children} were killed. "
            + "HostOptions.ShutdownTimeout sets the time")]
    public static partial void SupervisorKilled(ILogger logger, string supervisor, string children);

    [LoggerMessage(
        EventId = 4,
        EventName = "SupervisorGaveUp",
        Level = LogLevel.Critical,
        Message = "The supervisor {Supervisor} gave up, and the host stops")]
    public static partial void SupervisorGaveUp(ILogger logger, Exception exception, string supervisor);
}
