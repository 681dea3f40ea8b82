namespace Multiprocessing.Platform.Portable;

/// <summary>
/// Identifies a word for all processes: by the directory of its file, and by a number computed from the file's name and the offset of the word in it.
/// </summary>
internal readonly record struct SharedPlace(ParkingLots.Entry Lot, ulong Key);

/// <summary>
/// The mapped files of this process, by address: two processes have the same word at different addresses, and only the file is the same.
/// </summary>
internal static unsafe class MappingTable
{
    private static readonly Lock Gate = new();

    // Sorted by address, and replaced as a whole: readers take no lock.
    private static Mapping[] _mappings = [];

    private sealed record Mapping(nint Start, nint End, ParkingLots.Entry Lot, ulong File);

    public static void Add(byte* address, long size, string path)
    {
        lock (Gate)
        {
            Insert((nint)address, (nint)address + (nint)size, path);
        }
    }

    public static void Remove(byte* address)
    {
        lock (Gate)
        {
            _ = Take((nint)address);
        }
    }

    /// <summary>Records that the file was renamed.</summary>
    public static void Move(byte* address, string path)
    {
        lock (Gate)
        {
            if (Take((nint)address) is { } mapping)
            {
                Insert(mapping.Start, mapping.End, path);
            }
        }
    }

    /// <summary>Returns the identity of the word, or <see langword="null"/> if it is in this process's own memory.</summary>
    public static SharedPlace? Find(int* word)
    {
        var mappings = Volatile.Read(ref _mappings);
        var (low, high) = (0, mappings.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var mapping = mappings[middle];
            if ((nint)word < mapping.Start)
            {
                high = middle - 1;
            }
            else if ((nint)word >= mapping.End)
            {
                low = middle + 1;
            }
            else
            {
                return new SharedPlace(mapping.Lot, mapping.File + (ulong)((nint)word - mapping.Start));
            }
        }

        return null;
    }

    private static void Insert(nint start, nint end, string path)
    {
        var mapping = new Mapping(start, end, ParkingLots.Enter(Path.GetDirectoryName(path)!), Hash(Path.GetFileName(path)));
        var at = IndexOf(start);
        Volatile.Write(ref _mappings, [.. _mappings.AsSpan(0, at), mapping, .. _mappings.AsSpan(at)]);
    }

    private static Mapping? Take(nint start)
    {
        var at = IndexOf(start);
        if (at == _mappings.Length || _mappings[at].Start != start)
        {
            return null;
        }

        var mapping = _mappings[at];
        Volatile.Write(ref _mappings, [.. _mappings.AsSpan(0, at), .. _mappings.AsSpan(at + 1)]);
        ParkingLots.Leave(mapping.Lot);
        return mapping;
    }

    /// <summary>Returns the index of the first mapping that begins at the address or after it. The caller holds the lock.</summary>
    private static int IndexOf(nint start)
    {
        var (low, high) = (0, _mappings.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _mappings[middle].Start < start ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    // FNV-1a, and a last multiplication that separates neighbouring offsets of similar names. A collision wakes a wrong sleeper, and so another one
    // late.
    private static ulong Hash(string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in name)
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        return hash * 0x9E3779B97F4A7C15UL;
    }
}
