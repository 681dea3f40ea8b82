using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing.Platform.Windows;

/// <summary>A file that is open exclusively, or shared with readers. The system closes it when its process ends.</summary>
[SupportedOSPlatform("windows")]
internal static partial class ShareLock
{
    private const uint GenericRead = 0x80000000;
    private const uint ShareRead = 1;
    private const uint ShareDelete = 4;
    private const uint OpenExisting = 3;
    private const uint OpenAlways = 4;

    /// <inheritdoc cref="FileLock.TryTake"/>
    public static SafeFileHandle? TryTake(string path, bool create, bool shared)
    {
        var file = new SafeFileHandle(
            CreateFile(path, GenericRead, ShareDelete | (shared ? ShareRead : 0), 0, create ? OpenAlways : OpenExisting, 0, 0),
            ownsHandle: true);
        if (!file.IsInvalid)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint CreateFile(string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);
}
