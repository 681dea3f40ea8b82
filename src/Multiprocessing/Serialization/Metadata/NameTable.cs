
namespace Multiprocessing;

/// <summary>The names of types and members, both ways, made once per process.</summary>
internal static class NameTable
{
    /// <summary>The number that says that a name follows in full; smaller ones are well-known types, larger ones names given earlier in the message.</summary>
    public const int NewName = 64;

    private const int WellKnownCount = 35;

    private static readonly ObjectTable<NameEntry> ByThing = new();
    private static readonly NameIndex ByBlob = new();

    // Read one by one, because loading all these types takes a millisecond, and a child needs one or two. Written together: only all of them say that a type is none of them.
    private static readonly NameEntry?[] WellKnownEntries = new NameEntry?[WellKnownCount];
    private static bool _knowsAll;

    /// <summary>The name of a type or member.</summary>
    /// <exception cref="CannotCrossException">It exists in this process only.</exception>
    public static NameEntry Of(object thing) => ByThing.Find(thing) ?? Add(thing);

    public static NameEntry WellKnown(int number) =>
        number >= WellKnownCount ? throw GraphReader.Torn() : Volatile.Read(ref WellKnownEntries[number]) ?? MakeWellKnown(number);

    /// <summary>The type or member with that name, looked up once per process.</summary>
    public static NameEntry Find(ReadOnlySpan<byte> blob)
    {
        return ByBlob.Find(blob) ?? Resolve(blob);
    }

    private static NameEntry Resolve(ReadOnlySpan<byte> blob)
    {
        var thing = NameDecoder.Decode(blob);
        KnowAllIfOneOf(thing);
        var added = ByThing.Add(thing, new NameEntry(thing, blob.ToArray()));
        if (!blob.SequenceEqual(added.Blob))
        {
            // A second name of a well-known type, or of a member seen through a derived type.
            added = new NameEntry(thing, blob.ToArray(), added.WellKnown);
        }

        return ByBlob.Add(added);
    }

    private static NameEntry Add(object thing)
    {
        KnowAllIfOneOf(thing);
        return ByThing.Find(thing) ?? ByThing.Add(thing, new NameEntry(thing, NameEncoder.Encode(thing)));
    }

    /// <summary>Before a type gets a name of its own: the well-known ones have theirs.</summary>
    private static void KnowAllIfOneOf(object thing)
    {
        if (Volatile.Read(ref _knowsAll) || thing is not Type type || type.Assembly != typeof(object).Assembly)
        {
            return;
        }

        for (var number = 0; number < WellKnownCount; number++)
        {
            _ = MakeWellKnown(number);
        }

        Volatile.Write(ref _knowsAll, true);
    }

    private static NameEntry MakeWellKnown(int number)
    {
        var type = WellKnownType(number);
        var entry = ByThing.Add(type, new NameEntry(type, [], number));
        Volatile.Write(ref WellKnownEntries[number], entry);
        return entry;
    }

    private static Type WellKnownType(int number) => number switch
    {
        0 => typeof(object),
        1 => typeof(string),
        2 => typeof(bool),
        3 => typeof(byte),
        4 => typeof(sbyte),
        5 => typeof(char),
        6 => typeof(short),
        7 => typeof(ushort),
        8 => typeof(int),
        9 => typeof(uint),
        10 => typeof(long),
        11 => typeof(ulong),
        12 => typeof(float),
        13 => typeof(double),
        14 => typeof(decimal),
        15 => typeof(DateTime),
        16 => typeof(TimeSpan),
        17 => typeof(Guid),
        18 => typeof(nint),
        19 => typeof(DateTimeOffset),
        20 => typeof(object[]),
        21 => typeof(string[]),
        22 => typeof(byte[]),
        23 => typeof(int[]),
        24 => typeof(long[]),
        25 => typeof(double[]),
        26 => typeof(float[]),
        27 => typeof(char[]),
        28 => typeof(List<string>),
        29 => typeof(List<int>),
        30 => typeof(List<object>),
        31 => typeof(Dictionary<string, object>),
        32 => typeof(Dictionary<string, string>),
        33 => typeof(Action),
        34 => typeof(Exception),
        _ => throw GraphReader.Torn(),
    };
}
