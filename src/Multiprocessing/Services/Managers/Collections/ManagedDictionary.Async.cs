namespace Multiprocessing;

internal sealed partial class ManagedDictionary<TKey, TValue>
{
    public async ValueTask<TValue> GetAsync(TKey key, CancellationToken cancellationToken = default) =>
        await TryGetAsync(key, cancellationToken).ConfigureAwait(false) is (true, var value) ? value! : throw ManagedErrors.MissingKey(key);

    public async ValueTask<(bool Found, TValue? Value)> TryGetAsync(TKey key, CancellationToken cancellationToken = default)
    {
        var found = await With(DictionaryContract<TKey, TValue>.TryGet, key).InvokeValueAsync<Found<TValue>>(cancellationToken).ConfigureAwait(false);
        return (found.Has, found.Value);
    }

    public ValueTask SetAsync(TKey key, TValue value, CancellationToken cancellationToken = default) =>
        With(DictionaryContract<TKey, TValue>.Set, key, value).InvokeValueAsync(cancellationToken);

    public ValueTask SetManyAsync(IEnumerable<KeyValuePair<TKey, TValue>> items, CancellationToken cancellationToken = default) =>
        WithMany(items).InvokeValueAsync(cancellationToken);

    public ValueTask<bool> TryAddAsync(TKey key, TValue value, CancellationToken cancellationToken = default) =>
        With(DictionaryContract<TKey, TValue>.TryAdd, key, value).InvokeValueAsync<bool>(cancellationToken);

    public ValueTask<TValue> GetOrAddAsync(TKey key, TValue value, CancellationToken cancellationToken = default) =>
        With(DictionaryContract<TKey, TValue>.GetOrAdd, key, value).InvokeValueAsync<TValue>(cancellationToken);

    public ValueTask<TValue> UpdateAsync(TKey key, Func<TValue, TValue> update, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        return CodeCrosses
            ? WithUpdate(key, update).InvokeValueAsync<TValue>(cancellationToken)
            : OptimisticUpdate.RunAsync(
                () => ReadVersionAsync(key, cancellationToken), before => update(Present(key, before)),
                (value, version) => WithVersion(key, value, version).InvokeValueAsync<bool>(cancellationToken));
    }

    public ValueTask<TValue> AddOrUpdateAsync(
        TKey key, TValue initial, Func<TValue, TValue> update, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        return CodeCrosses
            ? WithUpdate(key, initial, update).InvokeValueAsync<TValue>(cancellationToken)
            : OptimisticUpdate.RunAsync(
                () => ReadVersionAsync(key, cancellationToken), before => before.Version == 0 ? initial : update(before.Value),
                (value, version) => WithVersion(key, value, version).InvokeValueAsync<bool>(cancellationToken));
    }

    public async ValueTask<(bool Found, TValue? Value)> RemoveAsync(TKey key, CancellationToken cancellationToken = default)
    {
        var found = await With(DictionaryContract<TKey, TValue>.Remove, key).InvokeValueAsync<Found<TValue>>(cancellationToken).ConfigureAwait(false);
        return (found.Has, found.Value);
    }

    public ValueTask<bool> ContainsKeyAsync(TKey key, CancellationToken cancellationToken = default) =>
        With(DictionaryContract<TKey, TValue>.ContainsKey, key).InvokeValueAsync<bool>(cancellationToken);

    public async ValueTask<Dictionary<TKey, TValue>> GetValueAsync(CancellationToken cancellationToken = default) =>
        Copy((await Begin(DictionaryContract<TKey, TValue>.GetValue).InvokeValueAsync<Many<Pair<TKey, TValue>>>(cancellationToken)
            .ConfigureAwait(false)).Items);

    private ValueTask<Versioned<TValue>> ReadVersionAsync(TKey key, CancellationToken cancellationToken) =>
        With(DictionaryContract<TKey, TValue>.GetVersion, key).InvokeValueAsync<Versioned<TValue>>(cancellationToken);
}
