namespace Multiprocessing;

/// <summary>
/// Options of one child of a <see cref="ProcessSupervisor"/>. They are copied when the child is added: later changes have no effect.
/// </summary>
/// <remarks>Instances are not safe for changes by several threads at once. One instance may be used for several children.</remarks>
/// <example>
/// <code>
/// using var lastBeat = new SharedValue&lt;long>(Environment.TickCount64);
/// var options = new SupervisedChildOptions
/// {
///     Restart = RestartPolicy.Transient,              // not after a normal end
///     ShutdownGrace = TimeSpan.FromSeconds(2),
///     HealthProbe = _ => new(Environment.TickCount64 - lastBeat.Value &lt; 30_000),
///     ProbeInterval = TimeSpan.FromSeconds(10),
///     Process = new() { StandardOutput = ProcessOutput.Discard },
/// };
/// await using var supervisor = new ProcessSupervisor();
/// SupervisedChild job = supervisor.AddBody("job", () => lastBeat.Value = Environment.TickCount64, options);
/// </code>
/// </example>
public sealed class SupervisedChildOptions
{
    private RestartPolicy? _restart;
    private TimeSpan? _shutdownGrace;

    /// <summary>
    /// Gets or sets when the child is started again after it has ended. The default value is <see cref="RestartPolicy.Permanent"/>: always. For a
    /// service, <see cref="ProcessServiceOptions.Restart"/> counts unless this property was set.
    /// </summary>
    public RestartPolicy Restart
    {
        get => _restart ?? RestartPolicy.Permanent;
        set => _restart = value;
    }

    /// <summary>
    /// Gets or sets the time that the child may take to end after it was asked to; then it is killed. The default value is 5 seconds; for a nested
    /// supervisor there is no limit, because its children have their own. Zero kills at once; <see cref="Timeout.InfiniteTimeSpan"/> never kills. For
    /// a service, <see cref="ProcessServiceOptions.ShutdownGrace"/> counts unless this property was set.
    /// </summary>
    public TimeSpan ShutdownGrace
    {
        get => _shutdownGrace ?? TimeSpan.FromSeconds(5);
        set => _shutdownGrace = value;
    }

    /// <summary>
    /// Gets or sets a check of the child, which runs in this process while the child runs. If it returns <see langword="false"/>, throws, or does not
    /// end within <see cref="ProbeTimeout"/>, it has failed. After <see cref="ProbeFailures"/> failures in a row the child is killed, which counts as
    /// its death. The token is cancelled at the time limit and at the end of the child. The default value is <see langword="null"/>: no check.
    /// </summary>
    public Func<CancellationToken, ValueTask<bool>>? HealthProbe { get; set; }

    /// <summary>
    /// Gets or sets the time from the start of the child to its first probe, and from the end of one probe to the next. The default value is 10
    /// seconds.
    /// </summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the time that a probe may take. The default value is 5 seconds.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets the number of probes in a row that must fail before the child is killed. The default value is 1.</summary>
    public int ProbeFailures { get; set; } = 1;

    /// <summary>
    /// Gets or sets the environment, output, processors and limits of the process of a body. Without a name in it, the process has the name of the
    /// child. The default value is <see langword="null"/>: the defaults of a child process.
    /// </summary>
    public ChildProcessOptions? Process { get; set; }

    /// <summary>Returns a copy in which what was not set has other defaults.</summary>
    internal SupervisedChildOptions WithDefaults(RestartPolicy restart, TimeSpan shutdownGrace)
    {
        var copy = (SupervisedChildOptions)MemberwiseClone();
        copy._restart ??= restart;
        copy._shutdownGrace ??= shutdownGrace;
        return copy;
    }

    /// <summary>Returns a validated copy that is not changed any more.</summary>
    internal SupervisedChildOptions ToValidated()
    {
        SupervisionOptions.Check(Enum.IsDefined(Restart), Restart, nameof(Restart), "The restart policy is not defined.");
        SupervisionOptions.Check(
            SupervisionOptions.IsGrace(ShutdownGrace), ShutdownGrace, nameof(ShutdownGrace),
            "ShutdownGrace must be from zero to 24 days, or Timeout.InfiniteTimeSpan.");
        SupervisionOptions.Check(
            SupervisionOptions.IsPositive(ProbeInterval), ProbeInterval, nameof(ProbeInterval),
            "ProbeInterval must be positive, and at most 24 days.");
        SupervisionOptions.Check(
            SupervisionOptions.IsPositive(ProbeTimeout), ProbeTimeout, nameof(ProbeTimeout), "ProbeTimeout must be positive, and at most 24 days.");
        SupervisionOptions.Check(ProbeFailures >= 1, ProbeFailures, nameof(ProbeFailures), "ProbeFailures must be at least 1.");
        var copy = (SupervisedChildOptions)MemberwiseClone();
        copy.Process = Process?.ToValidated();
        return copy;
    }
}
