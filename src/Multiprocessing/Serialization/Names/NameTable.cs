using System.Collections.Concurrent;

namespace Multiprocessing;

/// <summary>The names of types and members, both ways, made once per process.</summary>
internal static class NameTable
{
    /// <summary>The number that says that a name follows in full; smaller ones are well-known types, larger ones names given earlier in the message.</summary>
    public const int NewName = 64;

    private static readonly Type[] WellKnownTypes =
    [
        typeof(object), typeof(string), typeof(bool), typeof(byte), typeof(sbyte), typeof(char), typeof(short), typeof(ushort), typeof(int), typeof(uint),
        typeof(long), typeof(ulong), typeof(float), typeof(double), typeof(decimal), typeof(DateTime), typeof(TimeSpan), typeof(Guid), typeof(nint),
        typeof(DateTimeOffset), typeof(object[]), typeof(string[]), typeof(byte[]), typeof(int[]), typeof(long[]), typeof(double[]), typeof(float[]),
        typeof(char[]), typeof(List<string>), typeof(List<int>), typeof(List<object>), typeof(Dictionary<string, object>),
        typeof(Dictionary<string, string>), typeof(Action), typeof(Exception),
    ];

    private static readonly ConcurrentDictionary<object, NameEntry> ByThing = new();
    private static readonly NameEntry[] WellKnownEntries = MakeWellKnown();
    private static readonly NameIndex ByBlob = new();

    /// <summary>The name of a type or member.</summary>
    /// <exception cref="CannotCrossException">It exists in this process only.</exception>
    public static NameEntry Of(object thing) => ByThing.TryGetValue(thing, out var entry) ? entry : Add(thing);

    public static NameEntry WellKnown(int number) => number < WellKnownEntries.Length ? WellKnownEntries[number] : throw GraphReader.Torn();

    /// <summary>The type or member with that name, looked up once per process.</summary>
    public static NameEntry Find(ReadOnlySpan<byte> blob)
    {
        return ByBlob.Find(blob) ?? Resolve(blob);
    }

    private static NameEntry Resolve(ReadOnlySpan<byte> blob)
    {
        var thing = NameDecoder.Decode(blob);
        var added = ByThing.GetOrAdd(thing, new NameEntry(thing, blob.ToArray()));
        if (!blob.SequenceEqual(added.Blob))
        {
            // A second name of a well-known type, or of a member seen through a derived type.
            added = new NameEntry(thing, blob.ToArray(), added.WellKnown);
        }

        return ByBlob.Add(added);
    }

    private static NameEntry Add(object thing)
    {
        var blob = NameEncoder.Encode(thing);
        return ByThing.GetOrAdd(thing, new NameEntry(thing, blob));
    }

    private static NameEntry[] MakeWellKnown()
    {
        var entries = new NameEntry[WellKnownTypes.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = new NameEntry(WellKnownTypes[i], [], i);
            ByThing.TryAdd(WellKnownTypes[i], entries[i]);
        }

        return entries;
    }
}

/// <summary>What a name begins with.</summary>
internal enum NameKind : byte
{
    Type,
    GenericType,
    Vector,
    Array,
    Pointer,
    ByReference,
    TypeParameter,
    MethodParameter,
    Method,
    Field,
    Property,
    Event,
    Parameter,
    Module,
    Assembly,
}

/// <summary>What a module is named by.</summary>
internal enum ModuleKind : byte
{
    CoreLibrary,
    ThisLibrary,

    /// <summary>By version id and the assembly's name, which the other side loads as it loads its own references.</summary>
    Named,

    /// <summary>The same and the file, for an assembly that was loaded from a place of its own.</summary>
    NamedWithFile,
}
