using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>Gets the plug-ins that a message names: those that this process has loaded already, and others by their files.</summary>
internal static class PluginLoader
{
    /// <summary>What was told for contexts that are no mirrors: the default one, and those of single files.</summary>
    private static readonly ConditionalWeakTable<AssemblyLoadContext, ToldDependencies> Told = [];

    [ThreadStatic]
    private static bool _loadsNothing;

    /// <summary>Until it is disposed, what this thread reads loads no assembly: what a child tells of its end must not bring the child's plug-ins into this process.</summary>
    public static LoadScope LoadNothing()
    {
        var scope = new LoadScope(_loadsNothing);
        _loadsNothing = true;
        return scope;
    }

    public static Module Find(ContextKey key, string file, Guid version, string name, AssemblyOrigin.Dependency[] dependencies)
    {
        try
        {
            var context = ContextOf(key, version, file);
            foreach (var loaded in context?.Assemblies ?? [])
            {
                if (!loaded.IsDynamic && loaded.ManifestModule.ModuleVersionId == version && (key.Kind != ContextKind.File || loaded.Location == file))
                {
                    return loaded.ManifestModule;
                }
            }

            if (key.Kind == ContextKind.File && FindLoadedFile(version, file) is { } single)
            {
                return single;
            }

            if (_loadsNothing)
            {
                throw new SerializationException($"This process has not loaded the assembly '{name}' ('{file}'), from which a type in the message comes, and does not load it for an exception.");
            }

            var assembly = LoadByName(context, name, version) ?? Load(key, file, version, dependencies);
            return assembly.ManifestModule.ModuleVersionId == version
                ? assembly.ManifestModule
                : throw new SerializationException(
                    $"The file '{file}' of the assembly '{name}' was changed since the process that wrote the message loaded it, or this process has loaded another build of it "
                    + $"('{assembly.Location}'): start the program anew.");
        }
        catch (Exception error) when (error is IOException or BadImageFormatException or InvalidOperationException or UnauthorizedAccessException)
        {
            throw new SerializationException($"This process cannot load the assembly '{name}' from '{file}', from which a type in the message comes: {error.Message}", error);
        }
    }

    /// <summary>Loads a file into a context.</summary>
    /// <param name="key">The context.</param>
    /// <param name="file">The file.</param>
    /// <param name="version">The build that it had where it was named.</param>
    /// <param name="dependencies">Where that process found what it refers to.</param>
    public static Assembly Load(ContextKey key, string file, Guid version, AssemblyOrigin.Dependency[] dependencies)
    {
        switch (key.Kind)
        {
            case ContextKind.Default:
                Tell(AssemblyLoadContext.Default, dependencies);
                return Assembly.LoadFrom(file);
            case ContextKind.File:
                var assembly = Assembly.LoadFile(file);
                Tell(AssemblyLoadContext.GetLoadContext(assembly)!, dependencies);
                return assembly;
            default:
                var context = LoadContexts.Find(key, version, file, mayCreate: true)!;
                (context as MirrorContext)?.Add(file, dependencies);
                return context.LoadFromAssemblyPath(file);
        }
    }

    private static AssemblyLoadContext? ContextOf(ContextKey key, Guid version, string file) => key.Kind switch
    {
        ContextKind.Default => AssemblyLoadContext.Default,
        ContextKind.File => null,
        _ => LoadContexts.Find(key, version, file, mayCreate: !_loadsNothing),
    };

    /// <summary>A context that the program made finds the assembly as the program wants it.</summary>
    private static Assembly? LoadByName(AssemblyLoadContext? context, string name, Guid version)
    {
        if (context is null or MirrorContext || context == AssemblyLoadContext.Default)
        {
            return null;
        }

        try
        {
            var found = context.LoadFromAssemblyName(new AssemblyName(name));
            return found.ManifestModule.ModuleVersionId == version && AssemblyLoadContext.GetLoadContext(found) == context ? found : null;
        }
        catch (Exception error) when (error is IOException or BadImageFormatException)
        {
            return null; // then by its file
        }
    }

    private static Module? FindLoadedFile(Guid version, string file)
    {
        foreach (var loaded in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!loaded.IsDynamic
                && loaded.ManifestModule.ModuleVersionId == version
                && loaded.Location == file
                && AssemblyLoadContext.GetLoadContext(loaded) is { } context
                && LoadContexts.KeyOf(context).Kind == ContextKind.File)
            {
                return loaded.ManifestModule;
            }
        }

        return null;
    }

    private static void Tell(AssemblyLoadContext context, AssemblyOrigin.Dependency[] dependencies)
    {
        if (dependencies.Length == 0)
        {
            return;
        }

        var told = new ToldDependencies();
        if (Told.TryAdd(context, told))
        {
            context.Resolving += static (resolving, name) => Told.TryGetValue(resolving, out var known) ? known.Load(name) : null;
        }
        else
        {
            _ = Told.TryGetValue(context, out told!);
        }

        told.Add(dependencies);
    }

    public readonly ref struct LoadScope(bool before)
    {
        private readonly bool _before = before;

        public void Dispose() => _loadsNothing = _before;
    }
}
