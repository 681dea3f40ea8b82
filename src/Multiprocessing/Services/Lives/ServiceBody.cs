using System.Runtime.CompilerServices;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>
/// What the process of a service runs: creates the object, serves calls until it is asked to stop or its client has ended, disposes it.
/// </summary>
internal sealed class ServiceBody<T>(Delegate factory, Connection connection, int maxConcurrency, Type contract)
    where T : class
{
    public void Run()
    {
        RuntimeHelpers.RunModuleConstructor(contract.Module.ModuleHandle);
        var scheduler = new LimitedScheduler(maxConcurrency);
        using var channel = new CallChannel(connection.Transport, SameBuildPayload.Instance, scheduler, ServiceHost.Instance);
        using var host = new ServiceLoop(channel, scheduler);
        T instance;
        try
        {
            instance = Create();
        }
        catch (Exception exception)
        {
            channel.SendReady(exception);
            return;
        }

        try
        {
            channel.Exports.Add(new ExportedObject(0, instance, ProxyContracts.For<T>(factory.Method.Module.Assembly)));
            channel.SendReady(null);
            host.Run();
        }
        finally
        {
            Dispose(instance);
        }
    }

    private T Create()
    {
        var instance = factory switch
        {
            Func<T> create => create(),
            Func<Task<T>> create => create().GetAwaiter().GetResult(),
            _ => throw new InvalidOperationException($"{factory.GetType()} creates no service."),
        };
        return instance ?? throw new InvalidOperationException($"The factory of the service returned null in place of a {typeof(T)}.");
    }

    private static void Dispose(T instance)
    {
        switch (instance)
        {
            case IAsyncDisposable disposable:
                disposable.DisposeAsync().AsTask().GetAwaiter().GetResult();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }
}

/// <summary>The main thread of a service's process, from the creation of the object to its disposal.</summary>
internal sealed class ServiceLoop : IDisposable
{
    private readonly CallChannel _channel;
    private readonly CancellationTokenRegistration _stopping;

    public ServiceLoop(CallChannel channel, LimitedScheduler scheduler)
    {
        _channel = channel;
        channel.Drained = scheduler.WhenIdle;
        _stopping = LastResort.OnCancelled(CurrentProcess.Stopping, channel, static channel => channel.StopServing());
    }

    public void Run() => _channel.Serve();

    public void Dispose() => _stopping.Dispose();
}

/// <summary>The client, seen from its service.</summary>
internal sealed class ServiceHost : ChannelOwner
{
    public static readonly ServiceHost Instance = new();

    public override string Description => $"the client of service '{CurrentProcess.Name}'";

    public override Exception Died(string member, bool wasSent) => new ConnectionClosedException(
        $"{member} was called in {Description}, which {(wasSent ? "ended during the call" : "has ended")}.");

    public override void OnEnded(CallChannel channel) => channel.FailCalls();
}
