using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <summary>
/// Gives the serializer the members of types that may cross, and of no others: a type that is not registered has no members here, so it cannot be
/// created. Type names in messages are not used: the choice of derived types is switched off.
/// </summary>
internal sealed class RegisteredResolver(RegisteredTypes types, IJsonTypeInfoResolver? resolver) : IJsonTypeInfoResolver
{
    private static readonly HashSet<Type> Collections =
    [
        typeof(List<>), typeof(HashSet<>), typeof(SortedSet<>), typeof(Queue<>), typeof(Stack<>), typeof(LinkedList<>), typeof(Collection<>),
        typeof(Dictionary<,>), typeof(SortedDictionary<,>), typeof(KeyValuePair<,>),
        typeof(IEnumerable<>), typeof(ICollection<>), typeof(IReadOnlyCollection<>), typeof(IList<>), typeof(IReadOnlyList<>), typeof(ISet<>),
        typeof(IReadOnlySet<>), typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(Nullable<>),
        typeof(System.Collections.Immutable.ImmutableArray<>), typeof(System.Collections.Immutable.ImmutableList<>),
        typeof(System.Collections.Immutable.ImmutableHashSet<>), typeof(System.Collections.Immutable.ImmutableDictionary<,>),
        typeof(System.Collections.Immutable.ImmutableSortedDictionary<,>), typeof(System.Collections.Immutable.ImmutableSortedSet<>),
        typeof(ReadOnlyMemory<>), typeof(Memory<>),
    ];

    /// <summary>Returns whether a type is a collection, tuple or nullable of .NET that needs no registration if its parts may cross.</summary>
    public static bool IsKnownCollection(Type type) =>
        type.IsSZArray
        || (type.IsConstructedGenericType && (Collections.Contains(type.GetGenericTypeDefinition())
            || (type.IsAssignableTo(typeof(System.Runtime.CompilerServices.ITuple)) && type.Namespace == "System")));

    public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options)
    {
        if (SimpleTypes.Info(type, options) is { } simple)
        {
            return simple;
        }

        if (types.Find(type) is null && !IsKnownCollection(type))
        {
            return null;
        }

        var info = resolver?.GetTypeInfo(type, options);
        if (info is { IsReadOnly: false, PolymorphismOptions: not null })
        {
            info.PolymorphismOptions = null;
        }

        return info;
    }
}
