using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The proxy of a managed dictionary.</summary>
internal sealed partial class ManagedDictionary<TKey, TValue>(ProxyTarget target)
    : ManagedProxy(target), IManagedDictionary<TKey, TValue>, IReferent<IManagedDictionary<TKey, TValue>>
    where TKey : notnull
{
    public int Count => Begin(DictionaryContract<TKey, TValue>.Count).Invoke<int>(CancellationToken.None);

    public TValue this[TKey key]
    {
        get => Get(key);
        set => Set(key, value);
    }

    public TValue Get(TKey key) => TryGet(key, out var value) ? value : throw ManagedErrors.MissingKey(key);

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var found = With(DictionaryContract<TKey, TValue>.TryGet, key).Invoke<Found<TValue>>(CancellationToken.None);
        value = found.Value;
        return found.Has;
    }

    public TValue GetValueOrDefault(TKey key, TValue defaultValue) => TryGet(key, out var value) ? value : defaultValue;

    public void Set(TKey key, TValue value) => With(DictionaryContract<TKey, TValue>.Set, key, value).Invoke(CancellationToken.None);

    public void SetMany(IEnumerable<KeyValuePair<TKey, TValue>> items) =>
        WithMany(items).Invoke(CancellationToken.None);

    public bool TryAdd(TKey key, TValue value) => With(DictionaryContract<TKey, TValue>.TryAdd, key, value).Invoke<bool>(CancellationToken.None);

    public TValue GetOrAdd(TKey key, TValue value) =>
        With(DictionaryContract<TKey, TValue>.GetOrAdd, key, value).Invoke<TValue>(CancellationToken.None);

    public bool TryUpdate(TKey key, TValue value, TValue comparison)
    {
        var call = With(DictionaryContract<TKey, TValue>.TryUpdate, key, value);
        call.Argument(comparison, nameof(comparison));
        return call.Invoke<bool>(CancellationToken.None);
    }

    public TValue Update(TKey key, Func<TValue, TValue> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return CodeCrosses
            ? WithUpdate(key, update).Invoke<TValue>(CancellationToken.None)
            : OptimisticUpdate.Run(
                () => ReadVersion(key), before => update(Present(key, before)), (value, version) => ReplaceVersion(key, value, version));
    }

    public TValue AddOrUpdate(TKey key, TValue initial, Func<TValue, TValue> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return CodeCrosses
            ? WithUpdate(key, initial, update).Invoke<TValue>(CancellationToken.None)
            : OptimisticUpdate.Run(
                () => ReadVersion(key), before => before.Version == 0 ? initial : update(before.Value),
                (value, version) => ReplaceVersion(key, value, version));
    }

    public bool Remove(TKey key) => Remove(key, out _);

    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var found = With(DictionaryContract<TKey, TValue>.Remove, key).Invoke<Found<TValue>>(CancellationToken.None);
        value = found.Value;
        return found.Has;
    }

    public bool TryTakeAny(out KeyValuePair<TKey, TValue> item)
    {
        var found = Begin(DictionaryContract<TKey, TValue>.TryTakeAny).Invoke<Found<Pair<TKey, TValue>>>(CancellationToken.None);
        item = new(found.Value.Key, found.Value.Value);
        return found.Has;
    }

    public bool ContainsKey(TKey key) => With(DictionaryContract<TKey, TValue>.ContainsKey, key).Invoke<bool>(CancellationToken.None);

    public void Clear() => Begin(DictionaryContract<TKey, TValue>.Clear).Invoke(CancellationToken.None);

    public TKey[] GetKeys() => Begin(DictionaryContract<TKey, TValue>.GetKeys).Invoke<Many<TKey>>(CancellationToken.None).Items;

    public TValue[] GetValues() => Begin(DictionaryContract<TKey, TValue>.GetValues).Invoke<Many<TValue>>(CancellationToken.None).Items;

    public Dictionary<TKey, TValue> GetValue() =>
        Copy(Begin(DictionaryContract<TKey, TValue>.GetValue).Invoke<Many<Pair<TKey, TValue>>>(CancellationToken.None).Items);

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => GetValue().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static Dictionary<TKey, TValue> Copy(Pair<TKey, TValue>[] items)
    {
        var copy = new Dictionary<TKey, TValue>(items.Length);
        foreach (var item in items)
        {
            copy[item.Key] = item.Value;
        }

        return copy;
    }

    private static TValue Present(TKey key, Versioned<TValue> before) => before.Version != 0 ? before.Value : throw ManagedErrors.MissingKey(key);

    private OutgoingCall With(int member, TKey key)
    {
        var call = Begin(member);
        call.Argument(key, nameof(key));
        return call;
    }

    private OutgoingCall With(int member, TKey key, TValue value)
    {
        var call = With(member, key);
        call.Argument(value, nameof(value));
        return call;
    }

    private OutgoingCall WithMany(IEnumerable<KeyValuePair<TKey, TValue>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        Pair<TKey, TValue>[] pairs = [.. items.Select(static item => new Pair<TKey, TValue>(item.Key, item.Value))];
        var call = Begin(DictionaryContract<TKey, TValue>.SetMany);
        call.Argument(new Many<Pair<TKey, TValue>>(pairs), nameof(items));
        return call;
    }

    private OutgoingCall WithUpdate(TKey key, Func<TValue, TValue> update)
    {
        var call = With(DictionaryContract<TKey, TValue>.Update, key);
        call.Argument(update, nameof(update));
        return call;
    }

    private OutgoingCall WithUpdate(TKey key, TValue initial, Func<TValue, TValue> update)
    {
        var call = With(DictionaryContract<TKey, TValue>.AddOrUpdate, key, initial);
        call.Argument(update, nameof(update));
        return call;
    }

    private OutgoingCall WithVersion(TKey key, TValue value, long version)
    {
        var call = With(DictionaryContract<TKey, TValue>.ReplaceVersion, key, value);
        call.Argument(version, nameof(version));
        return call;
    }

    private Versioned<TValue> ReadVersion(TKey key) =>
        With(DictionaryContract<TKey, TValue>.GetVersion, key).Invoke<Versioned<TValue>>(CancellationToken.None);

    private bool ReplaceVersion(TKey key, TValue value, long version) => WithVersion(key, value, version).Invoke<bool>(CancellationToken.None);
}
