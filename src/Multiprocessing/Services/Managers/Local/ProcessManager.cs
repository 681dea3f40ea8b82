using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A process that keeps objects which other processes use through proxies: dictionaries, lists, sets, queues, values, locks, and objects of the
/// program's own interfaces. It does what Python's <c>multiprocessing.Manager</c> does.
/// <para>
/// The proxies may be captured by the bodies of children, passed as arguments, sent through queues and stored in other managed objects. Each process
/// that uses them has a pipe of its own to the manager. An object is removed when no process has a proxy of it any more; a process that ends for any
/// reason, killed or not, releases its proxies, the locks that it holds and its permits of semaphores.
/// </para>
/// <para>
/// When the manager's process dies, all its objects are lost, and every call throws <see cref="ServiceDiedException"/>. When the process that started
/// it disposes it or ends, the manager ends.
/// </para>
/// </summary>
/// <remarks>All members are safe to call from any thread.</remarks>
/// <example>
/// <code>
/// await using var manager = await ProcessManager.StartAsync();
/// using var scores = manager.Dictionary&lt;string, int>();
/// using var first = ChildProcess.Run(CountTo1000, scores);
/// using var second = ChildProcess.Run(CountTo1000, scores);
/// first.Wait();
/// second.Wait();
/// Console.WriteLine(scores["n"]); // 2000
///
/// static void CountTo1000(IManagedDictionary&lt;string, int> scores)
/// {
///     for (var i = 0; i &lt; 1_000; i++)
///     {
///         scores.AddOrUpdate("n", 1, n => n + 1); // one atomic step in the manager
///     }
/// }
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class ProcessManager : IDisposable, IAsyncDisposable
{
    private readonly ChildProcess _child;
    private readonly ProcessQueue<ManagerJoin> _joins;
    private readonly ManagerLink _link;
    private readonly TimeSpan _grace;
    private readonly Lock _gate = new();
    private Task? _stopped;

    private ProcessManager(ChildProcess child, ProcessQueue<ManagerJoin> joins, ManagerLink link, ProcessManagerOptions options)
    {
        _child = child;
        _joins = joins;
        _link = link;
        _grace = options.ShutdownGrace;
    }

    /// <summary>Gets the name of the manager.</summary>
    public string Name => _link.Name;

    /// <summary>Gets the id of the manager's process.</summary>
    public int ProcessId => _child.Id;

    /// <summary>
    /// Gets a task that completes when the manager's process has ended; it fails with <see cref="ProcessDiedException"/> if the process died, and
    /// not if the manager was stopped.
    /// </summary>
    public Task Completion => _child.Completion;

    /// <summary>Starts a manager's process.</summary>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>The manager, ready for calls.</returns>
    /// <exception cref="ProcessStartException">The process could not be started.</exception>
    /// <exception cref="ServiceDiedException">The process died while it started.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static async Task<ProcessManager> StartAsync(ProcessManagerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ProcessManagerOptions();
        cancellationToken.ThrowIfCancellationRequested();
        var id = Guid.NewGuid();
        var joins = new ProcessQueue<ManagerJoin>(new ProcessQueueOptions { DisplayName = $"clients of {options.Name}" });
        ChildProcess? child = null;
        try
        {
            child = ChildProcess.Run(ManagerHost.Run, id, joins, OptionsOf(options));
            child.Role = ProcessRole.Manager;
            var link = await ManagerLink.StartAsync(id, options.Name, joins, child, cancellationToken).ConfigureAwait(false);
            return new ProcessManager(child, joins, link, options);
        }
        catch
        {
            child?.Dispose();
            joins.Dispose();
            throw;
        }
    }

    /// <summary>Starts a manager's process and waits until it is ready.</summary>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <returns>The manager, ready for calls.</returns>
    /// <inheritdoc cref="StartAsync"/>
    public static ProcessManager Start(ProcessManagerOptions? options = null) => StartAsync(options).GetAwaiter().GetResult();

    /// <summary>
    /// Ends the manager's process: asks it by a message, then terminates it, then kills it, each after
    /// <see cref="ProcessManagerOptions.ShutdownGrace"/>. Its objects are lost. A second call waits for the same end.
    /// </summary>
    /// <param name="cancellationToken">Ends the grace at once: the process is killed.</param>
    /// <returns>A task that completes when the process has ended.</returns>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        Task stopped;
        lock (_gate)
        {
            stopped = _stopped ??= StopNow();
        }

        using var kill = LastResort.OnCancelled(cancellationToken, _child, static child => child.Kill());
        await stopped.ConfigureAwait(false);
    }

    /// <summary>Ends the manager's process; see <see cref="StopAsync"/>.</summary>
    public void Dispose() => StopAsync().GetAwaiter().GetResult();

    /// <inheritdoc cref="StopAsync"/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    /// <summary>Returns the name and the process.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"manager '{Name}' (pid {ProcessId}{(_child.IsAlive ? "" : ", exited")})";

    private static ChildProcessOptions OptionsOf(ProcessManagerOptions options)
    {
        var process = options.Process ?? new ChildProcessOptions { TerminationGrace = options.ShutdownGrace };
        process.Name ??= options.Name;
        return process;
    }

    private async Task StopNow()
    {
        _link.AskToStop();
        if (!await EndsWithin(_grace).ConfigureAwait(false))
        {
            _child.Terminate();
            if (!await EndsWithin(_grace).ConfigureAwait(false))
            {
                _child.Kill();
            }
        }

        await _child.DisposeAsync().ConfigureAwait(false);
        _link.Stop();
        _joins.Dispose();
    }

    private async Task<bool> EndsWithin(TimeSpan grace)
    {
        try
        {
            await _child.Completion.WaitAsync(grace).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return !_child.IsAlive;
        }
        catch (Exception)
        {
            return true; // it had died before; Completion has the error
        }
    }
}
