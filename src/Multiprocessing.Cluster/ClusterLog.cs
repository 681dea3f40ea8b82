using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>The log records of the package.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(1, LogLevel.Warning, "The node '{Node}' leaves the cluster while {Count} tasks run; they are killed.")]
    public static partial void LeftWithTasks(ILogger logger, string node, int count);

    [LoggerMessage(2, LogLevel.Warning, "A caller of build {Build} was refused: this node has build {Own}. Deploy the same build to all members.")]
    public static partial void OtherBuild(ILogger logger, string build, string own);

    [LoggerMessage(3, LogLevel.Error, "The other members have declared '{Node}' dead; its workers are killed and its host stops.")]
    public static partial void Fenced(ILogger logger, string node, Exception reason);

    [LoggerMessage(4, LogLevel.Information, "The node '{Node}' has joined ({Workers} workers).")]
    public static partial void Joined(ILogger logger, string node, int workers);

    [LoggerMessage(5, LogLevel.Warning, "The node '{Node}' was lost; {Count} tasks had been given to it.")]
    public static partial void Lost(ILogger logger, string node, int count);

    [LoggerMessage(6, LogLevel.Warning, "The node '{Node}' has build {Build}, and this program has {Own}; it gets no tasks.")]
    public static partial void NodeOfOtherBuild(ILogger logger, string node, string build, string own);

    [LoggerMessage(7, LogLevel.Warning, "The host's shutdown time was over before the tasks of the pool '{Pool}' had ended: {Running} were "
        + "cancelled on their nodes, {Waiting} had not begun. HostOptions.ShutdownTimeout sets the time.")]
    public static partial void EndedWithTasks(ILogger logger, string pool, int running, int waiting);

    [LoggerMessage(8, LogLevel.Debug, "The node '{Node}' could not read the members of the cluster. It reads them again in its interval.")]
    public static partial void MembersNotRead(ILogger logger, string node, Exception reason);
}
