using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>What the clients of a <see cref="ManagerServer"/> call first: object 0 of each channel.</summary>
internal sealed class ServerRoot(ManagerServer server, ManagedClientOwner client)
{
    public ManagerServer Server => server;

    public ManagedObjects Objects => client.Objects;

    public CallChannel Channel => client.Channel!;
}

/// <summary>
/// The calls of <see cref="ServerRoot"/>: look up a name, and open it. Nothing here names a type or carries code; a name that the server has not
/// registered opens nothing.
/// </summary>
internal sealed class ServerRootContract() : ProxyContract(typeof(ServerRoot), "ManagerServer", Version, "ToString", "Describe", "Open", "GetNames")
{
    /// <summary>Changes with the meaning of any message of managers.</summary>
    public const ulong Version = 1;

    public const int Describe = 1;
    public const int Open = 2;
    public const int GetNames = 3;

    public static readonly ServerRootContract Instance = new();

    public override object CreateProxy(ProxyTarget target) => new ServerRootProxy(target);

    public override ValueTask InvokeAsync(object instance, int member, IncomingCall call)
    {
        var root = (ServerRoot)instance;
        switch (member)
        {
            case Describe:
                var contract = root.Server.Find(call.Argument<string>()).Contract;
                call.Return(new Pair<string, ulong>(contract.Name, contract.Fingerprint));
                break;
            case Open:
                OpenNow(root, call);
                break;
            case GetNames:
                call.Return(new Many<string>(root.Server.Names()));
                break;
            default:
                throw new InvalidOperationException($"A manager has no member {member}: the client was built from another version.");
        }

        return default;
    }

    private static void OpenNow(ServerRoot root, IncomingCall call)
    {
        var registration = root.Server.Find(call.Argument<string>());
        if (root.Channel.Exports.Count > root.Server.MaxObjectsPerClient)
        {
            throw new InvalidOperationException(
                $"The client refers to {root.Server.MaxObjectsPerClient} objects of the manager, which is the limit. "
                + "Dispose proxies that it does not need.");
        }

        registration.Return(call, root.Objects);
    }
}

/// <summary>Calls <see cref="ServerRoot"/>.</summary>
internal sealed class ServerRootProxy(ProxyTarget target) : ProxyBase(target)
{
    /// <summary>Opens an object, after the check that both programs mean the same interface.</summary>
    public TInterface Open<TInterface, TReturned>(string name, ProxyContract contract)
        where TReturned : class
        where TInterface : class
    {
        ArgumentNullException.ThrowIfNull(name);
        var found = With(ServerRootContract.Describe, name).Invoke<Pair<string, ulong>>(CancellationToken.None);
        if (found.Key != contract.Name || found.Value != contract.Fingerprint)
        {
            throw new ManagerContractException(name, contract.Name, found.Key);
        }

        return (TInterface)(object)With(ServerRootContract.Open, name).InvokeProxied<TReturned>(CancellationToken.None)!;
    }

    public ValueTask<Many<string>> GetNamesAsync(CancellationToken cancellationToken) =>
        Begin(ServerRootContract.GetNames).InvokeValueAsync<Many<string>>(cancellationToken);

    private OutgoingCall With(int member, string name)
    {
        var call = Begin(member);
        call.Argument(name, nameof(name));
        return call;
    }
}
