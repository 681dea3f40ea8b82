using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing.Platform.Windows;

/// <summary>A file opened so that nobody else may open it, or only who reads: the system closes it with its process.</summary>
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
