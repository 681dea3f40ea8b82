using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The proxy of a managed set.</summary>
internal sealed class ManagedSet<T>(ProxyTarget target) : ManagedProxy(target), IManagedSet<T>, IReferent<IManagedSet<T>>
{
    public int Count => Begin(SetContract<T>.Count).Invoke<int>(CancellationToken.None);

    public bool Add(T item) => With(SetContract<T>.Add, item).Invoke<bool>(CancellationToken.None);

    public ValueTask<bool> AddAsync(T item, CancellationToken cancellationToken = default) =>
        With(SetContract<T>.Add, item).InvokeValueAsync<bool>(cancellationToken);

    public bool Remove(T item) => With(SetContract<T>.Remove, item).Invoke<bool>(CancellationToken.None);

    public ValueTask<bool> RemoveAsync(T item, CancellationToken cancellationToken = default) =>
        With(SetContract<T>.Remove, item).InvokeValueAsync<bool>(cancellationToken);

    public bool Contains(T item) => With(SetContract<T>.Contains, item).Invoke<bool>(CancellationToken.None);

    public ValueTask<bool> ContainsAsync(T item, CancellationToken cancellationToken = default) =>
        With(SetContract<T>.Contains, item).InvokeValueAsync<bool>(cancellationToken);

    public bool TryTakeAny([MaybeNullWhen(false)] out T item)
    {
        var found = Begin(SetContract<T>.TryTakeAny).Invoke<Found<T>>(CancellationToken.None);
        item = found.Value;
        return found.Has;
    }

    public void Clear() => Begin(SetContract<T>.Clear).Invoke(CancellationToken.None);

    public void UnionWith(IEnumerable<T> other) => Combine(SetChange.Union, other);

    public void ExceptWith(IEnumerable<T> other) => Combine(SetChange.Except, other);

    public void IntersectWith(IEnumerable<T> other) => Combine(SetChange.Intersect, other);

    public void SymmetricExceptWith(IEnumerable<T> other) => Combine(SetChange.SymmetricExcept, other);

    public bool SetEquals(IEnumerable<T> other) => Compare(SetRelation.Equals, other);

    public bool IsSubsetOf(IEnumerable<T> other) => Compare(SetRelation.IsSubset, other);

    public bool IsSupersetOf(IEnumerable<T> other) => Compare(SetRelation.IsSuperset, other);

    public bool Overlaps(IEnumerable<T> other) => Compare(SetRelation.Overlaps, other);

    public HashSet<T> GetValue() => [.. Begin(SetContract<T>.GetValue).Invoke<Many<T>>(CancellationToken.None).Items];

    public async ValueTask<HashSet<T>> GetValueAsync(CancellationToken cancellationToken = default) =>
        [.. (await Begin(SetContract<T>.GetValue).InvokeValueAsync<Many<T>>(cancellationToken).ConfigureAwait(false)).Items];

    public IEnumerator<T> GetEnumerator() => GetValue().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Combine(SetChange change, IEnumerable<T> other) =>
        WithOther(SetContract<T>.Combine, (int)change, other).Invoke(CancellationToken.None);

    private bool Compare(SetRelation relation, IEnumerable<T> other) =>
        WithOther(SetContract<T>.Compare, (int)relation, other).Invoke<bool>(CancellationToken.None);

    private OutgoingCall With(int member, T item)
    {
        var call = Begin(member);
        call.Argument(item, nameof(item));
        return call;
    }

    private OutgoingCall WithOther(int member, int operation, IEnumerable<T> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        T[] items = [.. other];
        var call = Begin(member);
        call.Argument(operation, nameof(operation));
        call.Argument(new Many<T>(items), nameof(other));
        return call;
    }
}
