namespace Multiprocessing;

/// <summary>Options of a child process. They are read once, when the process object is created: later changes have no effect.</summary>
/// <remarks>Instances are not safe for changes by several threads at once. One instance may be used for several processes.</remarks>
/// <example>
/// <code>
/// var options = new ChildProcessOptions
/// {
///     Name = "importer",
///     Environment = { ["IMPORT_LEVEL"] = "full" },
///     HeapLimit = 256L &lt;&lt; 20, // 256 MiB
///     TerminationGrace = TimeSpan.FromSeconds(10),
/// };
/// using var child = ChildProcess.Run(() => CurrentProcess.Name, options);
/// Console.WriteLine(await child.Result); // importer
/// </code>
/// </example>
public sealed class ChildProcessOptions
{
    /// <summary>
    /// Gets or sets the name of the process in errors and logs. The default value is <see langword="null"/>: the name is <c>Process-N</c>, with a
    /// number that the parent increments, or <c>Process-N:M</c> for the child of a child.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// Gets or sets code that runs in the child before the body, on the same thread. An exception of it is a failed start:
    /// <see cref="ProcessStartException"/> names the initializer and has the exception as its inner exception. Its duration counts toward
    /// <see cref="StartTimeout"/>. It is copied to the child as the body is. The default value is <see langword="null"/>.
    /// </summary>
    public Action? Initializer { get; set; }

    /// <summary>
    /// Gets the environment variables that differ from the parent's; <see langword="null"/> as a value removes one. The default value is empty: the
    /// child has the variables that the parent has at the start.
    /// </summary>
    public IDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Gets or sets the working directory. The default value is <see langword="null"/>: the parent's directory.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>Gets or sets the destination of standard output. The default value is <see cref="ProcessOutput.Inherit"/>.</summary>
    public ProcessOutput StandardOutput { get; set; } = ProcessOutput.Inherit;

    /// <summary>
    /// Gets or sets the destination of standard error. In every case its last lines are kept for the error message of a crash. The default value is
    /// <see cref="ProcessOutput.Inherit"/>.
    /// </summary>
    public ProcessOutput StandardError { get; set; } = ProcessOutput.Inherit;

    /// <summary>
    /// Gets or sets the maximum size of the garbage-collected heap in bytes. Beyond it, an allocation in the child throws
    /// <see cref="OutOfMemoryException"/>. The default value is <see langword="null"/>: only the machine limits the heap.
    /// </summary>
    public long? HeapLimit { get; set; }

    /// <summary>
    /// Gets or sets the processors that the child may run on, numbered from 0 to 1023. The default value is <see langword="null"/>: the parent's
    /// processors.
    /// </summary>
    public IReadOnlyCollection<int>? ProcessorAffinity { get; set; }

    /// <summary>
    /// Gets or sets the niceness, from -20 (scheduled first) to 19 (scheduled last). A value below the parent's requires privileges. The default
    /// value is <see langword="null"/>: the parent's niceness.
    /// </summary>
    public int? Nice { get; set; }

    /// <summary>
    /// Gets or sets whether the child uses server garbage collection, which uses more memory for a higher throughput. The default value is
    /// <see langword="false"/>: workstation garbage collection, not concurrent.
    /// </summary>
    public bool ServerGarbageCollection { get; set; }

    /// <summary>
    /// Gets or sets how long <c>Terminate</c> waits for the body to end before it kills the process. The default value is 5 seconds.
    /// <see cref="Timeout.InfiniteTimeSpan"/> never kills.
    /// </summary>
    public TimeSpan TerminationGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets how long the child may take from its start to its body. After that it is killed, and the start has failed. The default value is
    /// 60 seconds. <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.
    /// </summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Returns a validated copy that is not changed any more.</summary>
    internal ChildProcessOptions ToValidated()
    {
        if (HeapLimit is <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(HeapLimit), HeapLimit, "HeapLimit must be greater than 0 bytes.");
        }

        if (Nice is < -20 or > 19)
        {
            throw new ArgumentOutOfRangeException(nameof(Nice), Nice, "Nice must be from -20 to 19.");
        }

        if (ProcessorAffinity is { } processors && (processors.Count == 0 || processors.Any(processor => processor is < 0 or > 1023)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(ProcessorAffinity), "ProcessorAffinity must contain at least one processor, numbered from 0 to 1023.");
        }

        CheckInitializer(Initializer, nameof(Initializer));
        CheckDuration(TerminationGrace, nameof(TerminationGrace));
        CheckDuration(StartTimeout, nameof(StartTimeout));
        ArgumentNullException.ThrowIfNull(StandardOutput);
        ArgumentNullException.ThrowIfNull(StandardError);
        foreach (var (name, value) in Environment)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0') || value?.Contains('\0', StringComparison.Ordinal) == true)
            {
                throw new ArgumentException(
                    $"'{name}' is not a valid environment variable: its name must not be empty or contain '=' or a zero character, and its value "
                    + "must not "
                    + "contain a zero character.",
                    nameof(Environment));
            }
        }

        return new ChildProcessOptions
        {
            Name = Name,
            Initializer = Initializer,
            Environment = new Dictionary<string, string?>(Environment),
            WorkingDirectory = WorkingDirectory,
            StandardOutput = StandardOutput,
            StandardError = StandardError,
            HeapLimit = HeapLimit,
            ProcessorAffinity = ProcessorAffinity?.ToArray(),
            Nice = Nice,
            ServerGarbageCollection = ServerGarbageCollection,
            TerminationGrace = TerminationGrace,
            StartTimeout = StartTimeout,
        };
    }

    /// <summary>
    /// Rejects an <c>async</c> lambda as an <see cref="Action"/>. It would return at its first await: the body would begin too early, and a later
    /// exception would end the process.
    /// </summary>
    internal static void CheckInitializer(Action? initializer, string name)
    {
        if (initializer?.Method.IsDefined(typeof(System.Runtime.CompilerServices.AsyncStateMachineAttribute), inherit: false) == true)
        {
            throw new ArgumentException(
                "The initializer is 'async void', so its end cannot be waited for. Make it synchronous and wait inside it: () => "
                + "PrepareAsync().GetAwaiter().GetResult().", name);
        }
    }

    private static void CheckDuration(TimeSpan value, string name)
    {
        if ((value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan) || value.TotalMilliseconds > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from zero to 24 days, or Timeout.InfiniteTimeSpan.");
        }
    }
}
