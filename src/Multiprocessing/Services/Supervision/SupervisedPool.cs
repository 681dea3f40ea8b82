using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A pool under supervision: if it breaks (<see cref="PoolBrokenException"/>), a new one replaces it. Deaths of single workers are the pool's own
/// matter. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// await using var supervisor = new ProcessSupervisor();
/// SupervisedPool pools = supervisor.AddPool("pool", () => new ProcessPool(new() { Workers = 2, MaxDeathsPerMinute = 20 }));
/// ProcessPool pool = await pools.GetAsync(); // before each use: a pool that broke was replaced
/// int answer = await pool.RunAsync((a, b) => a * b, 6, 7);
/// </code>
/// </example>
[DebuggerDisplay("{Child}")]
public sealed class SupervisedPool
{
    private readonly PoolLife _life;

    internal SupervisedPool(PoolLife life, SupervisedChild child)
    {
        _life = life;
        Child = child;
    }

    /// <summary>Gets the child of the supervisor: its state, its restarts, its last death.</summary>
    public SupervisedChild Child { get; }

    /// <summary>Gets the pool that runs now, or waits for it. Do not keep it: after a restart it is another one.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The pool. Do not dispose it: its supervisor would count that as an end, and start another one if the child is permanent.</returns>
    /// <exception cref="InvalidOperationException">
    /// The child has ended for good or was removed, or the supervisor has given up. The task contains the exception.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The supervisor was disposed. The task contains the exception.</exception>
    public async ValueTask<ProcessPool> GetAsync(CancellationToken cancellationToken = default)
    {
        await Child.WaitRunningAsync(cancellationToken).ConfigureAwait(false);
        return _life.Pool!;
    }
}
