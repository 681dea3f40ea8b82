using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Multiprocessing;

/// <summary>The contexts of this process by their keys, both ways. Thread-safe.</summary>
internal static class LoadContexts
{
    private static readonly Guid Here = Guid.NewGuid();
    private static readonly ConditionalWeakTable<AssemblyLoadContext, ContextKey> Keys = [];
    private static readonly Dictionary<(Guid Process, int Number), WeakReference<AssemblyLoadContext>> Contexts = [];
    private static readonly Lock Gate = new();

    /// <summary>A collectible context that nothing refers to begins to unload, and could load nothing more.</summary>
    private static readonly List<MirrorContext> Mirrors = [];
    private static int _last;

    public static ContextKey KeyOf(AssemblyLoadContext context)
    {
        if (context == AssemblyLoadContext.Default)
        {
            return ContextKey.Default;
        }

        if (context.GetType().Name == "IndividualAssemblyLoadContext")
        {
            return ContextKey.File;
        }

        lock (Gate)
        {
            if (!Keys.TryGetValue(context, out var key))
            {
                key = new ContextKey(ContextKind.Own, Here, ++_last, context.Name ?? "", context.IsCollectible);
                Keys.Add(context, key);
                Contexts[(Here, key.Number)] = new WeakReference<AssemblyLoadContext>(context);
            }

            return key;
        }
    }

    /// <summary>
    /// The context of this process with that key: the very one if it was made here, else the one that this process made for the same plug-in by itself, else a mirror of it.
    /// <see langword="null"/> if there is none and none shall be made.
    /// </summary>
    /// <param name="key">Of an own context.</param>
    /// <param name="version">An assembly in it.</param>
    /// <param name="file">The file of that assembly.</param>
    /// <param name="mayCreate">Whether to make a mirror.</param>
    public static AssemblyLoadContext? Find(ContextKey key, Guid version, string file, bool mayCreate)
    {
        lock (Gate)
        {
            if (Contexts.TryGetValue((key.Process, key.Number), out var known) && known.TryGetTarget(out var context))
            {
                return context;
            }

            context = FindCounterpart(key, version, file) ?? (mayCreate ? Mirror(key) : null);
            if (context is not null)
            {
                Contexts[(key.Process, key.Number)] = new WeakReference<AssemblyLoadContext>(context);
                _ = Keys.TryAdd(context, key);
            }

            return context;
        }
    }

    private static MirrorContext Mirror(ContextKey key)
    {
        var mirror = new MirrorContext(key);
        Mirrors.Add(mirror);
        return mirror;
    }

    /// <summary>The program's code may have made the same context in both processes. Two of the other process never become one here.</summary>
    private static AssemblyLoadContext? FindCounterpart(ContextKey key, Guid version, string file)
    {
        foreach (var context in AssemblyLoadContext.All)
        {
            if (context is not MirrorContext
                && context != AssemblyLoadContext.Default
                && (context.Name ?? "") == key.Name
                && context.IsCollectible == key.IsCollectible
                && !Contexts.Any(entry => entry.Key.Process == key.Process && entry.Value.TryGetTarget(out var taken) && taken == context)
                && context.Assemblies.Any(assembly => !assembly.IsDynamic && assembly.ManifestModule.ModuleVersionId == version && assembly.Location == file))
            {
                return context;
            }
        }

        return null;
    }
}
