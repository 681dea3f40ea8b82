namespace Multiprocessing.Platform.Portable;

/// <summary>The parking lots of the directories from which this process has mapped files. Each is opened at its first use.</summary>
internal static class ParkingLots
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Entry> Entries = new(StringComparer.Ordinal);

    public static Entry Enter(string directory)
    {
        lock (Gate)
        {
            if (!Entries.TryGetValue(directory, out var entry))
            {
                Entries.Add(directory, entry = new Entry(directory));
            }

            entry.Users++;
            return entry;
        }
    }

    public static void Leave(Entry entry)
    {
        lock (Gate)
        {
            if (--entry.Users == 0)
            {
                Entries.Remove(entry.Directory);
            }
        }
    }

    internal sealed class Entry(string directory)
    {
        private ParkingLot? _lot;

        public string Directory { get; } = directory;

        public int Users { get; set; }

        /// <summary>
        /// Returns the lot; creates it if it is missing and <paramref name="create"/> is true. <see langword="null"/> if there is none, or no room
        /// for one.
        /// </summary>
        public ParkingLot? Lot(bool create)
        {
            if (Volatile.Read(ref _lot) is { } lot)
            {
                return lot;
            }

            lock (Gate)
            {
                return _lot ??= ParkingLot.Open(Directory, create);
            }
        }
    }
}
