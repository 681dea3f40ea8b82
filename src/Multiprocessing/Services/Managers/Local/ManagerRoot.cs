using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>What the clients of a <see cref="ProcessManager"/> call first: object 0 of each channel.</summary>
internal sealed class ManagerRoot(Guid id, ManagedClientOwner client)
{
    public Guid Id => id;

    public ManagedObjects Objects => client.Objects;

    public CallChannel Channel => client.Channel!;
}

/// <summary>The calls of <see cref="ManagerRoot"/>. Values cross by the serializer of the build, so code of the program crosses, too.</summary>
internal sealed class ManagerRootContract() : ProxyContract(
    typeof(ManagerRoot), "ProcessManager", 1, "ToString", "Greet", "Create", "Share", "Attach")
{
    public const int Greet = 1;
    public const int Create = 2;
    public const int Share = 3;
    public const int Attach = 4;

    public static readonly ManagerRootContract Instance = new();

    public override object CreateProxy(ProxyTarget target) => new ManagerRootProxy(target);

    public override ValueTask InvokeAsync(object instance, int member, IncomingCall call)
    {
        var root = (ManagerRoot)instance;
        switch (member)
        {
            case Greet:
                call.Return(new ManagerGreeting(Environment.ProcessId, Session.Current.Self));
                break;
            case Create:
                call.Argument<ManagedMaker>().Return(call, root.Objects);
                break;
            case Share:
                call.Return(root.Objects.Share(call.Argument<long>()));
                break;
            case Attach:
                AttachNow(root, call);
                break;
            default:
                throw new InvalidOperationException($"A manager has no member {member}.");
        }

        return default;
    }

    /// <summary>The client has received a proxy from another process: counts its reference.</summary>
    private static void AttachNow(ManagerRoot root, IncomingCall call)
    {
        var id = call.Argument<long>();
        var exported = root.Objects.Find(id) ?? throw new ObjectDisposedException(
            null, $"Object {id} of the manager was removed: its proxy was on its way longer than any process referred to it.");
        root.Channel.Exports.Add(exported);
        call.Return(exported.Contract.Fingerprint);
    }
}

/// <summary>Calls <see cref="ManagerRoot"/>.</summary>
internal sealed class ManagerRootProxy(ProxyTarget target) : ProxyBase(target)
{
    public ValueTask<ManagerGreeting> GreetAsync(CancellationToken cancellationToken) =>
        Begin(ManagerRootContract.Greet).InvokeValueAsync<ManagerGreeting>(cancellationToken);

    public TInterface Create<TInterface, TReturned>(ManagedMaker maker)
        where TReturned : class
        where TInterface : class
    {
        var call = Begin(ManagerRootContract.Create);
        call.Argument(maker, "factory");
        return (TInterface)(object)call.InvokeProxied<TReturned>(CancellationToken.None)!;
    }

    public ProcessEvent Share(long id)
    {
        var call = Begin(ManagerRootContract.Share);
        call.Argument(id, nameof(id));
        return call.Invoke<ProcessEvent>(CancellationToken.None);
    }

    public ulong Attach(long id)
    {
        var call = Begin(ManagerRootContract.Attach);
        call.Argument(id, nameof(id));
        return call.Invoke<ulong>(CancellationToken.None);
    }
}
