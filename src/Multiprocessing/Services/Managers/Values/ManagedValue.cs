using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The proxy of a managed value.</summary>
internal sealed class ManagedValue<T>(ProxyTarget target) : ManagedProxy(target), IManagedValue<T>, IReferent<IManagedValue<T>>
{
    public T Value
    {
        get => Begin(ValueContract<T>.Get).Invoke<T>(CancellationToken.None);
        set => With(ValueContract<T>.Set, value).Invoke(CancellationToken.None);
    }

    public ValueTask<T> GetAsync(CancellationToken cancellationToken = default) =>
        Begin(ValueContract<T>.Get).InvokeValueAsync<T>(cancellationToken);

    public ValueTask SetAsync(T value, CancellationToken cancellationToken = default) =>
        With(ValueContract<T>.Set, value).InvokeValueAsync(cancellationToken);

    public T Exchange(T value) => With(ValueContract<T>.Exchange, value).Invoke<T>(CancellationToken.None);

    public T CompareExchange(T value, T comparand)
    {
        var call = With(ValueContract<T>.CompareExchange, value);
        call.Argument(comparand, nameof(comparand));
        return call.Invoke<T>(CancellationToken.None);
    }

    public T Update(Func<T, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return CodeCrosses
            ? WithUpdate(update).Invoke<T>(CancellationToken.None)
            : OptimisticUpdate.Run(
                () => Begin(ValueContract<T>.GetVersion).Invoke<Versioned<T>>(CancellationToken.None), before => update(before.Value),
                (value, version) => WithVersion(value, version).Invoke<bool>(CancellationToken.None));
    }

    public ValueTask<T> UpdateAsync(Func<T, T> update, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        return CodeCrosses
            ? WithUpdate(update).InvokeValueAsync<T>(cancellationToken)
            : OptimisticUpdate.RunAsync(
                () => Begin(ValueContract<T>.GetVersion).InvokeValueAsync<Versioned<T>>(cancellationToken), before => update(before.Value),
                (value, version) => WithVersion(value, version).InvokeValueAsync<bool>(cancellationToken));
    }

    private OutgoingCall With(int member, T value)
    {
        var call = Begin(member);
        call.Argument(value, nameof(value));
        return call;
    }

    private OutgoingCall WithUpdate(Func<T, T> update)
    {
        var call = Begin(ValueContract<T>.Update);
        call.Argument(update, nameof(update));
        return call;
    }

    private OutgoingCall WithVersion(T value, long version)
    {
        var call = With(ValueContract<T>.ReplaceVersion, value);
        call.Argument(version, nameof(version));
        return call;
    }
}
