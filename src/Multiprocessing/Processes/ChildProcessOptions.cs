namespace Multiprocessing;

/// <summary>How a child process is set up. Read once, when the process object is made: later changes do not matter.</summary>
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
    /// <summary>The name that errors and logs carry. The default value is <c>Process-N</c>, counted up in the parent, <c>Process-N:M</c> for a child's child.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// Runs in the child before the body, on the same thread. What it throws is a failed start: <see cref="ProcessStartException"/> names the initializer and has its exception as the inner one.
    /// The time that it takes counts toward <see cref="StartTimeout"/>. It is copied to the child as the body is. The default value is <see langword="null"/>.
    /// </summary>
    public Action? Initializer { get; set; }

    /// <summary>Environment variables that differ from the parent's; <see langword="null"/> as a value removes one. The default value is empty: the parent's as they are at the start.</summary>
    public IDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The working directory. The default value is <see langword="null"/>: the parent's.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>Where standard output goes. The default value is <see cref="ProcessOutput.Inherit"/>.</summary>
    public ProcessOutput StandardOutput { get; set; } = ProcessOutput.Inherit;

    /// <summary>Where standard error goes; its last lines are kept for the error that tells of a crash in any case. The default value is <see cref="ProcessOutput.Inherit"/>.</summary>
    public ProcessOutput StandardError { get; set; } = ProcessOutput.Inherit;

    /// <summary>The most bytes that the garbage-collected heap may commit; beyond it the child gets <see cref="OutOfMemoryException"/>. The default value is <see langword="null"/>: no limit but the machine's.</summary>
    public long? HeapLimit { get; set; }

    /// <summary>The processors that the child may run on, counted from 0. The default value is <see langword="null"/>: the parent's.</summary>
    public IReadOnlyCollection<int>? ProcessorAffinity { get; set; }

    /// <summary>The niceness from -20 (first) to 19 (last); below the parent's own needs privileges. The default value is <see langword="null"/>: the parent's.</summary>
    public int? Nice { get; set; }

    /// <summary>Server garbage collection, which costs memory for throughput. The default value is <see langword="false"/>: workstation, not concurrent.</summary>
    public bool ServerGarbageCollection { get; set; }

    /// <summary>How long <c>Terminate</c> waits for the body to end before it kills. The default value is 5 seconds; <see cref="Timeout.InfiniteTimeSpan"/> never kills.</summary>
    public TimeSpan TerminationGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the child may take from its start to its body before it is killed and reported as failed to start. The default value is 60 seconds.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A copy that nobody changes, checked.</summary>
    internal ChildProcessOptions ToValidated()
    {
        if (HeapLimit is <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(HeapLimit), HeapLimit, "A heap limit is a number of bytes above zero.");
        }

        if (Nice is < -20 or > 19)
        {
            throw new ArgumentOutOfRangeException(nameof(Nice), Nice, "Niceness runs from -20 to 19.");
        }

        if (ProcessorAffinity is { } processors && (processors.Count == 0 || processors.Any(processor => processor is < 0 or > 1023)))
        {
            throw new ArgumentOutOfRangeException(nameof(ProcessorAffinity), "At least one processor from 0 to 1023 is needed.");
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
                throw new ArgumentException($"'{name}' cannot be an environment variable: a name is not empty and has no '=' or zero character, a value no zero character.", nameof(Environment));
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

    /// <summary>An <c>async</c> lambda in the place of an <see cref="Action"/> returns at its first await: the body would begin too early, and what it throws later would end the process.</summary>
    internal static void CheckInitializer(Action? initializer, string name)
    {
        if (initializer is not null && initializer.Method.IsDefined(typeof(System.Runtime.CompilerServices.AsyncStateMachineAttribute), inherit: false))
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
            throw new ArgumentOutOfRangeException(name, value, "A duration is zero or more, at most 24 days, or Timeout.InfiniteTimeSpan.");
        }
    }
}
