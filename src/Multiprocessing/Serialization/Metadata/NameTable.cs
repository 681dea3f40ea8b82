using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The names of types and members in both directions, each created once per process. Thread-safe.</summary>
internal static class NameTable
{
    /// <summary>
    /// The number before a name in full. Smaller numbers are well-known types, larger ones are names that occurred earlier in the message.
    /// </summary>
    public const int NewName = 64;

    private const int WellKnownCount = 35;

    private static readonly ObjectTable<NameEntry> BySymbol = new();
    private static readonly NameIndex ByBlob = new();

    // Read one by one, because loading all these types takes a millisecond, and a child needs one or two. Before a type is written all are created,
    // to know whether it is one of them.
    private static readonly NameEntry?[] WellKnownEntries = new NameEntry?[WellKnownCount];
    private static bool _hasAll;

    /// <summary>Returns the name of a type or member.</summary>
    /// <exception cref="CannotCrossException">It exists in this process only.</exception>
    public static NameEntry Of(object symbol) => BySymbol.Find(symbol) ?? Add(symbol);

    public static NameEntry WellKnown(int number) =>
        number >= WellKnownCount ? throw GraphReader.Torn() : Volatile.Read(ref WellKnownEntries[number]) ?? MakeWellKnown(number);

    /// <summary>Returns the type or member with a name.</summary>
    public static NameEntry Find(ReadOnlySpan<byte> blob) => ByBlob.Find(blob) ?? Resolve(blob);

    private static NameEntry Resolve(ReadOnlySpan<byte> blob)
    {
        if (NativeProgram.Is)
        {
            throw NativeProgram.HasNoNames();
        }

        var symbol = NameDecoder.Decode(blob);
        AddWellKnown(symbol);
        var added = BySymbol.Add(symbol, new NameEntry(symbol, blob.ToArray()));
        if (!blob.SequenceEqual(added.Blob))
        {
            // Another name of a well-known type, or of a member that was reached through a derived type.
            added = new NameEntry(symbol, blob.ToArray(), added.WellKnown);
        }

        return ByBlob.Add(added);
    }

    private static NameEntry Add(object symbol)
    {
        if (NativeProgram.Is)
        {
            throw NativeProgram.HasNoNames();
        }

        AddWellKnown(symbol);
        return BySymbol.Find(symbol) ?? BySymbol.Add(symbol, new NameEntry(symbol, NameEncoder.Encode(symbol)));
    }

    /// <summary>Creates the entries of all well-known types before a type gets a name in full, because it may be one of them.</summary>
    private static void AddWellKnown(object symbol)
    {
        if (Volatile.Read(ref _hasAll) || symbol is not Type type || type.Assembly != typeof(object).Assembly)
        {
            return;
        }

        for (var number = 0; number < WellKnownCount; number++)
        {
            _ = MakeWellKnown(number);
        }

        Volatile.Write(ref _hasAll, true);
    }

    private static NameEntry MakeWellKnown(int number)
    {
        var type = WellKnownType(number);
        var entry = BySymbol.Add(type, new NameEntry(type, [], number));
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
