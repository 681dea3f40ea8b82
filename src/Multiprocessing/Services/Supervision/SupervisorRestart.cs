namespace Multiprocessing;

/// <summary>One restart in the history of a <see cref="ProcessSupervisor"/>.</summary>
/// <param name="ChildName">The child that ended and caused the restart.</param>
/// <param name="Time">When it ended, by the supervisor's clock.</param>
/// <param name="Death">
/// How it ended: <see cref="ProcessDiedException"/> for a death, or the exception of its body; <see langword="null"/> if it ended normally.
/// </param>
/// <example>
/// <code>
/// var supervisor = new ProcessSupervisor(new() { MaxRestarts = 1 });
/// supervisor.AddBody("fragile", () => Environment.Exit(7));
/// try
/// {
///     await supervisor.Completion;
/// }
/// catch (SupervisorEscalatedException exception)
/// {
///     foreach (SupervisorRestart restart in exception.History)
///     {
///         Console.WriteLine($"{restart.Time:HH:mm:ss} {restart.ChildName}: {restart.Death?.Message}");
///         last = restart;
///     }
/// }
/// </code>
/// </example>
public sealed record SupervisorRestart(string ChildName, DateTimeOffset Time, Exception? Death);
