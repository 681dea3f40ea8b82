using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The calls of a managed dictionary.</summary>
internal sealed class DictionaryContract<TKey, TValue>() : ManagedContract<DictionaryReferent<TKey, TValue>, IManagedDictionary<TKey, TValue>>(
    "ToString", "Count", "TryGet", "GetVersion", "ReplaceVersion", "Set", "SetMany", "TryAdd", "GetOrAdd", "TryUpdate", "Update", "AddOrUpdate",
    "Remove", "TryTakeAny", "Clear", "GetKeys", "GetValues", "GetValue", "ContainsKey")
    where TKey : notnull
{
    public const int Count = 1;
    public const int TryGet = 2;
    public const int GetVersion = 3;
    public const int ReplaceVersion = 4;
    public const int Set = 5;
    public const int SetMany = 6;
    public const int TryAdd = 7;
    public const int GetOrAdd = 8;
    public const int TryUpdate = 9;
    public const int Update = 10;
    public const int AddOrUpdate = 11;
    public const int Remove = 12;
    public const int TryTakeAny = 13;
    public const int Clear = 14;
    public const int GetKeys = 15;
    public const int GetValues = 16;
    public const int GetValue = 17;
    public const int ContainsKey = 18;

    public override object CreateProxy(ProxyTarget target) => new ManagedDictionary<TKey, TValue>(target);

    protected override ValueTask Invoke(DictionaryReferent<TKey, TValue> referent, int member, IncomingCall call)
    {
        switch (member)
        {
            case Count:
                call.Return(referent.Count);
                break;
            case TryGet:
                call.Return(referent.Find(call.Argument<TKey>()));
                break;
            case GetVersion:
                call.Return(referent.FindVersioned(call.Argument<TKey>()));
                break;
            case ReplaceVersion:
                call.Return(referent.ReplaceVersion(call.Argument<TKey>(), call.Argument<TValue>(), call.Argument<long>()));
                break;
            case Set:
                referent.Set(call.Argument<TKey>(), call.Argument<TValue>());
                call.Return();
                break;
            case SetMany:
                referent.SetMany(call.Argument<Many<Pair<TKey, TValue>>>().Items);
                call.Return();
                break;
            case TryAdd:
                call.Return(referent.TryAdd(call.Argument<TKey>(), call.Argument<TValue>()));
                break;
            case GetOrAdd:
                call.Return(referent.GetOrAdd(call.Argument<TKey>(), call.Argument<TValue>()));
                break;
            case TryUpdate:
                call.Return(referent.TryUpdate(call.Argument<TKey>(), call.Argument<TValue>(), call.Argument<TValue>()));
                break;
            case Update:
                call.Return(referent.Update(call.Argument<TKey>(), call.Argument<Func<TValue, TValue>>()));
                break;
            case AddOrUpdate:
                call.Return(referent.AddOrUpdate(call.Argument<TKey>(), call.Argument<TValue>(), call.Argument<Func<TValue, TValue>>()));
                break;
            case Remove:
                call.Return(referent.Remove(call.Argument<TKey>()));
                break;
            case TryTakeAny:
                call.Return(referent.TakeAny());
                break;
            case Clear:
                referent.Clear();
                call.Return();
                break;
            case GetKeys:
                call.Return(new Many<TKey>(referent.Keys()));
                break;
            case GetValues:
                call.Return(new Many<TValue>(referent.Values()));
                break;
            case GetValue:
                call.Return(new Many<Pair<TKey, TValue>>(referent.Snapshot()));
                break;
            case ContainsKey:
                call.Return(referent.Find(call.Argument<TKey>()).Has);
                break;
            default:
                throw NoMember(member);
        }

        return default;
    }
}
