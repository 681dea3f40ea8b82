using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>
/// The process of a <see cref="ProcessManager"/>. Its main thread takes connections of clients out of a queue; each client has a thread that reads
/// its calls and runs those of built-in types.
/// </summary>
internal sealed class ManagerHost(Guid id, ProcessQueue<ManagerJoin> joins)
{
    /// <summary>Calls of one client that run or wait at the same time: far more than threads of one process make.</summary>
    private const int MaxCalls = 100_000;

    private readonly ManagedObjects _objects = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<ManagedClientOwner> _clients = [];

    /// <summary>The body of the manager's process.</summary>
    /// <param name="id">The manager.</param>
    /// <param name="joins">Processes that want to become clients; the first one is the process that started the manager.</param>
    public static void Run(Guid id, ProcessQueue<ManagerJoin> joins) => new ManagerHost(id, joins).Run();

    private void Run()
    {
        var isFirst = true;
        using var stopping = LastResort.OnCancelled(CurrentProcess.Stopping, _stop, static source => source.Cancel());
        try
        {
            while (true)
            {
                if (joins.TryGet(out var join, TimeSpan.FromSeconds(1), _stop.Token))
                {
                    Accept(join, isFirst);
                    isFirst = false;
                }

                _objects.Sweep();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped by the process that started it, or by a signal.
        }

        _objects.Dispose();
    }

    private void Accept(ManagerJoin join, bool isFirst)
    {
        var client = new ManagedClient(join.ProcessId, $"{join.ProcessName} (pid {join.ProcessId})");
        var owner = new ManagedClientOwner(client, _objects, isFirst ? _ => _stop.Cancel() : null, Forget);
        var channel = new CallChannel(join.Connection.Transport, SameBuildPayload.Instance, new ManagerScheduler(MaxCalls), owner);
        owner.Channel = channel;
        channel.Exports.Add(new ExportedObject(0, new ManagerRoot(id, owner), ManagerRootContract.Instance));
        lock (_clients)
        {
            _clients.Add(owner);
        }

        LastResort.NewThread(
            EntryPoint.ServiceRead, $"manager client {join.ProcessId}",
            () =>
            {
                channel.Serve();
                channel.Dispose();
            },
            exception =>
            {
                ManagerLog.ClientRejected(exception, client.ToString());
                channel.Dispose();
            }).Start();
    }

    private void Forget(ManagedClientOwner owner)
    {
        lock (_clients)
        {
            _clients.Remove(owner);
        }
    }
}
