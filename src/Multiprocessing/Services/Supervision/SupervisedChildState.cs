namespace Multiprocessing;

/// <summary>The state of a child of a <see cref="ProcessSupervisor"/>.</summary>
/// <example>
/// <code>
/// await using var supervisor = new ProcessSupervisor();
/// SupervisedChild job = supervisor.AddBody("job", () => { }, new() { Restart = RestartPolicy.Transient });
/// while (job.State != SupervisedChildState.Ended)
/// {
///     await Task.Delay(10);
/// }
/// </code>
/// </example>
public enum SupervisedChildState
{
    /// <summary>It will be started when the children before it run.</summary>
    Waiting = 0,

    /// <summary>It was started and does not run yet.</summary>
    Starting = 1,

    /// <summary>It runs.</summary>
    Running = 2,

    /// <summary>It has died, and will be started again after the back-off.</summary>
    BackingOff = 3,

    /// <summary>The supervisor stops it.</summary>
    Stopping = 4,

    /// <summary>The supervisor has stopped it, and will start it again if its group is restarted.</summary>
    Stopped = 5,

    /// <summary>It has ended and its <see cref="RestartPolicy"/> does not start it again.</summary>
    Ended = 6,
}
