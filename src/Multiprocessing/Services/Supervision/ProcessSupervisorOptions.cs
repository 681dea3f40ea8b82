namespace Multiprocessing;

/// <summary>Options of a <see cref="ProcessSupervisor"/>. The supervisor copies them when it is created: later changes have no effect.</summary>
/// <remarks>Instances are not safe for changes by several threads at once.</remarks>
/// <example>
/// <code>
/// var options = new ProcessSupervisorOptions
/// {
///     Name = "pipeline",
///     Strategy = RestartStrategy.RestForOne, // later stages depend on earlier ones
///     MaxRestarts = 10,
///     Period = TimeSpan.FromMinutes(5),
///     ShutdownGrace = TimeSpan.FromSeconds(20),
/// };
/// await using var supervisor = new ProcessSupervisor(options);
/// </code>
/// </example>
public sealed class ProcessSupervisorOptions
{
    /// <summary>Gets or sets the name in errors, log records and metrics. The default value is <c>Supervisor-N</c>.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// Gets or sets which children are restarted when one has to be. The default value is <see cref="RestartStrategy.OneForOne"/>: only that one.
    /// </summary>
    public RestartStrategy Strategy { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of restarts within <see cref="Period"/>, of all children together. With one more the supervisor stops all its
    /// children and gives up with <see cref="SupervisorEscalatedException"/>. The default value is 5. 0 gives up at the first death.
    /// </summary>
    public int MaxRestarts { get; set; } = 5;

    /// <summary>Gets or sets the time within which restarts are counted. The default value is one minute.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets the waits before restarts. The default value is a new instance with its defaults.</summary>
    public RestartBackOffOptions BackOff { get; set; } = new();

    /// <summary>
    /// Gets or sets the longest time that stopping all children may take; each has its own <see cref="SupervisedChildOptions.ShutdownGrace"/> within
    /// it. Then those that are left are killed at once. The default value is 30 seconds. <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.
    /// </summary>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets whether the supervisor ends when its last child has ended and will not be started again. The default value is
    /// <see langword="false"/>: it runs until it is disposed, and children may be added at any time.
    /// </summary>
    public bool EndsWithChildren { get; set; }

    /// <summary>
    /// Gets or sets the clock for <see cref="Period"/>, back-off and health probes. The default value is <see cref="TimeProvider.System"/>; tests may
    /// pass a clock of their own. Graces are always measured by the system's clock.
    /// </summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Checks the options as the constructor of a supervisor does, without creating one.</summary>
    /// <exception cref="ArgumentException">An option is not valid. The message names it.</exception>
    public void Validate() => ToValidated();

    /// <summary>Returns a validated copy that is not changed any more.</summary>
    internal ProcessSupervisorOptions ToValidated()
    {
        SupervisionOptions.Check(Enum.IsDefined(Strategy), Strategy, nameof(Strategy), "The strategy is not defined.");
        SupervisionOptions.Check(MaxRestarts >= 0, MaxRestarts, nameof(MaxRestarts), "MaxRestarts must be zero or positive.");
        SupervisionOptions.Check(SupervisionOptions.IsPositive(Period), Period, nameof(Period), "Period must be positive, and at most 24 days.");
        SupervisionOptions.Check(
            SupervisionOptions.IsGrace(ShutdownGrace), ShutdownGrace, nameof(ShutdownGrace),
            "ShutdownGrace must be from zero to 24 days, or Timeout.InfiniteTimeSpan.");
        ArgumentNullException.ThrowIfNull(BackOff);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        var copy = (ProcessSupervisorOptions)MemberwiseClone();
        copy.BackOff = BackOff.ToValidated();
        return copy;
    }
}
