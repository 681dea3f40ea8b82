namespace Multiprocessing;

/// <summary>When a supervised child or a service is started again after it ended. The names and meanings are those of Erlang/OTP.</summary>
/// <example>
/// <code>
/// await using var supervisor = new ProcessSupervisor();
/// supervisor.AddBody("server", () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping), new() { Restart = RestartPolicy.Permanent });
/// supervisor.AddBody("migration", () => { }, new() { Restart = RestartPolicy.Transient }); // until it has ended normally
/// </code>
/// </example>
public enum RestartPolicy
{
    /// <summary>It is started again whichever way it ended: by an exception, by a crash, or normally.</summary>
    Permanent = 0,

    /// <summary>It is started again if it ended by an exception or a crash, but not after it ended normally.</summary>
    Transient = 1,

    /// <summary>It is never started again.</summary>
    Temporary = 2,
}
