namespace Multiprocessing;

/// <summary>How a service is started, called and started again. Plain data; it is copied when the service starts.</summary>
/// <example>
/// <code>
/// var options = new ProcessServiceOptions
/// {
///     Name = "ocr",
///     CallTimeout = TimeSpan.FromSeconds(20), // a call that hangs is killed, and the service is started again
///     MaxRestarts = 3,
///     Period = TimeSpan.FromMinutes(1),
///     Process = new ChildProcessOptions { HeapLimit = 500_000_000 },
/// };
/// await using var service = await ProcessService.StartAsync&lt;ICounter>(() => new Counter(start: 0), options);
/// </code>
/// </example>
public sealed class ProcessServiceOptions
{
    /// <summary>Gets or sets the name of the service, for texts and logs. The default value is the name of its interface.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// Gets or sets how the process of the service is started: environment, output, limits. The default value is <see langword="null"/>, which
    /// means the
    /// defaults of <see cref="ChildProcessOptions"/>.
    /// </summary>
    public ChildProcessOptions? Process { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of calls that run in the service at the same time. The default value is 1: the object need not be thread-safe,
    /// calls run in the order in which they arrive, and an asynchronous call counts until its task has ended.
    /// </summary>
    public int MaxConcurrency { get; set; } = 1;

    /// <summary>
    /// Gets or sets the maximum duration of one call, from the moment when it may run in the service. After it the service is killed and started
    /// again,
    /// the caller gets a <see cref="TimeoutException"/>, and other calls in flight get a <see cref="ServiceDiedException"/>. The default value is
    /// <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan CallTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Gets or sets whether the service is started again after its process has ended. The default value is <see cref="RestartPolicy.Permanent"/>.
    /// </summary>
    public RestartPolicy Restart { get; set; } = RestartPolicy.Permanent;

    /// <summary>
    /// Gets or sets what happens to calls that are made while the service is started again. The default value is <see cref="WhileRestarting.Wait"/>.
    /// </summary>
    public WhileRestarting WhileRestarting { get; set; } = WhileRestarting.Wait;

    /// <summary>
    /// Gets or sets the maximum number of restarts in one <see cref="Period"/>. If there are more, the service is given up: calls throw
    /// <see cref="ServiceDiedException"/>. The default value is 5.
    /// </summary>
    public int MaxRestarts { get; set; } = 5;

    /// <summary>Gets or sets the time in which <see cref="MaxRestarts"/> counts. The default value is one minute.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Gets or sets the time that a stop leaves to calls in flight and to the disposal of the object. After it the process is killed. The default
    /// value
    /// is 5 seconds.
    /// </summary>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Checks the options as the start of a service does, without starting one.</summary>
    /// <exception cref="ArgumentException">An option is not valid. The message names it.</exception>
    public void Validate() => ToValidated("service");

    internal ProcessServiceOptions ToValidated(string defaultName)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxConcurrency);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRestarts);
        CheckDuration(CallTimeout, nameof(CallTimeout), mayBeZero: false);
        CheckDuration(Period, nameof(Period), mayBeZero: false);
        CheckDuration(ShutdownGrace, nameof(ShutdownGrace), mayBeZero: true);
        if (Restart is < RestartPolicy.Permanent or > RestartPolicy.Temporary)
        {
            throw new ArgumentOutOfRangeException(nameof(Restart), Restart, "Restart must be a value of RestartPolicy.");
        }

        if (WhileRestarting is not (WhileRestarting.Wait or WhileRestarting.Fail))
        {
            throw new ArgumentOutOfRangeException(nameof(WhileRestarting), WhileRestarting, "WhileRestarting must be Wait or Fail.");
        }

        var process = (Process ?? new ChildProcessOptions()).ToValidated();
        process.Name = string.IsNullOrEmpty(Name) ? string.IsNullOrEmpty(process.Name) ? defaultName : process.Name : Name;
        process.TerminationGrace = ShutdownGrace;
        return new ProcessServiceOptions
        {
            Name = process.Name,
            Process = process,
            MaxConcurrency = MaxConcurrency,
            CallTimeout = CallTimeout,
            Restart = Restart,
            WhileRestarting = WhileRestarting,
            MaxRestarts = MaxRestarts,
            Period = Period,
            ShutdownGrace = ShutdownGrace,
        };
    }

    private static void CheckDuration(TimeSpan value, string name, bool mayBeZero)
    {
        if (value == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        if (value < TimeSpan.Zero || (value == TimeSpan.Zero && !mayBeZero) || value.TotalMilliseconds > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                name, value, $"{name} must be {(mayBeZero ? "zero or " : "")}positive, at most 24 days, or Timeout.InfiniteTimeSpan.");
        }
    }
}

/// <summary>What happens to calls of a service that are made while it is started again.</summary>
/// <example>
/// <code>
/// var options = new ProcessServiceOptions { WhileRestarting = WhileRestarting.Fail };
/// await using var service = await ProcessService.StartAsync&lt;ICounter>(() => new Counter(start: 0), options);
/// Process.GetProcessById(service.ProcessId).Kill();
/// string answer;
/// try
/// {
///     answer = $"{service.Proxy.Next()}";
/// }
/// catch (ServiceDiedException)
/// {
///     answer = "busy, try again later"; // a web request need not wait for the restart
/// }
/// </code>
/// </example>
public enum WhileRestarting
{
    /// <summary>They wait for the new process. A call's token ends its wait.</summary>
    Wait = 0,

    /// <summary>They throw <see cref="ServiceDiedException"/> at once.</summary>
    Fail = 1,
}
