namespace Multiprocessing;

/// <summary>
/// A supervised process with a body: each life is a new process object.
/// <para>
/// Between two lives no process may be left that holds a queue of the body, and a wait for that queue would fail as if no process could ever use it
/// again. So this process keeps a reference to every handle of the body, as it does for a child that is about to start, as long as a life may follow.
/// </para>
/// </summary>
internal sealed class SupervisedBody : ISupervisedChild
{
    /// <summary>
    /// How long the end of a process waits for its output to be delivered: a callback of the program that blocks must not keep the child from being
    /// started again.
    /// </summary>
    private static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(1);

    private readonly Func<ChildProcess> _create;
    private readonly Lock _gate = new();
    private ITravellingReference[] _kept = [];
    private volatile ChildProcess? _process;
    private volatile Task<ChildEnd>? _ended;

    /// <param name="create">Creates the process of a life.</param>
    /// <param name="isSameBody">
    /// Every process has the same body, and creating it starts nothing: a body that cannot cross is refused here.
    /// </param>
    /// <exception cref="NotSerializableException">The body cannot be sent to another process.</exception>
    public SupervisedBody(Func<ChildProcess> create, bool isSameBody)
    {
        _create = create;
        if (isSameBody)
        {
            Keep(create());
        }
    }

    public string Kind => "process";

    public int? ProcessId => _process is { IsAlive: true } process ? process.Id : null;

    public Task<ChildEnd> Ended => _ended ?? throw new InvalidOperationException("The child was not started.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var process = _create();
        try
        {
            Keep(process);
            if (process.State is ProcessState.Created)
            {
                process.Start();
            }
        }
        catch
        {
            process.Dispose(); // the program may have started it
            throw;
        }

        _process = process;
        var ended = _ended = EndAsync(process);
        using (LastResort.OnCancelled(cancellationToken, process, static process => process.Kill()))
        {
            await process.Begun;
        }

        if (cancellationToken.IsCancellationRequested || !process.HasBegun)
        {
            process.Kill();
            var end = await ended.ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw end.Failure ?? new InvalidOperationException($"Process '{process.Name}' ended before its body began.");
        }
    }

    public async Task StopAsync(TimeSpan grace)
    {
        if (_process is { } process)
        {
            process.Terminate(grace);
            _ = await Ended.ConfigureAwait(false);
        }
    }

    public void Kill() => _process?.Kill();

    public void Release() => Replace([]);

    private static async Task<ChildEnd> EndAsync(ChildProcess process)
    {
        var ended = new Milestone();
        process.WhenEnded(() => ended.Reach());
        await ended;
        _ = await process.DeliveredAsync(OutputPatience).ConfigureAwait(false);
        return new ChildEnd(process.Failure, process.Id);
    }

    /// <summary>The new references before the old ones are cancelled: the handles are never without one.</summary>
    private void Keep(ChildProcess process) => Replace(process.KeepHandles());

    private void Replace(ITravellingReference[] kept)
    {
        lock (_gate)
        {
            (_kept, kept) = (kept, _kept);
        }

        foreach (var reference in kept)
        {
            reference.Cancel();
        }
    }
}
