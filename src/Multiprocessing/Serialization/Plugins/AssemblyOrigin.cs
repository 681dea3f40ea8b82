using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Multiprocessing;

/// <summary>The origin of an assembly, by which another process of the same program can load it. Determined once per assembly. Thread-safe.</summary>
internal sealed class AssemblyOrigin
{
    private const string MadeHere =
        "exists in this process only; use code from an assembly that has a file: one that the program references, or one loaded from its path";

    /// <summary>Weak, so that it does not keep a collectible assembly alive.</summary>
    private static readonly ConditionalWeakTable<Assembly, AssemblyOrigin> Known = [];

    private AssemblyOrigin(string? file, ContextKey? context, Dependency[] dependencies, string? suggestion)
    {
        File = file;
        Context = context;
        Dependencies = dependencies;
        Suggestion = suggestion;
    }

    /// <summary>
    /// Gets the file of a plug-in; <see langword="null"/> for an assembly of the program itself, which every process of the program finds by its
    /// name.
    /// </summary>
    public string? File { get; }

    /// <summary>Gets the context that a plug-in was loaded into.</summary>
    public ContextKey? Context { get; }

    /// <summary>
    /// Gets the assemblies that a plug-in refers to and that <see cref="PluginProbing"/> would not find, or would find elsewhere than this process.
    /// </summary>
    public Dependency[] Dependencies { get; }

    /// <summary>Gets why no other process can load it, or <see langword="null"/>.</summary>
    public string? Suggestion { get; }

    /// <summary>An assembly that a plug-in refers to.</summary>
    /// <param name="Name">Its simple name.</param>
    /// <param name="File">Its file; empty for an assembly of the program itself.</param>
    /// <param name="Context">The context that it was loaded into.</param>
    public sealed record Dependency(string Name, string File, ContextKey Context);

    public static AssemblyOrigin Of(Assembly assembly)
    {
        if (Known.TryGetValue(assembly, out var known))
        {
            return known;
        }

        known = Find(assembly);
        if (known.Suggestion is null)
        {
            // A refusal is not cached: the file may be restored.
            Known.AddOrUpdate(assembly, known);
        }

        return known;
    }

    /// <summary>Returns whether every process of the program finds the assembly by its name.</summary>
    private static bool IsOfProgram(Assembly assembly, AssemblyLoadContext? context, string location)
    {
        if (context != AssemblyLoadContext.Default)
        {
            return false;
        }

        // In a single-file program, no assembly of the program has a location, this one included, and the runtime does not list them. An assembly
        // that was loaded from bytes has a context of its own, unless AssemblyLoadContext.Default.LoadFromStream loaded it. That case cannot be
        // distinguished; the child then fails to load the types by name.
        return location.Length == 0 ? !assembly.IsDynamic && IsSingleFile : IsTrusted(location);
    }

    private static bool IsSingleFile => typeof(AssemblyOrigin).Assembly.Location.Length == 0;

    private static bool IsTrusted(string part) =>
        (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string)?.Contains(part, StringComparison.Ordinal) == true;

    private static AssemblyOrigin Find(Assembly assembly)
    {
        var context = AssemblyLoadContext.GetLoadContext(assembly);
        var location = assembly.IsDynamic ? "" : assembly.Location;
        if (IsOfProgram(assembly, context, location))
        {
            return new AssemblyOrigin(null, null, [], null);
        }

        if (location.Length == 0 || context is null)
        {
            return Refused(
                $"It is declared in the assembly '{assembly.GetName().Name}', which was "
                + $"{(assembly.IsDynamic ? "made at run time" : "loaded at run time from bytes")} and {MadeHere}.");
        }

        if (Changed(assembly, location) is { } change)
        {
            return Refused(change);
        }

        var key = LoadContexts.KeyOf(context);
        return FindDependencies(assembly, location, context, key, out var dependencies) is { } missing
            ? Refused(missing)
            : new AssemblyOrigin(location, key, dependencies, null);
    }

    private static AssemblyOrigin Refused(string suggestion) => new(null, null, [], suggestion);

    /// <summary>Returns why another process would not load the same code from the file, or <see langword="null"/>.</summary>
    private static string? Changed(Assembly assembly, string file)
    {
        try
        {
            using var image = new PEReader(System.IO.File.OpenRead(file));
            var metadata = image.GetMetadataReader();
            return metadata.GetGuid(metadata.GetModuleDefinition().Mvid) == assembly.ManifestModule.ModuleVersionId
                ? null
                : $"It is declared in the assembly '{assembly.GetName().Name}', whose file '{file}' was changed since this process loaded it, so "
                    + "another process would load other code; "
                    + "restart the program.";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidOperationException)
        {
            return $"It is declared in the assembly '{assembly.GetName().Name}', whose file another process could not load: {error.Message} Keep the "
                + "file where it was loaded from.";
        }
    }

    /// <summary>
    /// Determines where this process finds each assembly that a plug-in refers to, because a child has neither the program's context nor its event
    /// handlers.
    /// </summary>
    private static string? FindDependencies(Assembly root, string file, AssemblyLoadContext context, ContextKey key, out Dependency[] dependencies)
    {
        var found = new List<Dependency>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { root.GetName().Name! };
        var pending = new Queue<Assembly>([root]);
        var probing = new PluginProbing(key.Kind);
        probing.Add(file);
        dependencies = [];
        while (pending.TryDequeue(out var assembly))
        {
            foreach (var reference in assembly.GetReferencedAssemblies())
            {
                var probed = reference.Name is { } name && seen.Add(name) ? probing.Find(reference) : null;
                if (reference.Name is null
                    || (probed is null && IsTrusted(Path.DirectorySeparatorChar + reference.Name + ".dll"))
                    || Load(reference, assembly, context) is not { } actual)
                {
                    continue;
                }

                var its = AssemblyLoadContext.GetLoadContext(actual);
                var location = actual.IsDynamic ? "" : actual.Location;
                if (actual == typeof(AssemblyOrigin).Assembly || IsOfProgram(actual, its, location) || IsSharedWithLibrary(reference.Name, context))
                {
                    if (probed is not null)
                    {
                        found.Add(new Dependency(reference.Name, "", ContextKey.Default));
                    }

                    continue;
                }

                if (location.Length == 0 || its is null)
                {
                    return $"Its assembly '{root.GetName().Name}' needs '{reference.Name}', which was loaded at run time from bytes and {MadeHere}.";
                }

                if (its != context || location != probed)
                {
                    found.Add(new Dependency(reference.Name, location, LoadContexts.KeyOf(its)));
                }

                pending.Enqueue(actual);
            }
        }

        dependencies = [.. found];
        return null;
    }

    /// <summary>
    /// If a host has loaded this library into a context of its own, a child has the library and its references in the default context.
    /// </summary>
    private static bool IsSharedWithLibrary(string name, AssemblyLoadContext context) =>
        AssemblyLoadContext.GetLoadContext(typeof(AssemblyOrigin).Assembly) == context
        && Array.Exists(typeof(AssemblyOrigin).Assembly.GetReferencedAssemblies(), reference => reference.Name == name);

    private static Assembly? Load(AssemblyName reference, Assembly requesting, AssemblyLoadContext context)
    {
        if (context == AssemblyLoadContext.Default)
        {
            foreach (var loaded in context.Assemblies)
            {
                if (!loaded.IsDynamic && AssemblyName.ReferenceMatchesDefinition(reference, loaded.GetName()))
                {
                    return loaded;
                }
            }
        }

        try
        {
            return context.LoadFromAssemblyName(reference);
        }
        catch (Exception)
        {
            // Either the assembly is beside the plug-in, where LoadFrom finds it when it is needed, also in a child; or this process does not find it
            // either; or a handler of the program throws. The child then fails like this process.
            return BesideRequesting(reference, requesting, context);
        }
    }

    /// <summary>Returns what <see cref="Assembly.LoadFrom(string)"/> finds for an assembly that it loaded.</summary>
    private static Assembly? BesideRequesting(AssemblyName reference, Assembly requesting, AssemblyLoadContext context)
    {
        var beside = Path.Combine(Path.GetDirectoryName(requesting.Location) ?? "", reference.Name + ".dll");
        if (context != AssemblyLoadContext.Default || !System.IO.File.Exists(beside))
        {
            return null;
        }

        try
        {
            return Assembly.LoadFrom(beside);
        }
        catch (Exception error) when (error is IOException or BadImageFormatException)
        {
            return null;
        }
    }
}
