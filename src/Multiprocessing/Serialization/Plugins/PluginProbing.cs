using System.Reflection;
using System.Runtime.Loader;

namespace Multiprocessing;

/// <summary>Finds the assemblies that plug-ins refer to: by each plug-in's deps.json, and in its directory. Thread-safe.</summary>
/// <remarks>The sender of a message searches in the same way, and names the dependencies that it found elsewhere.</remarks>
internal sealed class PluginProbing(ContextKind kind)
{
    private readonly Lock _gate = new();
    private Root[] _roots = [];

    private sealed record Root(string File, AssemblyDependencyResolver? Resolver);

    public void Add(string file)
    {
        lock (_gate)
        {
            if (!Array.Exists(_roots, root => root.File == file))
            {
                _roots = [.. _roots, new Root(file, kind == ContextKind.Own ? ResolverOf(file) : null)];
            }
        }
    }

    public string? Find(AssemblyName name)
    {
        if (kind == ContextKind.File)
        {
            return null; // LoadFile does not search for references
        }

        foreach (var root in Volatile.Read(ref _roots))
        {
            if (root.Resolver?.ResolveAssemblyToPath(name) is { } resolved)
            {
                return resolved;
            }

            var beside = Path.Combine(Path.GetDirectoryName(root.File)!, name.CultureName ?? "", name.Name + ".dll");
            if (System.IO.File.Exists(beside))
            {
                return beside;
            }
        }

        return null;
    }

    public string? FindNative(string name)
    {
        foreach (var root in Volatile.Read(ref _roots))
        {
            if (root.Resolver?.ResolveUnmanagedDllToPath(name) is { } resolved)
            {
                return resolved;
            }
        }

        return null;
    }

    private static AssemblyDependencyResolver? ResolverOf(string file)
    {
        try
        {
            return new AssemblyDependencyResolver(file);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or DllNotFoundException or EntryPointNotFoundException)
        {
            // A single-file program lacks the library that reads deps.json, or deps.json is damaged. The directory of the plug-in is searched all the
            // same.
            return null;
        }
    }
}
