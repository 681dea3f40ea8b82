namespace Multiprocessing.Platform.Portable;

/// <summary>Implements <see cref="WordWait"/> with parking lots.</summary>
internal static unsafe class ParkedWait
{
    public static void Wait(int* word, int expected, TimeSpan timeout)
    {
        if (timeout < TimeSpan.Zero)
        {
            return;
        }

        if (MappingTable.Find(word) is not { } place)
        {
            OwnMemoryWait.Wait(word, expected, timeout);
        }
        else if (place.Lot.Lot(create: true) is { } lot)
        {
            lot.Sleep(place.Key, word, expected, timeout);
        }
        else
        {
            ParkingLot.SleepShortly(timeout);
        }
    }

    public static int Wake(int* word, int count)
    {
        if (MappingTable.Find(word) is not { } place)
        {
            return OwnMemoryWait.Wake();
        }

        // No lot: no thread has slept yet, and one that is about to sleep checks the word again after it has created the lot.
        return place.Lot.Lot(create: false)?.Wake(place.Key, count) ?? 0;
    }
}
