using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The proxy of a managed queue.</summary>
internal sealed class ManagedQueue<T>(ProxyTarget target) : ManagedProxy(target), IManagedQueue<T>, IReferent<IManagedQueue<T>>
{
    public int? Capacity => Begin(QueueContract<T>.Capacity).Invoke<int>(CancellationToken.None) is var capacity and > 0 ? capacity : null;

    public int Count => Begin(QueueContract<T>.Count).Invoke<int>(CancellationToken.None);

    public bool IsEmpty => Count == 0;

    public bool IsFull => Capacity is { } capacity && Count >= capacity;

    public bool IsCompleted => Begin(QueueContract<T>.IsCompleted).Invoke<bool>(CancellationToken.None);

    public void Put(T item, CancellationToken cancellationToken = default) => TryPut(item, Timeout.InfiniteTimeSpan, cancellationToken);

    public void Put(T item, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (!TryPut(item, timeout, cancellationToken))
        {
            throw new QueueFullException($"There was no room in the managed queue within {timeout}. Use TryPut if that is expected.");
        }
    }

    public bool TryPut(T item, TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        WithPut(item, timeout).Invoke<bool>(cancellationToken);

    public async ValueTask PutAsync(T item, CancellationToken cancellationToken = default) =>
        await TryPutAsync(item, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);

    public ValueTask<bool> TryPutAsync(T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WithPut(item, timeout).InvokeValueAsync<bool>(cancellationToken);

    public T Get(CancellationToken cancellationToken = default) => Take(Timeout.InfiniteTimeSpan, cancellationToken).Value;

    public T Get(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Take(timeout, cancellationToken) is { Has: true } found
            ? found.Value
            : throw new QueueEmptyException($"There was no item in the managed queue within {timeout}. Use TryGet if that is expected.");

    public bool TryGet([MaybeNullWhen(false)] out T item, TimeSpan timeout = default, CancellationToken cancellationToken = default)
    {
        try
        {
            var found = Take(timeout, cancellationToken);
            item = found.Value;
            return found.Has;
        }
        catch (QueueCompletedException)
        {
            item = default;
            return false;
        }
    }

    public async ValueTask<T> GetAsync(CancellationToken cancellationToken = default) =>
        (await TakeAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false)).Value;

    public async ValueTask<(bool HasItem, T? Item)> TryGetAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        try
        {
            var found = await TakeAsync(timeout, cancellationToken).ConfigureAwait(false);
            return (found.Has, found.Value);
        }
        catch (QueueCompletedException)
        {
            return (false, default);
        }
    }

    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await TryGetAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false) is (true, var item))
        {
            yield return item!;
        }
    }

    public void Complete() => Begin(QueueContract<T>.Complete).Invoke(CancellationToken.None);

    public void MarkDone(int count = 1)
    {
        var call = Begin(QueueContract<T>.MarkDone);
        call.Argument(count, nameof(count));
        call.Invoke(CancellationToken.None);
    }

    public void WaitAllDone(CancellationToken cancellationToken = default) => WaitAllDone(Timeout.InfiniteTimeSpan, cancellationToken);

    public bool WaitAllDone(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WithTimeout(QueueContract<T>.WaitAllDone, timeout).Invoke<bool>(cancellationToken);

    public async ValueTask WaitAllDoneAsync(CancellationToken cancellationToken = default) =>
        await WaitAllDoneAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);

    public ValueTask<bool> WaitAllDoneAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WithTimeout(QueueContract<T>.WaitAllDone, timeout).InvokeValueAsync<bool>(cancellationToken);

    public T[] GetValue() => Begin(QueueContract<T>.GetValue).Invoke<Many<T>>(CancellationToken.None).Items;

    private Found<T> Take(TimeSpan timeout, CancellationToken cancellationToken) =>
        WithTimeout(QueueContract<T>.Get, timeout).Invoke<Found<T>>(cancellationToken);

    private ValueTask<Found<T>> TakeAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        WithTimeout(QueueContract<T>.Get, timeout).InvokeValueAsync<Found<T>>(cancellationToken);

    private OutgoingCall WithTimeout(int member, TimeSpan timeout)
    {
        var ticks = Ticks(timeout);
        var call = Begin(member);
        call.Argument(ticks, nameof(timeout));
        return call;
    }

    private OutgoingCall WithPut(T item, TimeSpan timeout)
    {
        var ticks = Ticks(timeout);
        var call = Begin(QueueContract<T>.Put);
        call.Argument(item, nameof(item));
        call.Argument(ticks, nameof(timeout));
        return call;
    }
}
