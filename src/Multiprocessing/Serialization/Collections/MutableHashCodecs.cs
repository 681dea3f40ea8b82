using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

internal sealed class DictionaryCodec<TKey, TValue>(Type type)
    : HashCodec<Dictionary<TKey, TValue>, TKey, HashItem<TKey, TValue>>(type, isSealed: false)
    where TKey : notnull
{
    protected override object? ComparerOf(Dictionary<TKey, TValue> collection) => NotDefault(collection.Comparer);

    protected override HashItem<TKey, TValue>[] ItemsOf(Dictionary<TKey, TValue> collection) => HashItem<TKey, TValue>.From(collection);

    protected override void WriteItems(GraphWriter writer, Dictionary<TKey, TValue> collection)
    {
        writer.Out.WriteVarint((uint)collection.Count);
        foreach (var item in collection)
        {
            var copy = new HashItem<TKey, TValue>(item.Key, item.Value);
            LocationCodec<HashItem<TKey, TValue>>.Write(writer, ref copy);
        }
    }

    protected override void Initialize(Dictionary<TKey, TValue> collection, int count, object? comparer) =>
        Constructors<TKey, TValue>.Initialize(collection, count, (IEqualityComparer<TKey>?)comparer);

    protected override void Add(Dictionary<TKey, TValue> collection, HashItem<TKey, TValue> item) => collection.Add(item.Key, item.Value);
}

internal sealed class HashSetCodec<T>(Type type) : HashCodec<HashSet<T>, T, T>(type, isSealed: false)
{
    protected override object? ComparerOf(HashSet<T> collection) => NotDefault(collection.Comparer);

    protected override T[] ItemsOf(HashSet<T> collection) => [.. collection];

    protected override void WriteItems(GraphWriter writer, HashSet<T> collection)
    {
        writer.Out.WriteVarint((uint)collection.Count);
        foreach (var item in collection)
        {
            var copy = item;
            LocationCodec<T>.Write(writer, ref copy);
        }
    }

    protected override void Initialize(HashSet<T> collection, int count, object? comparer) =>
        Constructors<T>.Initialize(collection, count, (IEqualityComparer<T>?)comparer);

    protected override void Add(HashSet<T> collection, T item) => collection.Add(item);
}

internal sealed class OrderedDictionaryCodec<TKey, TValue>(Type type)
    : HashCodec<OrderedDictionary<TKey, TValue>, TKey, HashItem<TKey, TValue>>(type, isSealed: false)
    where TKey : notnull
{
    protected override object? ComparerOf(OrderedDictionary<TKey, TValue> collection) => NotDefault(collection.Comparer);

    protected override HashItem<TKey, TValue>[] ItemsOf(OrderedDictionary<TKey, TValue> collection) => HashItem<TKey, TValue>.From(collection);

    protected override void Initialize(OrderedDictionary<TKey, TValue> collection, int count, object? comparer) =>
        Constructors<TKey, TValue>.Initialize(collection, count, (IEqualityComparer<TKey>?)comparer);

    protected override void Add(OrderedDictionary<TKey, TValue> collection, HashItem<TKey, TValue> item) => collection.Add(item.Key, item.Value);
}

internal sealed class ConcurrentDictionaryCodec<TKey, TValue>(Type type)
    : HashCodec<ConcurrentDictionary<TKey, TValue>, TKey, HashItem<TKey, TValue>>(type, isSealed: false)
    where TKey : notnull
{
    protected override object? ComparerOf(ConcurrentDictionary<TKey, TValue> collection) => NotDefault(collection.Comparer);

    protected override HashItem<TKey, TValue>[] ItemsOf(ConcurrentDictionary<TKey, TValue> collection) =>
        HashItem<TKey, TValue>.From(collection.ToArray());

    protected override void Initialize(ConcurrentDictionary<TKey, TValue> collection, int count, object? comparer) =>
        Constructors<TKey, TValue>.Initialize(collection, (IEqualityComparer<TKey>?)comparer);

    protected override void Add(ConcurrentDictionary<TKey, TValue> collection, HashItem<TKey, TValue> item) =>
        collection.TryAdd(item.Key, item.Value);
}

internal sealed class HashtableCodec(Type type) : HashCodec<Hashtable, object, HashItem<object, object?>>(type, isSealed: false)
{
    protected override object? ComparerOf(Hashtable collection) => Comparer(collection);

    protected override HashItem<object, object?>[] ItemsOf(Hashtable collection)
    {
        var items = new PrecompiledList<HashItem<object, object?>>();
        foreach (DictionaryEntry entry in collection)
        {
            items.Add(new HashItem<object, object?>(entry.Key, entry.Value));
        }

        return items.ToArray();
    }

    protected override void Initialize(Hashtable collection, int count, object? comparer) =>
        Construct(collection, count, (IEqualityComparer?)comparer);

    protected override void Add(Hashtable collection, HashItem<object, object?> item) => Insert(collection, item.Key, item.Value, add: true);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_EqualityComparer")]
    private static extern IEqualityComparer? Comparer(Hashtable collection);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Insert")]
    private static extern void Insert(Hashtable collection, object key, object? value, bool add);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(Hashtable collection, int capacity, IEqualityComparer? comparer);
}

/// <summary>Constructors as methods, which run on existing objects: those may be of a derived type.</summary>
internal static class Constructors<TKey, TValue>
    where TKey : notnull
{
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Initialize(Dictionary<TKey, TValue> collection, int capacity, IEqualityComparer<TKey>? comparer);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Initialize(OrderedDictionary<TKey, TValue> collection, int capacity, IEqualityComparer<TKey>? comparer);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Initialize(ConcurrentDictionary<TKey, TValue> collection, IEqualityComparer<TKey>? comparer);
}

/// <inheritdoc cref="Constructors{TKey, TValue}"/>
internal static class Constructors<T>
{
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Initialize(HashSet<T> collection, int capacity, IEqualityComparer<T>? comparer);
}
