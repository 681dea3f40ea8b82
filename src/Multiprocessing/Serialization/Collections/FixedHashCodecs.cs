using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>
/// Immutable hash collections. The reader creates an empty object, to which others may refer, and later copies to it the fields of a collection that
/// is built from the items.
/// </summary>
internal abstract class FixedHashCodec<TCollection, TKey, TItem>(Type type) : HashCodec<TCollection, TKey, TItem>(type, isSealed: true)
    where TCollection : class
{
    private readonly FieldInfo[] _fields = FieldsOf(type);

    protected sealed override bool CanAdd => false;

    protected sealed override void Fill(TCollection collection, TItem[] items, object? comparer, object? second)
    {
        var built = Build(items, comparer, second);
        if (built.GetType() != collection.GetType())
        {
            throw new SerializationException(
                $"Process {Environment.ProcessId} could not rebuild a {collection.GetType()} from a message: its keys compare differently here, so "
                + $"that it became a {built.GetType()}.");
        }

        foreach (var field in _fields)
        {
            field.SetValue(collection, field.GetValue(built));
        }
    }

    protected abstract TCollection Build(TItem[] items, object? comparer, object? second);

    private static FieldInfo[] FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            fields.AddRange(FieldPlan.Declared(level));
        }

        return [.. fields];
    }
}

internal sealed class ImmutableDictionaryCodec<TKey, TValue>(Type type)
    : FixedHashCodec<ImmutableDictionary<TKey, TValue>, TKey, HashItem<TKey, TValue>>(type)
    where TKey : notnull
{
    protected override bool HasSecondComparer => true;

    protected override object? ComparerOf(ImmutableDictionary<TKey, TValue> collection) => NotDefault(collection.KeyComparer);

    protected override object? SecondComparerOf(ImmutableDictionary<TKey, TValue> collection) => NotDefault(collection.ValueComparer);

    protected override HashItem<TKey, TValue>[] ItemsOf(ImmutableDictionary<TKey, TValue> collection) => HashItem<TKey, TValue>.From(collection);

    protected override ImmutableDictionary<TKey, TValue> Build(HashItem<TKey, TValue>[] items, object? comparer, object? second) =>
        ImmutableDictionary.CreateRange((IEqualityComparer<TKey>?)comparer, (IEqualityComparer<TValue>?)second, HashItem<TKey, TValue>.Pairs(items));
}

internal sealed class ImmutableHashSetCodec<T>(Type type) : FixedHashCodec<ImmutableHashSet<T>, T, T>(type)
{
    protected override object? ComparerOf(ImmutableHashSet<T> collection) => NotDefault(collection.KeyComparer);

    protected override T[] ItemsOf(ImmutableHashSet<T> collection) => [.. collection];

    protected override ImmutableHashSet<T> Build(T[] items, object? comparer, object? second) =>
        ImmutableHashSet.CreateRange((IEqualityComparer<T>?)comparer, items);
}

internal sealed class FrozenDictionaryCodec<TKey, TValue>(Type type)
    : FixedHashCodec<FrozenDictionary<TKey, TValue>, TKey, HashItem<TKey, TValue>>(type)
    where TKey : notnull
{
    protected override object? ComparerOf(FrozenDictionary<TKey, TValue> collection) => NotDefault(collection.Comparer);

    protected override HashItem<TKey, TValue>[] ItemsOf(FrozenDictionary<TKey, TValue> collection) => HashItem<TKey, TValue>.From(collection);

    protected override FrozenDictionary<TKey, TValue> Build(HashItem<TKey, TValue>[] items, object? comparer, object? second) =>
        HashItem<TKey, TValue>.Pairs(items).ToFrozenDictionary((IEqualityComparer<TKey>?)comparer);
}

internal sealed class FrozenSetCodec<T>(Type type) : FixedHashCodec<FrozenSet<T>, T, T>(type)
{
    protected override object? ComparerOf(FrozenSet<T> collection) => NotDefault(collection.Comparer);

    protected override T[] ItemsOf(FrozenSet<T> collection) => [.. collection];

    protected override FrozenSet<T> Build(T[] items, object? comparer, object? second) => items.ToFrozenSet((IEqualityComparer<T>?)comparer);
}
