using Multiprocessing.Proxies;

namespace Multiprocessing.Tests.Services.Calls;

/// <summary>The two ends of a channel in this process, each over a transport that a test can make fail: a client, and the loop of a service.</summary>
internal sealed class ChannelPair : IDisposable
{
    private readonly Thread _serving;

    public ChannelPair(int maxConcurrency = 8)
    {
        var (mine, theirs) = ProcessPipe.CreateTransports();
        ClientSide = new FaultyTransport(mine);
        ServerSide = new FaultyTransport(theirs);
        Client = new CallChannel(ClientSide, SameBuildPayload.Instance, UnlimitedScheduler.Instance, new Owner("the service"));
        Server = new CallChannel(ServerSide, SameBuildPayload.Instance, new LimitedScheduler(maxConcurrency), new Owner("the client"));
        var contract = ProxyContracts.For<IDesk>(typeof(IDesk).Assembly);
        Server.Exports.Add(new ExportedObject(0, Desk, contract));
        Proxy = (IDesk)contract.CreateProxy(new ObjectTarget(Client, contract, 0));
        _serving = new Thread(Serve) { IsBackground = true, Name = "service" };
        _serving.Start();
    }

    public Desk Desk { get; } = new();

    public IDesk Proxy { get; }

    public FaultyTransport ClientSide { get; }

    public FaultyTransport ServerSide { get; }

    public CallChannel Client { get; }

    public CallChannel Server { get; }

    /// <summary>Gets what the loop of the service has thrown; null while it runs, and if it has ended in order.</summary>
    public Exception? ServeFailure { get; private set; }

    /// <summary>Waits for the end of the service's loop.</summary>
    public void WaitForServer()
    {
        if (!_serving.Join(TimeSpan.FromSeconds(20)))
        {
            throw new TimeoutException("The loop of the service has not ended.");
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        Client.FailCalls();
        WaitForServer();
    }

    private void Serve()
    {
        try
        {
            Server.Serve();
        }
        catch (Exception exception)
        {
            ServeFailure = exception;
        }

        Server.Dispose();
        Server.FailCalls();
    }

    private sealed class Owner(string description) : ChannelOwner
    {
        public override string Description => description;

        public override Exception Died(string member, bool wasSent) => new ConnectionClosedException($"{member} found {description} gone.");

        public override void OnEnded(CallChannel channel) => Task.Run(() =>
        {
            channel.Dispose();
            channel.FailCalls();
        });
    }
}
