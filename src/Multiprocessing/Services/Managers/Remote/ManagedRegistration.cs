using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>What a server has under a name: one object for all clients, or a factory.</summary>
internal abstract class ManagedRegistration(ProxyContract contract)
{
    public ProxyContract Contract => contract;

    public abstract void Return(IncomingCall call, ManagedObjects objects);
}

/// <summary>One object for all clients. It lives as long as the server.</summary>
internal sealed class SharedRegistration<T>(ProxyContract contract, T instance) : ManagedRegistration(contract)
    where T : class
{
    public override void Return(IncomingCall call, ManagedObjects objects) => call.ReturnProxied(instance);
}

/// <summary>An object of its own for each call. It is disposed when its client releases it or ends.</summary>
internal sealed class FactoryRegistration<T>(ProxyContract contract, Func<T> create) : ManagedRegistration(contract)
    where T : class
{
    public override void Return(IncomingCall call, ManagedObjects objects) => objects.Create(call, create, Contract.Name);
}
