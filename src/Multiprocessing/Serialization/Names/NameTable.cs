using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;

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

    private static readonly NameEntry[] WellKnownEntries = [.. WellKnownTypes.Select((type, number) => new NameEntry(type, [], number))];

    private static readonly ConcurrentDictionary<object, NameEntry> ByThing =
        new(WellKnownEntries.Select(entry => KeyValuePair.Create(entry.Thing, entry)), null);

    /// <summary>By a hash of the bytes; what collides lies in one list.</summary>
    private static readonly ConcurrentDictionary<ulong, NameEntry[]> ByBlob = new();

    /// <summary>The name of a type or member.</summary>
    /// <exception cref="CannotCrossException">It exists in this process only.</exception>
    public static NameEntry Of(object thing) => ByThing.TryGetValue(thing, out var entry) ? entry : Add(thing);

    public static NameEntry WellKnown(int number) => number < WellKnownEntries.Length ? WellKnownEntries[number] : throw GraphReader.Torn();

    /// <summary>The type or member with that name, looked up once per process.</summary>
    public static NameEntry Find(ReadOnlySpan<byte> blob)
    {
        var hash = Hash(blob);
        if (ByBlob.TryGetValue(hash, out var entries))
        {
            foreach (var entry in entries)
            {
                if (blob.SequenceEqual(entry.Blob))
                {
                    return entry;
                }
            }
        }

        var thing = NameDecoder.Decode(blob);
        var added = ByThing.GetOrAdd(thing, static (thing, blob) => new NameEntry(thing, blob), blob.ToArray());
        if (!blob.SequenceEqual(added.Blob))
        {
            // A second name of a well-known type, or of a member seen through a derived type.
            added = new NameEntry(thing, blob.ToArray(), added.WellKnown);
        }

        ByBlob.AddOrUpdate(hash, [added], (_, others) => [.. others, added]);
        return added;
    }

    private static NameEntry Add(object thing)
    {
        var blob = NameEncoder.Encode(thing);
        return ByThing.GetOrAdd(thing, static (thing, blob) => new NameEntry(thing, blob), blob);
    }

    private static ulong Hash(ReadOnlySpan<byte> blob)
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        var hash = (ulong)blob.Length * Prime;
        var words = MemoryMarshal.Cast<byte, ulong>(blob);
        foreach (var word in words)
        {
            hash = (hash ^ word) * Prime;
            hash ^= hash >> 29;
        }

        foreach (var rest in blob[(words.Length * 8)..])
        {
            hash = (hash ^ rest) * Prime;
        }

        return hash ^ (hash >> 32);
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
