using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>Creates an object in the manager and returns it to the caller. It crosses to the manager with its delegates.</summary>
internal abstract class ManagedMaker
{
    public abstract void Return(IncomingCall call, ManagedObjects objects);
}

/// <summary>Creates an object of a built-in type.</summary>
internal sealed class BuiltInMaker<TInterface>(Func<IReferent<TInterface>> create, Func<ProxyContract> contract) : ManagedMaker
    where TInterface : class
{
    public override void Return(IncomingCall call, ManagedObjects objects)
    {
        ProxyContracts.Register(contract());
        call.ReturnProxied(create());
    }
}

/// <summary>Creates an object of the program.</summary>
internal sealed class ProgramMaker<TInterface>(Func<TInterface> create) : ManagedMaker
    where TInterface : class
{
    public override void Return(IncomingCall call, ManagedObjects objects) => objects.Create(call, create, typeof(TInterface).ToString());
}
