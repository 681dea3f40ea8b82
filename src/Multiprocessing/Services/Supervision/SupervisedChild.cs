using System.Diagnostics;

namespace Multiprocessing;

/// <summary>One child of a <see cref="ProcessSupervisor"/>, through all its lives. Thread-safe.</summary>
/// <example>
/// <code>
/// await using var supervisor = new ProcessSupervisor();
/// SupervisedChild child = supervisor.AddBody("worker", () => Task.Delay(Timeout.Infinite, CurrentProcess.Stopping));
/// await child.WaitRunningAsync();
/// Console.WriteLine($"{child.Name} runs as process {child.ProcessId}, after {child.RestartCount} restarts.");
/// await child.RemoveAsync();
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SupervisedChild
{
    private readonly SupervisorCore _core;
    private readonly ChildEntry _entry;

    internal SupervisedChild(SupervisorCore core, ChildEntry entry)
    {
        _core = core;
        _entry = entry;
    }

    /// <summary>Gets the name, unique among the children of its supervisor.</summary>
    public string Name => _entry.Name;

    /// <summary>Gets the state at this moment.</summary>
    public SupervisedChildState State => _core.Read(_ => _entry.State);

    /// <summary>
    /// Gets the id of the process that runs now; <see langword="null"/> if none does, or if the child is a pool or a supervisor.
    /// </summary>
    public int? ProcessId => _entry.Child.ProcessId;

    /// <summary>Gets how often the child was started again because it had ended.</summary>
    public int RestartCount => _core.Read(_ => _entry.Restarts);

    /// <summary>
    /// Gets how the child ended the last time that its supervisor had not asked for it: <see cref="ProcessDiedException"/> for a death, or the
    /// exception of its body. <see langword="null"/> if it has not ended, or ended normally.
    /// </summary>
    public Exception? LastDeath => _core.Read(_ => _entry.LastEnd?.Failure);

    /// <summary>Waits until the child runs.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes when the child runs.</returns>
    /// <exception cref="InvalidOperationException">
    /// The child has ended for good or was removed, or the supervisor has given up. The task contains the exception.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The supervisor was disposed. The task contains the exception.</exception>
    public Task WaitRunningAsync(CancellationToken cancellationToken = default) =>
        _core.When(() =>
        {
            _core.ThrowIfOver();
            return _entry.State switch
            {
                SupervisedChildState.Running => true,
                SupervisedChildState.Ended => throw new InvalidOperationException(
                    $"The child '{Name}' has ended ({_entry.LastEnd?.Text}) and is not started again, because it is {_entry.Options.Restart}."),
                _ when _entry.IsRemoving => throw new InvalidOperationException($"The child '{Name}' was removed from its supervisor."),
                _ => false,
            };
        }).WaitAsync(cancellationToken);

    /// <summary>Stops the child and removes it from its supervisor. A second call waits for the same end.</summary>
    /// <returns>A task that completes when nothing of the child runs.</returns>
    public Task RemoveAsync() => _core.RemoveAsync(_entry);

    /// <inheritdoc/>
    public override string ToString() => SupervisorTree.Describe(_core, _entry);
}
