using System.Reflection;
using System.Runtime.Loader;

namespace Multiprocessing;

/// <summary>
/// The counterpart of an <see cref="AssemblyLoadContext"/> of another process: it loads the same files, and finds their references where that process
/// found them.
/// </summary>
internal sealed class MirrorContext(ContextKey key) : AssemblyLoadContext(key.Name.Length == 0 ? null : key.Name, key.IsCollectible)
{
    private readonly PluginProbing _probing = new(ContextKind.Own);
    private readonly NamedDependencies _named = new();

    public void Add(string file, AssemblyOrigin.Dependency[] dependencies)
    {
        _named.Add(dependencies);
        _probing.Add(file);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (_named.Contains(assemblyName.Name!))
        {
            return _named.Load(assemblyName); // null: it is an assembly of the program
        }

        return _probing.Find(assemblyName) is { } file ? LoadFromAssemblyPath(file) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _probing.FindNative(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : base.LoadUnmanagedDll(unmanagedDllName);
}
