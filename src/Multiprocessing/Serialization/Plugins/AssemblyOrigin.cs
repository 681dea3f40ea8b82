using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Multiprocessing;

/// <summary>Where an assembly comes from, and so how another process of the same program gets it. Found out once per assembly.</summary>
internal sealed class AssemblyOrigin
{
    private const string MadeHere = "exists in this process only; use code from an assembly that has a file: one that the program references, or one loaded from its path";

    /// <summary>Held weakly: a collectible assembly must not be kept for what is known of it.</summary>
    private static readonly ConditionalWeakTable<Assembly, AssemblyOrigin> Known = [];

    private AssemblyOrigin(string? file, ContextKey? context, Dependency[] dependencies, string? wayOut)
    {
        File = file;
        Context = context;
        Dependencies = dependencies;
        WayOut = wayOut;
    }

    /// <summary>Of a plug-in: its file. Null for an assembly of the program itself, which every process of the program finds by its name.</summary>
    public string? File { get; }

    /// <summary>Of a plug-in: the context that it was loaded into.</summary>
    public ContextKey? Context { get; }

    /// <summary>Of a plug-in: the assemblies that it refers to and that <see cref="PluginProbing"/> would not find, or not where this process did.</summary>
    public Dependency[] Dependencies { get; }

    /// <summary>Why no other process can get it, or <see langword="null"/>.</summary>
    public string? WayOut { get; }

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
        if (known.WayOut is null)
        {
            // A refusal is not kept: the file may be put back.
            Known.AddOrUpdate(assembly, known);
        }

        return known;
    }

    /// <summary>Every process of the program finds it by its name.</summary>
    private static bool IsOfProgram(Assembly assembly, AssemblyLoadContext? context, string location)
    {
        if (context != AssemblyLoadContext.Default)
        {
            return false;
        }

        // In a single file, no assembly of the program has a location, this one included, nor does the runtime list them. What is loaded from bytes has a context of its own,
        // except with AssemblyLoadContext.Default.LoadFromStream, which cannot be told apart: its types fail in the child, by their names.
        return location.Length == 0 ? !assembly.IsDynamic && IsSingleFile : IsTrusted(location);
    }

    private static bool IsSingleFile => typeof(AssemblyOrigin).Assembly.Location.Length == 0;

    private static bool IsTrusted(string part) => (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string)?.Contains(part, StringComparison.Ordinal) == true;

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
            return Refused($"It lives in the assembly '{assembly.GetName().Name}', which was {(assembly.IsDynamic ? "made at run time" : "loaded at run time from bytes")} and {MadeHere}.");
        }

        if (Changed(assembly, location) is { } change)
        {
            return Refused(change);
        }

        var key = LoadContexts.KeyOf(context);
        return FindDependencies(assembly, location, context, key, out var dependencies) is { } missing ? Refused(missing) : new AssemblyOrigin(location, key, dependencies, null);
    }

    private static AssemblyOrigin Refused(string wayOut) => new(null, null, [], wayOut);

    /// <summary>The other process would load what lies in the file now.</summary>
    private static string? Changed(Assembly assembly, string file)
    {
        try
        {
            using var image = new PEReader(System.IO.File.OpenRead(file));
            var metadata = image.GetMetadataReader();
            return metadata.GetGuid(metadata.GetModuleDefinition().Mvid) == assembly.ManifestModule.ModuleVersionId
                ? null
                : $"It lives in the assembly '{assembly.GetName().Name}', whose file '{file}' was changed since this process loaded it, so another process would load other code; start the program anew.";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidOperationException)
        {
            return $"It lives in the assembly '{assembly.GetName().Name}', whose file another process could not load: {error.Message} Keep the file where it was loaded from.";
        }
    }

    /// <summary>Asks this process where it finds each assembly that a plug-in refers to, as a child has neither the program's context nor its event handlers.</summary>
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
                if (reference.Name is null || (probed is null && IsTrusted(Path.DirectorySeparatorChar + reference.Name + ".dll")) || Load(reference, assembly, context) is not { } actual)
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

    /// <summary>Where this library itself lies in a context of the program's host, a child has it, and what it refers to, in its default context.</summary>
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
            // Either it lies beside the plug-in, where LoadFrom looks when it is needed and a child does the same, or this process does not find it as well,
            // or the program's own handler throws: the child then fails as this process would.
            return BesideRequesting(reference, requesting, context);
        }
    }

    /// <summary>What <see cref="Assembly.LoadFrom(string)"/> would find for an assembly that it loaded.</summary>
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
