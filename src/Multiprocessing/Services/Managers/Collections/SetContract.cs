using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The calls of a managed set.</summary>
internal sealed class SetContract<T>() : ManagedContract<SetReferent<T>, IManagedSet<T>>(
    "ToString", "Count", "Add", "Remove", "Contains", "TryTakeAny", "Clear", "Combine", "Compare", "GetValue")
{
    public const int Count = 1;
    public const int Add = 2;
    public const int Remove = 3;
    public const int Contains = 4;
    public const int TryTakeAny = 5;
    public const int Clear = 6;
    public const int Combine = 7;
    public const int Compare = 8;
    public const int GetValue = 9;

    public override object CreateProxy(ProxyTarget target) => new ManagedSet<T>(target);

    protected override ValueTask Invoke(SetReferent<T> referent, int member, IncomingCall call)
    {
        switch (member)
        {
            case Count:
                call.Return(referent.Count);
                break;
            case Add:
                call.Return(referent.Add(call.Argument<T>()));
                break;
            case Remove:
                call.Return(referent.Remove(call.Argument<T>()));
                break;
            case Contains:
                call.Return(referent.Contains(call.Argument<T>()));
                break;
            case TryTakeAny:
                call.Return(referent.TakeAny());
                break;
            case Clear:
                referent.Clear();
                call.Return();
                break;
            case Combine:
                referent.Combine((SetChange)call.Argument<int>(), call.Argument<Many<T>>().Items);
                call.Return();
                break;
            case Compare:
                call.Return(referent.Compare((SetRelation)call.Argument<int>(), call.Argument<Many<T>>().Items));
                break;
            case GetValue:
                call.Return(new Many<T>(referent.Snapshot()));
                break;
            default:
                throw NoMember(member);
        }

        return default;
    }
}
