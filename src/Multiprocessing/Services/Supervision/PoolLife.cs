namespace Multiprocessing;

/// <summary>A supervised pool: each life is a new pool. It ends when it breaks, or when the program disposes it.</summary>
internal sealed class PoolLife(Func<ProcessPool> create) : ISupervisedChild
{
    private volatile ProcessPool? _pool;
    private volatile Task<ChildEnd>? _ended;

    public string Kind => "pool";

    public int? ProcessId => null;

    /// <summary>Gets the pool of the current life; the last one between two lives.</summary>
    public ProcessPool? Pool => _pool;

    public Task<ChildEnd> Ended => _ended ?? throw new InvalidOperationException("The pool was not started.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pool = create();
        try
        {
            // A pool whose workers cannot start breaks here, and not at the first task.
            await pool.WarmUpAsync(pool.Core.Options.MinWorkers, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        _pool = pool;
        _ended = EndAsync(pool);
    }

    public async Task StopAsync(TimeSpan grace)
    {
        if (_pool is not { } pool)
        {
            return;
        }

        var disposed = pool.DisposeAsync().AsTask();
        if (grace != Timeout.InfiniteTimeSpan)
        {
            using var timer = LastResort.NewTimer(EntryPoint.SupervisorTimer, grace, pool.KillWorkers);
            await disposed.ConfigureAwait(false);
        }
        else
        {
            await disposed.ConfigureAwait(false);
        }

        _ = await Ended.ConfigureAwait(false);
    }

    public void Kill()
    {
        if (_pool is { } pool)
        {
            LastResort.Queue(
                EntryPoint.SupervisorWork,
                pool,
                static pool =>
                {
                    _ = pool.DisposeAsync();
                    pool.KillWorkers();
                },
                static (pool, _) => pool.KillWorkers());
        }
    }

    public void Release()
    {
    }

    private static async Task<ChildEnd> EndAsync(ProcessPool pool)
    {
        await pool.Core.Failed;
        var failure = pool.Core.BrokenBy;
        await pool.DisposeAsync().ConfigureAwait(false); // its workers have ended before the next pool starts
        return new ChildEnd(failure);
    }
}
