using System.Reflection;

namespace Multiprocessing;

/// <summary>
/// Dependencies of plug-ins that a message names, because its sender found them where <see cref="PluginProbing"/> does not search. Thread-safe.
/// </summary>
internal sealed class NamedDependencies
{
    private readonly Dictionary<string, AssemblyOrigin.Dependency> _byName = new(StringComparer.OrdinalIgnoreCase);

    public void Add(AssemblyOrigin.Dependency[] dependencies)
    {
        lock (_byName)
        {
            foreach (var dependency in dependencies)
            {
                _ = _byName.TryAdd(dependency.Name, dependency);
            }
        }
    }

    public bool Contains(string name)
    {
        lock (_byName)
        {
            return _byName.ContainsKey(name);
        }
    }

    /// <summary>Returns the assembly, or <see langword="null"/> if it is one of the program itself or was not named.</summary>
    public Assembly? Load(AssemblyName name)
    {
        AssemblyOrigin.Dependency? found;
        AssemblyOrigin.Dependency[] all;
        lock (_byName)
        {
            found = _byName.GetValueOrDefault(name.Name!);
            all = [.. _byName.Values];
        }

        return found switch
        {
            null => null,
            { File.Length: > 0 } => PluginLoader.Load(found.Context, found.File, Guid.Empty, all),
            _ => name.Name == typeof(MirrorContext).Assembly.GetName().Name ? typeof(MirrorContext).Assembly : null,
        };
    }
}
