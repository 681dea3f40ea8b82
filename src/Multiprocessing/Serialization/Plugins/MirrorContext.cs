using System.Reflection;
using System.Runtime.Loader;

namespace Multiprocessing;

/// <summary>Stands for an <see cref="AssemblyLoadContext"/> of another process: loads the same files, and finds what they refer to where that process did.</summary>
internal sealed class MirrorContext(ContextKey key) : AssemblyLoadContext(key.Name.Length == 0 ? null : key.Name, key.IsCollectible)
{
    private readonly PluginProbing _probing = new(ContextKind.Own);
    private readonly ToldDependencies _told = new();

    public void Add(string file, AssemblyOrigin.Dependency[] dependencies)
    {
        _told.Add(dependencies);
        _probing.Add(file);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (_told.Knows(assemblyName.Name!))
        {
            return _told.Load(assemblyName); // null: it is the program's own
        }

        return _probing.Find(assemblyName) is { } file ? LoadFromAssemblyPath(file) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _probing.FindNative(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : base.LoadUnmanagedDll(unmanagedDllName);
}

/// <summary>Dependencies that the process which wrote a message found where nobody would look. Thread-safe.</summary>
internal sealed class ToldDependencies
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

    public bool Knows(string name)
    {
        lock (_byName)
        {
            return _byName.ContainsKey(name);
        }
    }

    /// <summary>The assembly, or <see langword="null"/> if it is one of the program itself or nothing was told of it.</summary>
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
