namespace Multiprocessing;

/// <summary>A supervisor as the child of another one. Its table of children stays from life to life; its count of restarts begins anew.</summary>
internal sealed class NestedSupervisor(SupervisorCore core) : ISupervisedChild
{
    public SupervisorCore Core { get; } = core;

    public string Kind => "supervisor";

    public int? ProcessId => null;

    public Task<ChildEnd> Ended => Core.Ended;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Core.Begin();
        var ended = Core.Ended;
        var started = Core.WhenStarted();
        using (LastResort.OnCancelled(cancellationToken, Core, static core => core.BeginStop(isFinal: false)))
        {
            await Task.WhenAny(started, ended).ConfigureAwait(false);
        }

        if (started.IsCompletedSuccessfully && !cancellationToken.IsCancellationRequested)
        {
            return;
        }

        _ = started.Exception; // observed: how the life ended says more
        Core.BeginStop(isFinal: false);
        var end = await ended.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        throw end.Failure ?? new ObjectDisposedException(Core.Name, $"Supervisor '{Core.Name}' was disposed while it started.");
    }

    public async Task StopAsync(TimeSpan grace)
    {
        Core.BeginStop(isFinal: false);
        if (grace == Timeout.InfiniteTimeSpan)
        {
            _ = await Core.Ended.ConfigureAwait(false);
            return;
        }

        using var timer = LastResort.NewTimer(EntryPoint.SupervisorTimer, grace, Core.Kill);
        _ = await Core.Ended.ConfigureAwait(false);
    }

    public void Kill() => Core.Kill();

    public void Release()
    {
    }
}
