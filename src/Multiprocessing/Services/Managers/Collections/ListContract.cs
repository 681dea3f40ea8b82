using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The calls of a managed list.</summary>
internal sealed class ListContract<T>() : ManagedContract<ListReferent<T>, IManagedList<T>>(
    "ToString", "Count", "Get", "GetVersion", "ReplaceVersion", "Set", "Add", "AddRange", "Insert", "RemoveAt", "Remove", "Take", "IndexOf", "Clear",
    "Reverse", "Sort", "Update", "GetRange", "GetValue")
{
    public const int Count = 1;
    public const int Get = 2;
    public const int GetVersion = 3;
    public const int ReplaceVersion = 4;
    public const int Set = 5;
    public const int Add = 6;
    public const int AddRange = 7;
    public const int Insert = 8;
    public const int RemoveAt = 9;
    public const int Remove = 10;
    public const int Take = 11;
    public const int IndexOf = 12;
    public const int Clear = 13;
    public const int Reverse = 14;
    public const int Sort = 15;
    public const int Update = 16;
    public const int GetRange = 17;
    public const int GetValue = 18;

    public override object CreateProxy(ProxyTarget target) => new ManagedList<T>(target);

    protected override ValueTask Invoke(ListReferent<T> referent, int member, IncomingCall call)
    {
        switch (member)
        {
            case Count:
                call.Return(referent.Count);
                break;
            case Get:
                call.Return(referent.Get(call.Argument<int>()));
                break;
            case GetVersion:
                call.Return(referent.GetVersioned(call.Argument<int>()));
                break;
            case ReplaceVersion:
                call.Return(referent.ReplaceVersion(call.Argument<int>(), call.Argument<T>(), call.Argument<long>()));
                break;
            case Set:
                referent.Set(call.Argument<int>(), call.Argument<T>());
                call.Return();
                break;
            case Add:
                referent.Add(call.Argument<T>());
                call.Return();
                break;
            case AddRange:
                referent.AddRange(call.Argument<Many<T>>().Items);
                call.Return();
                break;
            case Insert:
                referent.Insert(call.Argument<int>(), call.Argument<T>());
                call.Return();
                break;
            case RemoveAt:
                referent.RemoveAt(call.Argument<int>());
                call.Return();
                break;
            case Remove:
                call.Return(referent.Remove(call.Argument<T>()));
                break;
            case Take:
                call.Return(referent.Take(call.Argument<int>()));
                break;
            case IndexOf:
                call.Return(referent.IndexOf(call.Argument<T>()));
                break;
            case Clear:
                referent.Clear();
                call.Return();
                break;
            case Reverse:
                referent.Reverse();
                call.Return();
                break;
            case Sort:
                referent.Sort();
                call.Return();
                break;
            case Update:
                call.Return(referent.Update(call.Argument<int>(), call.Argument<Func<T, T>>()));
                break;
            case GetRange:
                call.Return(new Many<T>(referent.Range(call.Argument<int>(), call.Argument<int>())));
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
