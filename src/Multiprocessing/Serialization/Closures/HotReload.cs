using System.Reflection;
using System.Reflection.Metadata;
using Multiprocessing;

[assembly: MetadataUpdateHandler(typeof(HotReload))]

namespace Multiprocessing;

/// <summary>
/// Told by the runtime's hot reload (dotnet watch, an IDE) that code of this process was changed in memory. Other processes run the code as it lies on disk, so a body that was changed must not start there:
/// it would run as it was before.
/// </summary>
internal static class HotReload
{
    private static readonly HashSet<Type> Changed = [];
    private static bool _isUpdated;
    private static int _warned;

    /// <summary>False in nearly every process; then nothing else is asked.</summary>
    public static bool IsUpdated => Volatile.Read(ref _isUpdated);

    /// <summary>Called by name after every update.</summary>
    /// <param name="updatedTypes">The types whose code was changed or added; <see langword="null"/> if it is not known which.</param>
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

    /// <summary>Why a body does not start in another process, or <see langword="null"/>; a body that was not changed itself is warned of, once after each update, because what it calls may have been.</summary>
    public static string? Refuse(MethodInfo body)
    {
        if (IsChanged(body) || Array.Exists(ClosureUse.Of(body).Methods, IsChanged))
        {
            return $"Its code was changed by hot reload (in {TypeText.Of(OwnerOf(body))}), and other processes run the program as it lies on disk, without that change. Restart the program (Ctrl+R in dotnet watch).";
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
            return method.DeclaringType is { } type && Changed.Contains(type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type);
        }
    }

    private static string ChangedNames()
    {
        lock (Changed)
        {
            return Changed.Count == 0 ? "some types" : string.Join(", ", Changed.Select(static type => TypeText.Of(OwnerOf(type))).Distinct().Order(StringComparer.Ordinal).Take(5));
        }
    }

    private static Type OwnerOf(MethodInfo method) => method.DeclaringType is { } type ? OwnerOf(type) : typeof(void);

    /// <summary>The class as it stands in the source: lambdas and asynchronous methods have classes of their own in it.</summary>
    private static Type OwnerOf(Type type)
    {
        while (type is { Name: ['<', ..], DeclaringType: { } outer })
        {
            type = outer;
        }

        return type;
    }
}
