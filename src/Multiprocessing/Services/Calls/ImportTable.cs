using System.Runtime.Serialization;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>
/// The proxies of one channel for objects of the other peer. An object has one proxy as long as the program uses it. A proxy counts the references
/// that
/// arrived for it and gives back as many. Thread-safe.
/// </summary>
internal sealed class ImportTable(CallChannel channel)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, WeakReference<ProxyBase>> _proxies = [];

    /// <summary>A message has one reference to an object of the peer: returns its proxy.</summary>
    /// <exception cref="SerializationException">The peer has another interface of this name.</exception>
    public ProxyBase Receive(long id, ulong fingerprint, ProxyContract contract)
    {
        if (fingerprint != contract.Fingerprint)
        {
            throw new SerializationException(
                $"The interface {contract.Name} has other members in the other process than in this one. Build both programs from the same source.");
        }

        lock (_gate)
        {
            if (_proxies.TryGetValue(id, out var weak) && weak.TryGetTarget(out var known) && ((ObjectTarget)known.Target).AddReference())
            {
                return known;
            }

            var proxy = (ProxyBase)contract.CreateProxy(new ObjectTarget(channel, contract, id));
            _proxies[id] = new(proxy);
            return proxy;
        }
    }

    /// <summary>A proxy was released: its place is free, unless another one has it already.</summary>
    public void Remove(long id, ObjectTarget target)
    {
        lock (_gate)
        {
            if (_proxies.TryGetValue(id, out var weak) && (!weak.TryGetTarget(out var proxy) || ReferenceEquals(proxy.Target, target)))
            {
                _proxies.Remove(id);
            }
        }
    }
}
