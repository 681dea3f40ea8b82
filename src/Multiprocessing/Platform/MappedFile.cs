using Multiprocessing.Platform.Portable;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>
/// Files mapped as shared and writable. Every method returns 0 or an error number, four of which have names here. A method that fails leaves nothing
/// behind.
/// </summary>
internal static unsafe class MappedFile
{
    // The errno values are the same on all systems; errors of Windows are translated to them.
    public const int NoEntry = 2;
    public const int Exists = 17;
    public const int OutOfMemory = 12;
    public const int NoSpace = 28;

    /// <summary>Not a number of the system: the process has so many mappings that the runtime needs the rest (<see cref="MappingBudget"/>).</summary>
    public const int TooManyMappings = -1;

    /// <summary>A directory whose files are in memory, or <see langword="null"/> if the system has none.</summary>
    public static string? MemoryDirectory => OperatingSystem.IsLinux() ? "/dev/shm" : null;

    /// <summary>
    /// Creates the file and allocates all its bytes, so that a full file system is an error here and not a crash at the first access. Maps
    /// <paramref name="mapSize"/> bytes of address space, which may be more than <paramref name="size"/> if the file will grow.
    /// </summary>
    /// <param name="path">The file. It must not exist.</param>
    /// <param name="size">The initial size in bytes.</param>
    /// <param name="mapSize">The size of the mapping in bytes.</param>
    /// <param name="keeper">The process whose end frees the memory at the latest.</param>
    /// <param name="address">The address of the mapping.</param>
    public static int Create(string path, long size, long mapSize, MemoryKeeper keeper, out byte* address)
    {
        if (!MappingBudget.TryTake())
        {
            address = null;
            return TooManyMappings;
        }

        var error = OperatingSystem.IsWindows()
            ? SectionFile.Create(path, mapSize, keeper, out address)
            : SharedMapping.Create(path, size, mapSize, out address);
        return Known(error, path, mapSize, address);
    }

    /// <summary>
    /// Maps an existing file. A file smaller than <paramref name="leastSize"/> bytes counts as missing, because the first access could crash.
    /// </summary>
    public static int OpenExisting(string path, long mapSize, out byte* address, long leastSize = 0)
    {
        if (!MappingBudget.TryTake())
        {
            address = null;
            return TooManyMappings;
        }

        var error = OperatingSystem.IsWindows()
            ? SectionFile.Open(path, mapSize, out address, leastSize)
            : SharedMapping.OpenExisting(path, mapSize, out address, leastSize);
        return Known(error, path, mapSize, address);
    }

    /// <summary>
    /// Prepares all pages of a mapping, in one call and not by one fault for each page. Where the system cannot do it, each page is prepared at its
    /// first access.
    /// </summary>
    public static void TouchAll(byte* address, long size)
    {
        if (Facilities.UseLinux)
        {
            PageAdvice.Populate(address, size);
        }
    }

    /// <summary>Records that the mapped file was renamed.</summary>
    public static void Move(byte* address, string path)
    {
        if (Facilities.ParksSleepers)
        {
            MappingTable.Move(address, path);
        }
    }

    /// <summary>
    /// Allocates the bytes from <paramref name="from"/> to <paramref name="to"/>. Mappings that include them may use them afterwards.
    /// </summary>
    public static int Grow(string path, long from, long to) => OperatingSystem.IsWindows() ? 0 : SharedMapping.Grow(path, from, to);

    public static void Unmap(byte* address, long size)
    {
        MappingBudget.GiveBack();
        if (Facilities.ParksSleepers)
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

    /// <summary>Deletes the file. A missing file is not an error. Existing mappings stay usable.</summary>
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

    /// <summary>Releases what keeps the memory of the directory's files alive apart from the files. Called before they are deleted.</summary>
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

        if (Facilities.ParksSleepers && error == 0)
        {
            MappingTable.Add(address, size, path);
        }

        return error;
    }
}
