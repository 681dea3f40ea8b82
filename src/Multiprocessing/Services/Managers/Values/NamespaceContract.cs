using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The calls of a managed namespace.</summary>
internal sealed class NamespaceContract() : ManagedContract<NamespaceReferent, IManagedNamespace>(
    "ToString", "TryGet", "Set", "GetVersion", "ReplaceVersion", "Remove", "GetNames", "GetValue")
{
    public const int TryGet = 1;
    public const int Set = 2;
    public const int GetVersion = 3;
    public const int ReplaceVersion = 4;
    public const int Remove = 5;
    public const int GetNames = 6;
    public const int GetValue = 7;

    public override object CreateProxy(ProxyTarget target) => new ManagedNamespace(target);

    protected override ValueTask Invoke(NamespaceReferent referent, int member, IncomingCall call)
    {
        switch (member)
        {
            case TryGet:
                call.Return(referent.Find(Name(call)));
                break;
            case Set:
                referent.Set(Name(call), call.Argument<AnyValue>());
                call.Return();
                break;
            case GetVersion:
                call.Return(referent.FindVersioned(Name(call)));
                break;
            case ReplaceVersion:
                call.Return(referent.ReplaceVersion(Name(call), call.Argument<AnyValue>(), call.Argument<long>()));
                break;
            case Remove:
                call.Return(referent.Remove(Name(call)));
                break;
            case GetNames:
                call.Return(new Many<string>(referent.Names()));
                break;
            case GetValue:
                call.Return(new Many<Pair<string, AnyValue>>(referent.Snapshot()));
                break;
            default:
                throw NoMember(member);
        }

        return default;
    }

    private static new string Name(IncomingCall call) =>
        call.Argument<string>() ?? throw new ArgumentException("The name of a value of a managed namespace is null.");
}
