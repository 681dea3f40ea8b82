namespace Multiprocessing;

/// <summary>Options of a <see cref="ProcessManager"/>.</summary>
/// <example>
/// <code>
/// var options = new ProcessManagerOptions
/// {
///     Name = "scores",
///     ShutdownGrace = TimeSpan.FromSeconds(5), // for each step of the end
///     Process = new ChildProcessOptions { HeapLimit = 500_000_000 },
/// };
/// await using var manager = await ProcessManager.StartAsync(options);
/// </code>
/// </example>
public sealed class ProcessManagerOptions
{
    private TimeSpan _shutdownGrace = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets the name of the manager in texts and in the list of processes. The default value is <c>manager</c>.</summary>
    public string Name { get; set; } = "manager";

    /// <summary>
    /// Gets or sets the options of the manager's process. The default value is <see langword="null"/>: the defaults of
    /// <see cref="ChildProcessOptions"/>. Its <see cref="ChildProcessOptions.Name"/> is used if it is set.
    /// </summary>
    public ChildProcessOptions? Process { get; set; }

    /// <summary>
    /// Gets or sets the time that the manager has for each step of its end: first it is asked to end by a message, then by
    /// <see cref="ChildProcess.Terminate()"/>, then it is killed. The default value is 1 second.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    public TimeSpan ShutdownGrace
    {
        get => _shutdownGrace;
        set
        {
            _ = Deadline.After(value);
            _shutdownGrace = value;
        }
    }
}
