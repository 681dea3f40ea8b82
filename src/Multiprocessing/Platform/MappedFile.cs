using Multiprocessing.Platform.Portable;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>Files mapped shared and writable. Every method returns 0 or an error's number, of which four are known by name, and leaves nothing behind when it fails.</summary>
internal static unsafe class MappedFile
{
    // The same numbers in the errno of all systems; Windows' own errors are translated to them.
    public const int NoEntry = 2;
    public const int Exists = 17;
    public const int OutOfMemory = 12;
    public const int NoSpace = 28;

    /// <summary>No system's number: the process has so many mappings that the runtime needs the rest (<see cref="MappingBudget"/>).</summary>
    public const int TooManyMappings = -1;

    /// <summary>Where files are memory and no disk, or <see langword="null"/> where the system has no such place.</summary>
    public static string? MemoryDirectory => OperatingSystem.IsLinux() ? "/dev/shm" : null;

    /// <summary>
    /// Creates the file with all its bytes allocated, so that a full file system is an error here and not a crash at the first touch, and maps
    /// <paramref name="mapSize"/> bytes of address space, which may be more than <paramref name="size"/> for a file that grows.
    /// </summary>
    /// <param name="path">The file; it must not be there.</param>
    /// <param name="size">Bytes to begin with.</param>
    /// <param name="mapSize">Bytes of address space.</param>
    /// <param name="keeper">With whom the memory goes at the latest.</param>
    /// <param name="address">Where it lies.</param>
    public static int Create(string path, long size, long mapSize, MemoryKeeper keeper, out byte* address)
    {
        if (!MappingBudget.TryTake())
        {
            address = null;
            return TooManyMappings;
        }

        var error = OperatingSystem.IsWindows() ? SectionFile.Create(path, mapSize, keeper, out address) : SharedMapping.Create(path, size, mapSize, out address);
        return Known(error, path, mapSize, address);
    }

    /// <summary>Maps a file that is there. One with fewer than <paramref name="leastSize"/> bytes, whose first touch could crash, counts as not there.</summary>
    public static int OpenExisting(string path, long mapSize, out byte* address, long leastSize = 0)
    {
        if (!MappingBudget.TryTake())
        {
            address = null;
            return TooManyMappings;
        }

        var error = OperatingSystem.IsWindows() ? SectionFile.Open(path, mapSize, out address, leastSize) : SharedMapping.OpenExisting(path, mapSize, out address, leastSize);
        return Known(error, path, mapSize, address);
    }

    /// <summary>The mapped file was renamed.</summary>
    public static void Move(byte* address, string path)
    {
        if (Means.ParksSleepers)
        {
            MappingTable.Move(address, path);
        }
    }

    /// <summary>Allocates the bytes from <paramref name="from"/> to <paramref name="to"/>; mappings that reach there may use them afterwards.</summary>
    public static int Grow(string path, long from, long to) => OperatingSystem.IsWindows() ? 0 : SharedMapping.Grow(path, from, to);

    public static void Unmap(byte* address, long size)
    {
        MappingBudget.GiveBack();
        if (Means.ParksSleepers)
        {
            MappingTable.Remove(address);
        }

        if (OperatingSystem.IsWindows())
        {
            PageFileSection.Unmap(address);
        }
        else
        {
            SharedMapping.Unmap(address, size);
        }
    }

    /// <summary>Deletes the file; that it is gone already is what was wanted. What is mapped stays usable.</summary>
    public static void Delete(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            SectionFile.Delete(path);
        }
        else
        {
            SharedMapping.Delete(path);
        }
    }

    /// <summary>Before all files of the directory are deleted as such: gives up what keeps their memory apart from them.</summary>
    public static void DeleteAll(string directory)
    {
        if (OperatingSystem.IsWindows() && Directory.Exists(directory))
        {
            foreach (var path in Directory.EnumerateFiles(directory))
            {
                SectionFile.Delete(path);
            }
        }
    }

    private static int Known(int error, string path, long size, byte* address)
    {
        if (error != 0)
        {
            MappingBudget.GiveBack();
        }

        if (Means.ParksSleepers && error == 0)
        {
            MappingTable.Add(address, size, path);
        }

        return error;
    }
}
