using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Starts children (processes, services, pools, other supervisors), watches them, and starts them again when they die, after the model of the
/// supervisors of Erlang/OTP. If children die too often, it stops all of them and gives up.
/// </summary>
/// <remarks>
/// <para>
/// Children start in the order in which they were added, each when the one before it runs, and are stopped in the reverse order. What happens when a
/// child ends depends on its <see cref="RestartPolicy"/>, and which other children are restarted with it on the supervisor's
/// <see cref="RestartStrategy"/>. Each restart is counted; with more than <see cref="ProcessSupervisorOptions.MaxRestarts"/> within
/// <see cref="ProcessSupervisorOptions.Period"/> the supervisor gives up: <see cref="Completion"/> and <see cref="DisposeAsync"/> fail with
/// <see cref="SupervisorEscalatedException"/>, or its parent handles it as the death of a child. Children that run end when this process ends, for
/// whatever reason.
/// </para>
/// <para>
/// Its log records have the category <c>Multiprocessing.Supervision</c>. Its metrics belong to the meter of the library, <c>Multiprocessing</c>
/// (<see cref="MultiprocessingTelemetry.MeterName"/>). All members are thread-safe.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// using var beats = new SharedValue&lt;long>();
/// await using (var supervisor = new ProcessSupervisor(new() { Name = "app", MaxRestarts = 5, Period = TimeSpan.FromMinutes(1) }))
/// {
///     SupervisedChild child = supervisor.AddBody("heart", async () =>
///     {
///         if (Interlocked.Increment(ref beats.Reference) == 1)
///         {
///             Environment.FailFast("The native library is broken."); // the first life only
///         }
///
///         await Task.Delay(Timeout.Infinite, CurrentProcess.Stopping);
///     });
///     while (beats.Value &lt; 2)
///     {
///         await Task.Delay(10);
///     }
///
///     await child.WaitRunningAsync();
///     Console.WriteLine(supervisor); // app: one for one, 1 of 5 restarts within 60 s, and a line for each child
///     restarts = child.RestartCount;
/// } // stops the children in reverse order
/// </code>
/// </example>
[DebuggerDisplay("{Name}: {Children.Count} children")]
public sealed partial class ProcessSupervisor : IAsyncDisposable, IDisposable
{
    private readonly SupervisorCore _core;
    private readonly SupervisedChild? _asChild;

    /// <summary>Initializes a new instance without children.</summary>
    /// <param name="options">Strategy, limits, back-off; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public ProcessSupervisor(ProcessSupervisorOptions? options = null)
        : this(new SupervisorCore((options ?? new ProcessSupervisorOptions()).ToValidated(), isRoot: true), null) => _core.Begin();

    private ProcessSupervisor(SupervisorCore core, SupervisedChild? asChild)
    {
        LaunchPlan.ThrowIfNative();
        _core = core;
        _asChild = asChild;
    }

    /// <summary>Gets the name in errors, log records and metrics.</summary>
    public string Name => _core.Name;

    /// <summary>Gets the children, in the order of their start.</summary>
    public IReadOnlyList<SupervisedChild> Children => _core.Read(entries => entries.Select(entry => new SupervisedChild(_core, entry)).ToArray());

    /// <summary>Gets the child of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="KeyNotFoundException">The supervisor has no child of that name: it was removed, or was temporary and has ended.</exception>
    public SupervisedChild this[string name] => _core.Read(entries => entries.FirstOrDefault(entry => entry.Name == name)) is { } found
        ? new SupervisedChild(_core, found)
        : throw new KeyNotFoundException($"Supervisor '{Name}' has no child '{name}'.");

    /// <summary>
    /// Gets a task that completes when the supervisor and all its children have ended for good. It fails with
    /// <see cref="SupervisorEscalatedException"/> if the supervisor gave up.
    /// </summary>
    public Task Completion => _core.Completion;

    /// <summary>Waits until all children that were added run, or have ended for good.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes then.</returns>
    /// <exception cref="InvalidOperationException">The supervisor has given up. The task contains the exception.</exception>
    /// <exception cref="ObjectDisposedException">The supervisor was disposed. The task contains the exception.</exception>
    public Task WaitStartedAsync(CancellationToken cancellationToken = default) => _core.WhenStarted().WaitAsync(cancellationToken);

    /// <summary>
    /// Stops all children in the reverse order of their start, each with its <see cref="SupervisedChildOptions.ShutdownGrace"/>, and all of them
    /// within <see cref="ProcessSupervisorOptions.ShutdownGrace"/>. A nested supervisor is also removed from its parent.
    /// </summary>
    /// <returns>A task that completes when nothing of the children runs.</returns>
    /// <exception cref="SupervisorEscalatedException">The supervisor gave up. Every child has ended all the same.</exception>
    public async ValueTask DisposeAsync()
    {
        if (_asChild is not null)
        {
            await _asChild.RemoveAsync().ConfigureAwait(false);
        }

        _core.BeginStop(isFinal: true);
        await _core.Completion.ConfigureAwait(false);
    }

    /// <summary>Does what <see cref="DisposeAsync"/> does, and waits for it.</summary>
    /// <exception cref="SupervisorEscalatedException">The supervisor gave up. Every child has ended all the same.</exception>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>
    /// Returns the tree of this supervisor and everything below it: for each child its state, process id, restart policy, number of restarts and last
    /// death.
    /// </summary>
    /// <returns>Several lines of text.</returns>
    public override string ToString() => SupervisorTree.Of(_core);
}
