using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>Finds the plug-ins that a message names: those that this process has loaded already, and others by their files.</summary>
internal static class PluginLoader
{
    /// <summary>The named dependencies of contexts that are no mirrors: the default one, and those of single files.</summary>
    private static readonly ConditionalWeakTable<AssemblyLoadContext, NamedDependencies> Named = [];

    [ThreadStatic]
    private static bool _loadsNothing;

    /// <summary>
    /// Until the result is disposed, reading on this thread loads no assembly: a child's exception must not load the child's plug-ins into this
    /// process.
    /// </summary>
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
                if (!loaded.IsDynamic
                    && loaded.ManifestModule.ModuleVersionId == version
                    && (key.Kind != ContextKind.File || loaded.Location == file))
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
                throw new SerializationException(
                    $"Process {Environment.ProcessId} has not loaded the assembly '{name}' ('{file}'), which declares a type in the message, and "
                    + "does not load it for an exception.");
            }

            var assembly = LoadByName(context, name, version) ?? Load(key, file, version, dependencies);
            return assembly.ManifestModule.ModuleVersionId == version
                ? assembly.ManifestModule
                : throw new SerializationException(
                    $"The file '{file}' of the assembly '{name}' was changed since the sender of the message loaded it, or process "
                    + $"{Environment.ProcessId} has loaded another build of it "
                    + $"('{assembly.Location}'): restart the program.");
        }
        catch (Exception error) when (error is IOException or BadImageFormatException or InvalidOperationException or UnauthorizedAccessException)
        {
            throw new SerializationException(
                $"Process {Environment.ProcessId} cannot load the assembly '{name}' from '{file}', which declares a type in the message: "
                + $"{error.Message}", error);
        }
    }

    /// <summary>Loads a file into a context.</summary>
    /// <param name="key">The context.</param>
    /// <param name="file">The file.</param>
    /// <param name="version">The version id of its module in the sender.</param>
    /// <param name="dependencies">Its references that the sender found elsewhere.</param>
    public static Assembly Load(ContextKey key, string file, Guid version, AssemblyOrigin.Dependency[] dependencies)
    {
        switch (key.Kind)
        {
            case ContextKind.Default:
                Register(AssemblyLoadContext.Default, dependencies);
                return Assembly.LoadFrom(file);
            case ContextKind.File:
                var assembly = Assembly.LoadFile(file);
                Register(AssemblyLoadContext.GetLoadContext(assembly)!, dependencies);
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

    /// <summary>Loads an assembly by name from a context that the program created, because its code decides where the assembly is.</summary>
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
            return null; // it is loaded by its file
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

    private static void Register(AssemblyLoadContext context, AssemblyOrigin.Dependency[] dependencies)
    {
        if (dependencies.Length == 0)
        {
            return;
        }

        var named = new NamedDependencies();
        if (Named.TryAdd(context, named))
        {
            context.Resolving += static (resolving, name) => Named.TryGetValue(resolving, out var known) ? known.Load(name) : null;
        }
        else
        {
            _ = Named.TryGetValue(context, out named!);
        }

        named.Add(dependencies);
    }

    public readonly ref struct LoadScope(bool before)
    {
        private readonly bool _before = before;

        public void Dispose() => _loadsNothing = _before;
    }
}
