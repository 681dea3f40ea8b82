using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Multiprocessing;

/// <summary>The contexts of this process and their keys, in both directions. Thread-safe.</summary>
internal static class LoadContexts
{
    private static readonly Guid Here = Guid.NewGuid();
    private static readonly ConditionalWeakTable<AssemblyLoadContext, ContextKey> Keys = [];
    private static readonly Dictionary<(Guid Process, int Number), WeakReference<AssemblyLoadContext>> Contexts = [];
    private static readonly Lock Gate = new();

    /// <summary>Keeps the mirrors alive: a collectible context without references starts to unload, and then cannot load assemblies.</summary>
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
    /// Returns the context of this process for a key: the context itself if this process created it; otherwise the one that the program created here
    /// for the same plug-in; otherwise a mirror. Returns <see langword="null"/> if there is none and none is to be created.
    /// </summary>
    /// <param name="key">The key of a context of kind Own.</param>
    /// <param name="version">An assembly in it.</param>
    /// <param name="file">The file of that assembly.</param>
    /// <param name="mayCreate">Whether to create a mirror.</param>
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
        Debug.Assert(Gate.IsHeldByCurrentThread, "A mirror is created under the lock, so that a key has one context.");
        var mirror = new MirrorContext(key);
        Mirrors.Add(mirror);
        return mirror;
    }

    /// <summary>
    /// Finds the context of a program that creates the same context in both processes. Two contexts of the other process never become one here.
    /// </summary>
    private static AssemblyLoadContext? FindCounterpart(ContextKey key, Guid version, string file)
    {
        foreach (var context in AssemblyLoadContext.All)
        {
            if (context is not MirrorContext
                && context != AssemblyLoadContext.Default
                && (context.Name ?? "") == key.Name
                && context.IsCollectible == key.IsCollectible
                && !Contexts.Any(entry => entry.Key.Process == key.Process && entry.Value.TryGetTarget(out var taken) && taken == context)
                && context.Assemblies.Any(assembly =>
                    !assembly.IsDynamic && assembly.ManifestModule.ModuleVersionId == version && assembly.Location == file))
            {
                return context;
            }
        }

        return null;
    }
}
