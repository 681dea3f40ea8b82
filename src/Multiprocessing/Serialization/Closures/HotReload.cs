using System.Reflection;
using System.Reflection.Metadata;
using Multiprocessing;

[assembly: MetadataUpdateHandler(typeof(HotReload))]

namespace Multiprocessing;

/// <summary>
/// Records which code of this process hot reload (dotnet watch, an IDE) has changed in memory. Other processes run the code on disk, so a body that
/// was changed must not start there: it would run in its old version.
/// </summary>
internal static class HotReload
{
    private static readonly HashSet<Type> Changed = [];
    private static bool _isUpdated;
    private static int _warned;

    /// <summary>Gets whether there was an update. In nearly every process it is <see langword="false"/>, and no other member is called.</summary>
    public static bool IsUpdated => Volatile.Read(ref _isUpdated);

    /// <summary>Called by the runtime, by this name, after every update.</summary>
    /// <param name="updatedTypes">The types whose code was changed or added; <see langword="null"/> if they are unknown.</param>
    public static void UpdateApplication(Type[]? updatedTypes)
    {
        lock (Changed)
        {
            foreach (var type in updatedTypes ?? [])
            {
                Changed.Add(type);
            }
        }

        Volatile.Write(ref _warned, 0);
        Volatile.Write(ref _isUpdated, true);
    }

    /// <summary>
    /// Returns why a body must not start in another process, or <see langword="null"/>. For a body that was not changed a warning is logged, once
    /// after each update: code that it calls may have changed.
    /// </summary>
    public static string? Refuse(MethodInfo body)
    {
        if (IsChanged(body) || Array.Exists(ClosureUse.Of(body).Methods, IsChanged))
        {
            return $"Its code was changed by hot reload (in {TypeText.Of(OwnerOf(body))}), and other processes run the program on disk, without that "
                + "change. Restart the program (Ctrl+R in dotnet watch).";
        }

        if (Interlocked.Exchange(ref _warned, 1) == 0)
        {
            MultiprocessingLogging.HotReloaded(ChangedNames());
        }

        return null;
    }

    private static bool IsChanged(MethodBase method)
    {
        lock (Changed)
        {
            return method.DeclaringType is { } type && Changed.Contains(SourceNames.DefinitionOf(type));
        }
    }

    private static string ChangedNames()
    {
        lock (Changed)
        {
            return Changed.Count == 0
                ? "some types"
                : string.Join(
                    ", ", Changed.Select(static type => TypeText.Of(SourceNames.ClassOf(type))).Distinct().Order(StringComparer.Ordinal).Take(5));
        }
    }

    private static Type OwnerOf(MethodInfo method) => method.DeclaringType is { } type ? SourceNames.ClassOf(type) : typeof(void);
}
