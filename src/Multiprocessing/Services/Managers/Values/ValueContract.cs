using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The calls of a managed value.</summary>
internal sealed class ValueContract<T>() : ManagedContract<ValueReferent<T>, IManagedValue<T>>(
    "ToString", "Get", "Set", "GetVersion", "ReplaceVersion", "Exchange", "CompareExchange", "Update")
{
    public const int Get = 1;
    public const int Set = 2;
    public const int GetVersion = 3;
    public const int ReplaceVersion = 4;
    public const int Exchange = 5;
    public const int CompareExchange = 6;
    public const int Update = 7;

    public override object CreateProxy(ProxyTarget target) => new ManagedValue<T>(target);

    protected override ValueTask Invoke(ValueReferent<T> referent, int member, IncomingCall call)
    {
        switch (member)
        {
            case Get:
                call.Return(referent.Get());
                break;
            case Set:
                referent.Set(call.Argument<T>());
                call.Return();
                break;
            case GetVersion:
                call.Return(referent.GetVersioned());
                break;
            case ReplaceVersion:
                call.Return(referent.ReplaceVersion(call.Argument<T>(), call.Argument<long>()));
                break;
            case Exchange:
                call.Return(referent.Exchange(call.Argument<T>()));
                break;
            case CompareExchange:
                call.Return(referent.CompareExchange(call.Argument<T>(), call.Argument<T>()));
                break;
            case Update:
                call.Return(referent.Update(call.Argument<Func<T, T>>()));
                break;
            default:
                throw NoMember(member);
        }

        return default;
    }
}
