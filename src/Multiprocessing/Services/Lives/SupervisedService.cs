namespace Multiprocessing;

/// <summary>
/// A service whose lives a supervisor begins and ends. Its proxy is that of all lives: calls between two lives wait or fail, as chosen. As for a
/// body,
/// this process keeps a reference to every handle of the factory while a life may follow (<see cref="SupervisedBody"/>).
/// </summary>
internal sealed class SupervisedService(ServiceClient client, ITravellingReference[] kept) : ISupervisedChild
{
    private ITravellingReference[] _kept = kept;
    private volatile ServiceInstance? _instance;
    private volatile Task<ChildEnd>? _ended;

    public string Kind => $"service {client.Contract.InterfaceType.Name}";

    public int? ProcessId => _instance is { Ended.IsCompleted: false } instance ? instance.ProcessId : null;

    public Task<ChildEnd> Ended => _ended ?? throw new InvalidOperationException("The service was not started.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var instance = await client.BeginLifeAsync(cancellationToken).ConfigureAwait(false);
        _instance = instance;
        _ended = EndAsync(instance);
    }

    public async Task StopAsync(TimeSpan grace)
    {
        if (_instance is { } instance)
        {
            client.EndLife(instance);
            await instance.StopAsync(grace, CancellationToken.None).ConfigureAwait(false);
        }
    }

    public void Kill() => _instance?.Kill();

    public void Release()
    {
        client.EndForGood();
        foreach (var reference in Interlocked.Exchange(ref _kept, []))
        {
            reference.Cancel();
        }
    }

    private static async Task<ChildEnd> EndAsync(ServiceInstance instance)
    {
        await instance.Ended.ConfigureAwait(false);
        return new ChildEnd(
            instance.WasAskedToStop && instance.Status.IsSuccess ? null : instance.Died("a member", wasSent: false), instance.ProcessId);
    }
}
