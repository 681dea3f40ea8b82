using System.Reflection;
using System.Runtime.Loader;

namespace Multiprocessing;

/// <summary>Where a process looks for the assemblies that plug-ins refer to, if it was not told: by each plug-in's deps.json, and beside it. Thread-safe.</summary>
/// <remarks>The process that wrote the message asks the same, and names those dependencies that it found elsewhere.</remarks>
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
            return null; // LoadFile looks nowhere
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
            // A program without the library that reads deps.json (a single file), or a deps.json that is none: what lies beside the plug-in is found all the same.
            return null;
        }
    }
}
