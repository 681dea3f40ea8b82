namespace Multiprocessing;

/// <summary>A key and its value. A struct of this library, because code for it is compiled ahead of time.</summary>
internal struct HashItem<TKey, TValue>(TKey key, TValue value)
{
    public TKey Key = key;
    public TValue Value = value;

    public static HashItem<TKey, TValue>[] From(ICollection<KeyValuePair<TKey, TValue>> pairs)
    {
        var items = new PrecompiledList<HashItem<TKey, TValue>>();
        foreach (var pair in pairs)
        {
            items.Add(new HashItem<TKey, TValue>(pair.Key, pair.Value));
        }

        return items.ToArray();
    }

    public static IEnumerable<KeyValuePair<TKey, TValue>> Pairs(HashItem<TKey, TValue>[] items)
    {
        foreach (var item in items)
        {
            yield return new KeyValuePair<TKey, TValue>(item.Key, item.Value);
        }
    }
}
