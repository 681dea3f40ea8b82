using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>A collection that finds its items by hash codes. It crosses as comparers and items, and the reader fills it again.</summary>
/// <remarks>
/// The hash code of a string, a number or another value without references is known as soon as it is read. That of an object may depend on what is
/// read later, so a collection with such keys is filled when the whole message is read.
/// </remarks>
internal abstract class HashCodec<TCollection, TKey, TItem> : ObjectCodec
    where TCollection : class
{
    private static readonly bool HasPlainKeys = typeof(TKey) == typeof(string) || LocationCodec<TKey>.IsRaw;

    private readonly FieldPlan? _own;

    /// <param name="type">The runtime type.</param>
    /// <param name="isSealed">Whether no class can derive from the collection and add fields.</param>
    protected HashCodec(Type type, bool isSealed)
        : base(type, CodecTraits.TwoPhase)
    {
        if (!isSealed && type != typeof(TCollection))
        {
            _own = FieldPlan.Of(type, stop: typeof(TCollection));
            Callbacks = SerializationCallbacks.Of(type);
        }
    }

    private sealed record Pending(TItem[] Items, object? Comparer, object? Second);

    public sealed override void WriteBody(GraphWriter writer, object value)
    {
        var collection = Unsafe.As<TCollection>(value);
        writer.WriteReference(ComparerOf(collection), ReferenceSlot.Object);
        if (HasSecondComparer)
        {
            writer.WriteReference(SecondComparerOf(collection), ReferenceSlot.Object);
        }

        WriteItems(writer, collection);
        _own?.Write(writer, ref ObjectData.Of(value));
    }

    public sealed override object Create(GraphReader reader) => RuntimeHelpers.GetUninitializedObject(Type);

    public sealed override void ReadBody(GraphReader reader, object value)
    {
        var collection = Unsafe.As<TCollection>(value);
        var comparer = reader.ReadReference(ReferenceSlot.Object);
        var second = HasSecondComparer ? reader.ReadReference(ReferenceSlot.Object) : null;
        var count = reader.ReadLength(LocationCodec<TItem>.IsRaw ? Unsafe.SizeOf<TItem>() : 1);
        var atOnce = HasPlainKeys && comparer is null or StringComparer;
        Initialize(collection, count, comparer);
        if (atOnce && CanAdd)
        {
            for (var i = 0; i < count; i++)
            {
                TItem item = default!;
                LocationCodec<TItem>.Read(reader, ref item);
                Add(collection, item);
            }
        }
        else
        {
            var items = new TItem[count];
            for (var i = 0; i < items.Length; i++)
            {
                LocationCodec<TItem>.Read(reader, ref items[i]);
            }

            if (atOnce)
            {
                Fill(collection, items, comparer, second);
            }
            else
            {
                reader.FinishLater(this, value, new Pending(items, comparer, second));
            }
        }

        _own?.Read(reader, ref ObjectData.Of(value));
    }

    public sealed override void Finish(GraphReader reader, object value, object state)
    {
        var pending = (Pending)state;
        Fill(Unsafe.As<TCollection>(value), pending.Items, pending.Comparer, pending.Second);
    }

    public sealed override IEnumerable<PathStep> Children(object value)
    {
        var collection = (TCollection)value;
        yield return new PathStep("comparer", ComparerOf(collection));
        yield return new PathStep("comparer", SecondComparerOf(collection));
        foreach (var step in ItemsOf(collection).SelectMany(static (item, index) => PathSteps.Of(item, index)))
        {
            yield return step;
        }

        foreach (var step in _own?.Children(value) ?? [])
        {
            yield return step;
        }
    }

    /// <summary>Returns the comparer of keys; <see langword="null"/> for the default.</summary>
    protected abstract object? ComparerOf(TCollection collection);

    /// <summary>Returns the comparer of values, if the collection has one.</summary>
    protected virtual object? SecondComparerOf(TCollection collection) => null;

    protected virtual bool HasSecondComparer => false;

    protected abstract TItem[] ItemsOf(TCollection collection);

    /// <summary>Writes the number of items and the items. Overridden where no array of the items is needed.</summary>
    protected virtual void WriteItems(GraphWriter writer, TCollection collection)
    {
        var items = ItemsOf(collection);
        writer.Out.WriteVarint((uint)items.Length);
        for (var i = 0; i < items.Length; i++)
        {
            LocationCodec<TItem>.Write(writer, ref items[i]);
        }
    }

    /// <summary>Gets whether items can be added one by one.</summary>
    protected virtual bool CanAdd => true;

    /// <summary>Runs the collection's constructor on the object, which was created without one.</summary>
    protected virtual void Initialize(TCollection collection, int count, object? comparer)
    {
    }

    protected virtual void Add(TCollection collection, TItem item) => throw new NotSupportedException();

    /// <summary>Adds all items.</summary>
    protected virtual void Fill(TCollection collection, TItem[] items, object? comparer, object? second)
    {
        foreach (var item in items)
        {
            Add(collection, item);
        }
    }

    /// <summary>Returns the comparer, or <see langword="null"/> if it is the default one.</summary>
    protected static object? NotDefault<T>(IEqualityComparer<T>? comparer) =>
        ReferenceEquals(comparer, EqualityComparer<T>.Default) ? null : comparer;
}
