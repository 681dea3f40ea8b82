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

    /// <summary>How often objects without clients are removed, and how long what is missing for a new client may stay missing.</summary>
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(1);

    private readonly ManagedObjects _objects = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<ManagedClientOwner> _clients = [];

    /// <summary>The body of the manager's process.</summary>
    /// <param name="id">The manager.</param>
    /// <param name="joins">Processes that want to become clients; the first one is the process that started the manager.</param>
    public static void Run(Guid id, ProcessQueue<ManagerJoin> joins) => new ManagerHost(id, joins).Run();

    private void Run()
    {
        using var stopping = LastResort.OnCancelled(CurrentProcess.Stopping, _stop, static source => source.Cancel());
        try
        {
            // An error of this one ends the process, and so the start, which waits for it.
            Accept(joins.Get(_stop.Token), isFirst: true);
            while (true)
            {
                RunRound();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped by the process that started it, or by a signal.
        }

        _objects.Dispose();
    }

    /// <summary>
    /// Descriptors, memory or threads may be short for a while: the clients that are there keep their objects. Only the end of the process that
    /// started the manager ends the queue of clients, and the manager with it.
    /// </summary>
    private void RunRound()
    {
        try
        {
            if (joins.TryGet(out var join, RoundTime, _stop.Token))
            {
                TryAccept(join);
            }

            _objects.Sweep();
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or QueueAbandonedException))
        {
            ManagerLog.RoundFailed(exception);
            _stop.Token.WaitHandle.WaitOne(RoundTime);
        }
    }

    private void TryAccept(ManagerJoin join)
    {
        try
        {
            Accept(join, isFirst: false);
        }
        catch (Exception exception)
        {
            // One client must not end the objects of all others.
            ManagerLog.ClientRejected(exception, $"{join.ProcessName} (pid {join.ProcessId})");
        }
    }

    /// <summary>Serves a client. If this throws, its process finds the pipe closed.</summary>
    private void Accept(ManagerJoin join, bool isFirst)
    {
        CallChannel? channel = null;
        try
        {
            channel = Open(join, isFirst, out var client);
            Serve(channel, client);
        }
        catch
        {
            channel?.Dispose();
            join.Connection.Dispose();
            throw;
        }
    }

    private CallChannel Open(ManagerJoin join, bool isFirst, out ManagedClient client)
    {
        client = new ManagedClient(join.ProcessId, $"{join.ProcessName} (pid {join.ProcessId})");
        var owner = new ManagedClientOwner(client, _objects, isFirst ? _ => _stop.Cancel() : null, Forget);
        var channel = new CallChannel(join.Connection.Transport, SameBuildPayload.Instance, new ManagerScheduler(MaxCalls), owner);
        owner.Channel = channel;
        channel.Exports.Add(new ExportedObject(0, new ManagerRoot(id, owner), ManagerRootContract.Instance));
        lock (_clients)
        {
            _clients.Add(owner);
        }

        return channel;
    }

    private static void Serve(CallChannel channel, ManagedClient client) => LastResort.NewThread(
        EntryPoint.ServiceRead, $"manager client {client.ProcessId}",
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

    private void Forget(ManagedClientOwner owner)
    {
        lock (_clients)
        {
            _clients.Remove(owner);
        }
    }
}
