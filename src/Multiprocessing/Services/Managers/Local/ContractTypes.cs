using System.Collections.Concurrent;
using System.Reflection;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The contracts of proxies that arrive in messages, by the names of their classes. All processes of a session run the same build.</summary>
internal static class ContractTypes
{
    private static readonly ConcurrentDictionary<string, ProxyContract> Known = new(StringComparer.Ordinal);

    public static ProxyContract Find(string name) => Known.GetOrAdd(name, static name => Create(name));

    private static ProxyContract Create(string name)
    {
        var type = Type.GetType(name, throwOnError: true)!;
        if (!type.IsSubclassOf(typeof(ProxyContract)))
        {
            throw new System.Runtime.Serialization.SerializationException($"A message names {type} as the contract of a proxy, which it is not.");
        }

        var created = (ProxyContract)Activator.CreateInstance(
            type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, null, null)!;
        ProxyContracts.Register(created);
        return ProxyContracts.For(created.InterfaceType);
    }
}
