using System.Globalization;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform.Portable;

/// <summary>The memory of a parking lot.</summary>
internal static unsafe class ParkingMemory
{
    /// <summary>
    /// Maps the memory, or returns <see langword="null"/>. It is filled under another name, so no process sees it incomplete. If this process is
    /// killed before the file has its name, a small file stays until the directory is removed.
    /// </summary>
    public static byte* Open(string path, long size, bool create)
    {
        if (OperatingSystem.IsWindows())
        {
            var section = create ? PageFileSection.Create(LocalName.Of(path), size) : PageFileSection.Open(LocalName.Of(path));
            var mapped = section.IsInvalid ? null : PageFileSection.Map(section, size);
            if (mapped == null)
            {
                section.Dispose();
            }

            return mapped;
        }

        if (SharedMapping.OpenExisting(path, size, out var address, size) == 0)
        {
            return address;
        }

        if (!create)
        {
            return null;
        }

        // Without its parents: a removed session directory must stay removed. Any failure shows at the next step.
        MakeDirectory.One(Path.GetDirectoryName(path)!);

        var draft = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.new");
        if (SharedMapping.Create(draft, size, size, out address) != 0)
        {
            return null;
        }

        if (HardLink.TryCreate(draft, path))
        {
            SharedMapping.Delete(draft);
            return address;
        }

        // Another process was faster, or the directory was removed.
        SharedMapping.Delete(draft);
        SharedMapping.Unmap(address, size);
        return SharedMapping.OpenExisting(path, size, out address, size) == 0 ? address : null;
    }

    public static void Unmap(byte* address, long size)
    {
        if (OperatingSystem.IsWindows())
        {
            PageFileSection.Unmap(address);
        }
        else
        {
            SharedMapping.Unmap(address, size);
        }
    }
}
