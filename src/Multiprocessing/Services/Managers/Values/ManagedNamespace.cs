using System.Diagnostics.CodeAnalysis;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The proxy of a managed namespace.</summary>
internal sealed class ManagedNamespace(ProxyTarget target) : ManagedProxy(target), IManagedNamespace, IReferent<IManagedNamespace>
{
    public T Get<T>(string name) => TryGet<T>(name, out var value) ? value : throw ManagedErrors.MissingName(name);

    public async ValueTask<T> GetAsync<T>(string name, CancellationToken cancellationToken = default)
    {
        var found = await With(NamespaceContract.TryGet, name).InvokeValueAsync<Found<AnyValue>>(cancellationToken).ConfigureAwait(false);
        return found.Has ? found.Value.As<T>(name) : throw ManagedErrors.MissingName(name);
    }

    public bool TryGet<T>(string name, [MaybeNullWhen(false)] out T value)
    {
        var found = With(NamespaceContract.TryGet, name).Invoke<Found<AnyValue>>(CancellationToken.None);
        value = found.Has ? found.Value.As<T>(name) : default;
        return found.Has;
    }

    public void Set<T>(string name, T value) => With(NamespaceContract.Set, name, value).Invoke(CancellationToken.None);

    public ValueTask SetAsync<T>(string name, T value, CancellationToken cancellationToken = default) =>
        With(NamespaceContract.Set, name, value).InvokeValueAsync(cancellationToken);

    public T Update<T>(string name, Func<T, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return OptimisticUpdate.Run(
            () => With(NamespaceContract.GetVersion, name).Invoke<Versioned<AnyValue>>(CancellationToken.None),
            before => before.Version != 0 ? new AnyValue(update(before.Value.As<T>(name))) : throw ManagedErrors.MissingName(name),
            (value, version) =>
            {
                var call = With(NamespaceContract.ReplaceVersion, name);
                call.Argument(value, nameof(value));
                call.Argument(version, nameof(version));
                return call.Invoke<bool>(CancellationToken.None);
            }).As<T>(name);
    }

    public bool Remove(string name) => With(NamespaceContract.Remove, name).Invoke<bool>(CancellationToken.None);

    public string[] GetNames() => Begin(NamespaceContract.GetNames).Invoke<Many<string>>(CancellationToken.None).Items;

    public Dictionary<string, object?> GetValue() =>
        Begin(NamespaceContract.GetValue).Invoke<Many<Pair<string, AnyValue>>>(CancellationToken.None).Items
            .ToDictionary(static entry => entry.Key, static entry => entry.Value.Value, StringComparer.Ordinal);

    private OutgoingCall With(int member, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var call = Begin(member);
        call.Argument(name, nameof(name));
        return call;
    }

    private OutgoingCall With<T>(int member, string name, T value)
    {
        var call = With(member, name);
        call.Argument(new AnyValue(value), name);
        return call;
    }
}
