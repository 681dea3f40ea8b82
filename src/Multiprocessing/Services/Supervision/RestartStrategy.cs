namespace Multiprocessing;

/// <summary>
/// Which children of a supervisor are restarted when one of them has to be. The names and meanings are those of Erlang/OTP.
/// </summary>
/// <example>
/// <code>
/// await using var supervisor = new ProcessSupervisor(new() { Strategy = RestartStrategy.OneForAll });
/// supervisor.AddBody("reader", () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping));
/// supervisor.AddBody("writer", () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping)); // if one dies, both start anew
/// </code>
/// </example>
public enum RestartStrategy
{
    /// <summary>Only the child that ended is started again.</summary>
    OneForOne = 0,

    /// <summary>All other children are stopped, in the reverse order of their start; then all are started in order.</summary>
    OneForAll = 1,

    /// <summary>
    /// The children that were started after the one that ended are stopped, in the reverse order of their start; then it and they are started in
    /// order.
    /// </summary>
    RestForOne = 2,
}
