namespace Multiprocessing;

/// <summary>
/// Codecs of collections that cannot cross by their fields: hash codes differ in every process, and lists have spare capacity. All other collections
/// cross by their fields.
/// </summary>
internal static class CollectionCodecs
{
    private static readonly Dictionary<string, Func<Type, Type, ObjectCodec>> ByName = new()
    {
        ["System.Collections.Generic.List`1"] = static (type, level) => new ListCodec(type, level),
        ["System.Collections.Generic.Dictionary`2"] = static (type, level) =>
            type == typeof(Dictionary<string, string>) ? new DictionaryCodec<string, string>(type)
            : type == typeof(Dictionary<string, object>) ? new DictionaryCodec<string, object>(type)
            : type == typeof(Dictionary<string, int>) ? new DictionaryCodec<string, int>(type)
            : type == typeof(Dictionary<int, int>) ? new DictionaryCodec<int, int>(type)
            : type == typeof(Dictionary<int, string>) ? new DictionaryCodec<int, string>(type)
            : Make(typeof(DictionaryCodec<,>), type, level),
        ["System.Collections.Generic.HashSet`1"] = static (type, level) =>
            type == typeof(HashSet<string>) ? new HashSetCodec<string>(type)
            : type == typeof(HashSet<int>) ? new HashSetCodec<int>(type)
            : Make(typeof(HashSetCodec<>), type, level),
        ["System.Collections.Generic.OrderedDictionary`2"] = static (type, level) => Make(typeof(OrderedDictionaryCodec<,>), type, level),
        ["System.Collections.Concurrent.ConcurrentDictionary`2"] = static (type, level) => Make(typeof(ConcurrentDictionaryCodec<,>), type, level),
        ["System.Collections.Immutable.ImmutableDictionary`2"] = static (type, level) => Make(typeof(ImmutableDictionaryCodec<,>), type, level),
        ["System.Collections.Immutable.ImmutableHashSet`1"] = static (type, level) => Make(typeof(ImmutableHashSetCodec<>), type, level),
        ["System.Collections.Frozen.FrozenDictionary`2"] = static (type, level) => Make(typeof(FrozenDictionaryCodec<,>), type, level),
        ["System.Collections.Frozen.FrozenSet`1"] = static (type, level) => Make(typeof(FrozenSetCodec<>), type, level),

        // The synchronized wrapper refers to another table and has no entries itself.
        ["System.Collections.Hashtable"] = static (type, level) =>
            type.FullName == "System.Collections.Hashtable+SyncHashtable" ? new PlainObjectCodec(type, callbacks: null) : new HashtableCodec(type),
    };

    public static ObjectCodec? Of(Type type)
    {
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            var definition = SourceNames.DefinitionOf(level);
            if (definition.FullName is { } name && ByName.TryGetValue(name, out var create) && Framework.Owns(definition))
            {
                return create(type, level);
            }
        }

        return null;
    }

    private static ObjectCodec Make(Type codec, Type type, Type level) =>
        (ObjectCodec)Activator.CreateInstance(codec.MakeGenericType(level.GenericTypeArguments), type)!;
}
