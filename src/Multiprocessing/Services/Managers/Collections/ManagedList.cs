using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The proxy of a managed list.</summary>
internal sealed class ManagedList<T>(ProxyTarget target) : ManagedProxy(target), IManagedList<T>, IReferent<IManagedList<T>>
{
    private const int Last = -1;

    public int Count => Begin(ListContract<T>.Count).Invoke<int>(CancellationToken.None);

    public T this[int index]
    {
        get => At(ListContract<T>.Get, index).Invoke<T>(CancellationToken.None);
        set => At(ListContract<T>.Set, index, value).Invoke(CancellationToken.None);
    }

    public ValueTask<T> GetAsync(int index, CancellationToken cancellationToken = default) =>
        At(ListContract<T>.Get, index).InvokeValueAsync<T>(cancellationToken);

    public ValueTask SetAsync(int index, T item, CancellationToken cancellationToken = default) =>
        At(ListContract<T>.Set, index, item).InvokeValueAsync(cancellationToken);

    public void Add(T item) => With(ListContract<T>.Add, item).Invoke(CancellationToken.None);

    public ValueTask AddAsync(T item, CancellationToken cancellationToken = default) =>
        With(ListContract<T>.Add, item).InvokeValueAsync(cancellationToken);

    public void AddRange(IEnumerable<T> items) => WithMany(items).Invoke(CancellationToken.None);

    public ValueTask AddRangeAsync(IEnumerable<T> items, CancellationToken cancellationToken = default) =>
        WithMany(items).InvokeValueAsync(cancellationToken);

    public void Insert(int index, T item) => At(ListContract<T>.Insert, index, item).Invoke(CancellationToken.None);

    public void RemoveAt(int index) => At(ListContract<T>.RemoveAt, index).Invoke(CancellationToken.None);

    public bool Remove(T item) => With(ListContract<T>.Remove, item).Invoke<bool>(CancellationToken.None);

    public bool TryTakeLast([MaybeNullWhen(false)] out T item) => Take(Last, out item);

    public bool TryTakeAt(int index, [MaybeNullWhen(false)] out T item)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return Take(index, out item);
    }

    public int IndexOf(T item) => With(ListContract<T>.IndexOf, item).Invoke<int>(CancellationToken.None);

    public bool Contains(T item) => IndexOf(item) >= 0;

    public void Clear() => Begin(ListContract<T>.Clear).Invoke(CancellationToken.None);

    public void Reverse() => Begin(ListContract<T>.Reverse).Invoke(CancellationToken.None);

    public void Sort() => Begin(ListContract<T>.Sort).Invoke(CancellationToken.None);

    public T Update(int index, Func<T, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return CodeCrosses
            ? WithUpdate(index, update).Invoke<T>(CancellationToken.None)
            : OptimisticUpdate.Run(
                () => At(ListContract<T>.GetVersion, index).Invoke<Versioned<T>>(CancellationToken.None), before => update(before.Value),
                (value, version) => WithVersion(index, value, version).Invoke<bool>(CancellationToken.None));
    }

    public ValueTask<T> UpdateAsync(int index, Func<T, T> update, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        return CodeCrosses
            ? WithUpdate(index, update).InvokeValueAsync<T>(cancellationToken)
            : OptimisticUpdate.RunAsync(
                () => At(ListContract<T>.GetVersion, index).InvokeValueAsync<Versioned<T>>(cancellationToken), before => update(before.Value),
                (value, version) => WithVersion(index, value, version).InvokeValueAsync<bool>(cancellationToken));
    }

    public T[] GetRange(int index, int count)
    {
        var call = At(ListContract<T>.GetRange, index);
        call.Argument(count, nameof(count));
        return call.Invoke<Many<T>>(CancellationToken.None).Items;
    }

    public T[] GetValue() => Begin(ListContract<T>.GetValue).Invoke<Many<T>>(CancellationToken.None).Items;

    public async ValueTask<T[]> GetValueAsync(CancellationToken cancellationToken = default) =>
        (await Begin(ListContract<T>.GetValue).InvokeValueAsync<Many<T>>(cancellationToken).ConfigureAwait(false)).Items;

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)GetValue()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private bool Take(int index, [MaybeNullWhen(false)] out T item)
    {
        var found = At(ListContract<T>.Take, index).Invoke<Found<T>>(CancellationToken.None);
        item = found.Value;
        return found.Has;
    }

    private OutgoingCall With(int member, T item)
    {
        var call = Begin(member);
        call.Argument(item, nameof(item));
        return call;
    }

    private OutgoingCall At(int member, int index)
    {
        var call = Begin(member);
        call.Argument(index, nameof(index));
        return call;
    }

    private OutgoingCall At(int member, int index, T item)
    {
        var call = At(member, index);
        call.Argument(item, nameof(item));
        return call;
    }

    private OutgoingCall WithMany(IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var call = Begin(ListContract<T>.AddRange);
        call.Argument(new Many<T>([.. items]), nameof(items));
        return call;
    }

    private OutgoingCall WithUpdate(int index, Func<T, T> update)
    {
        var call = At(ListContract<T>.Update, index);
        call.Argument(update, nameof(update));
        return call;
    }

    private OutgoingCall WithVersion(int index, T item, long version)
    {
        var call = At(ListContract<T>.ReplaceVersion, index, item);
        call.Argument(version, nameof(version));
        return call;
    }
}
