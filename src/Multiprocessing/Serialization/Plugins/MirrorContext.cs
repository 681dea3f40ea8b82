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
