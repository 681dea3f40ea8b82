using System.Globalization;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// The exception with which a <see cref="ProcessSupervisor"/> gives up: its children ended more often than
/// <see cref="ProcessSupervisorOptions.MaxRestarts"/> allows within <see cref="ProcessSupervisorOptions.Period"/>. All its children have been
/// stopped. If it has a parent, the parent handles it as the death of a child.
/// </summary>
/// <example>
/// <code>
/// var supervisor = new ProcessSupervisor(new() { MaxRestarts = 2 });
/// supervisor.AddBody("fragile", () => Environment.Exit(7));
/// try
/// {
///     await supervisor.Completion;
/// }
/// catch (SupervisorEscalatedException exception)
/// {
///     Console.WriteLine($"'{exception.ChildName}' ended {exception.History.Count + 1} times, the last time with: {exception.LastDeath?.Message}");
///     caught = exception;
/// }
/// </code>
/// </example>
public sealed class SupervisorEscalatedException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="SupervisorEscalatedException"/> class.</summary>
    /// <param name="supervisorName">The name of the supervisor.</param>
    /// <param name="childName">The child whose end was one too many.</param>
    /// <param name="lastDeath">How that child ended; <see langword="null"/> if it ended normally.</param>
    /// <param name="history">The restarts within the period, from the oldest.</param>
    /// <exception cref="ArgumentNullException"><paramref name="history"/> is <see langword="null"/>.</exception>
    public SupervisorEscalatedException(
        string supervisorName, string childName, Exception? lastDeath, IReadOnlyList<SupervisorRestart> history)
        : base(Describe(supervisorName, childName, lastDeath, Required(history)), lastDeath)
    {
        SupervisorName = supervisorName;
        ChildName = childName;
        History = history;
    }

    /// <summary>Gets the name of the supervisor that gave up.</summary>
    public string SupervisorName { get; }

    /// <summary>Gets the name of the child whose end was one too many.</summary>
    public string ChildName { get; }

    /// <summary>
    /// Gets how that child ended; <see langword="null"/> if it ended normally. The same as the <see cref="Exception.InnerException"/>.
    /// </summary>
    public Exception? LastDeath => InnerException;

    /// <summary>Gets the restarts within the period, from the oldest.</summary>
    public IReadOnlyList<SupervisorRestart> History { get; }

    private static IReadOnlyList<SupervisorRestart> Required(IReadOnlyList<SupervisorRestart> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return history;
    }

    private static string Describe(string supervisor, string child, Exception? death, IReadOnlyList<SupervisorRestart> history)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Supervisor '{supervisor}' gave up and has stopped all its children: '{child}' ended again (");
        text.Append(new ChildEnd(death).Text).Append(") after ");
        text.Append(history.Count == 1 ? "1 restart" : $"{history.Count.ToString(CultureInfo.InvariantCulture)} restarts");
        text.Append(" within the period. Find out why the children end, or allow more with MaxRestarts and Period.");
        foreach (var restart in history)
        {
            text.AppendLine();
            text.Append(CultureInfo.InvariantCulture, $"  {restart.Time:HH:mm:ss.fff} {restart.ChildName}: {new ChildEnd(restart.Death).Text}");
        }

        return text.ToString();
    }
}

/// <summary>
/// The death of a supervised child that was killed because its health probe failed (<see cref="SupervisedChildOptions.HealthProbe"/>).
/// </summary>
/// <example>
/// <code>
/// var supervisor = new ProcessSupervisor(new() { MaxRestarts = 0 });
/// supervisor.AddBody(
///     "stuck",
///     () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping),
///     new() { HealthProbe = _ => new(false), ProbeInterval = TimeSpan.FromMilliseconds(50) });
/// try
/// {
///     await supervisor.Completion;
/// }
/// catch (SupervisorEscalatedException exception) when (exception.LastDeath is HealthProbeFailedException failed)
/// {
///     Console.WriteLine($"Process {failed.ProcessId} did not answer {failed.Failures} probes.");
///     death = failed;
/// }
/// </code>
/// </example>
public sealed class HealthProbeFailedException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="HealthProbeFailedException"/> class.</summary>
    /// <param name="childName">The name of the child.</param>
    /// <param name="processId">The id of its process; 0 if it has not one process.</param>
    /// <param name="failures">The number of failed probes in a row.</param>
    /// <param name="innerException">The exception of the last probe; <see langword="null"/> if it returned <see langword="false"/>.</param>
    public HealthProbeFailedException(string childName, int processId, int failures, Exception? innerException = null)
        : base(Describe(childName, processId, failures, innerException), innerException)
    {
        ChildName = childName;
        ProcessId = processId;
        Failures = failures;
    }

    /// <summary>Gets the name of the child.</summary>
    public string ChildName { get; }

    /// <summary>Gets the id of its process; 0 if it has not one process.</summary>
    public int ProcessId { get; }

    /// <summary>Gets the number of failed probes in a row.</summary>
    public int Failures { get; }

    private static string Describe(string child, int processId, int failures, Exception? cause)
    {
        var which = processId == 0 ? $"'{child}'" : $"'{child}' (pid {processId.ToString(CultureInfo.InvariantCulture)})";
        var times = failures == 1 ? "its health probe" : $"{failures.ToString(CultureInfo.InvariantCulture)} health probes in a row";
        var why = cause is null ? "returned false" : $"failed with {cause.GetType().Name}: {ExceptionText.Message(cause)}";
        return $"The child {which} was killed, because {times} {why}. If the child is only slow, increase ProbeTimeout or ProbeFailures.";
    }
}
