using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Maps files. If the process has no mappings left, runs the garbage collector, which unmaps those of unreachable objects, and tries once more.
/// </summary>
internal static unsafe class Mappings
{
    // Allocating more bytes than are free would first take all free bytes from all other programs.
    private const long AskFirstFrom = 16L << 20;

    public static int Create(string path, long size, MemoryKeeper keeper, out byte* address)
    {
        if (size >= AskFirstFrom && SharedMemoryErrors.FreeBytes(path) < size)
        {
            address = null;
            return MappedFile.NoSpace;
        }

        var error = MappedFile.Create(path, size, size, keeper, out address);
        if (error is MappedFile.OutOfMemory or MappedFile.TooManyMappings)
        {
            CollectMappings();
            error = MappedFile.Create(path, size, size, keeper, out address);
        }

        return error;
    }

    public static int Open(string path, long size, out byte* address)
    {
        var error = MappedFile.OpenExisting(path, size, out address);
        if (error is MappedFile.OutOfMemory or MappedFile.TooManyMappings)
        {
            CollectMappings();
            error = MappedFile.OpenExisting(path, size, out address);
        }

        return error;
    }

    private static void CollectMappings()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
