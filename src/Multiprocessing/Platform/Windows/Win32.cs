using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>Functions that several facilities call.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class Win32
{
    public const uint Infinite = 0xFFFFFFFF;
    public const int FileNotFound = 2;
    public const int PathNotFound = 3;
    public const int NotEnoughMemory = 8;
    public const int OutOfMemory = 14;
    public const int FileExists = 80;
    public const int InvalidParameter = 87;
    public const int DiskFull = 112;
    public const int Pending = 997;
    public const int CommitmentLimit = 1455;

    public static Win32Exception LastError() => new(Marshal.GetLastPInvokeError());

    public static void Check(int result)
    {
        if (result == 0)
        {
            throw LastError();
        }
    }

    [LibraryImport("kernel32", EntryPoint = "CloseHandle")]
    public static partial int CloseHandle(nint handle);

    /// <summary>Returns 0 when the object is signaled.</summary>
    [LibraryImport("kernel32", EntryPoint = "WaitForSingleObject")]
    public static partial uint WaitForSingleObject(nint handle, uint milliseconds);

    [LibraryImport("kernel32", EntryPoint = "SetHandleInformation", SetLastError = true)]
    public static partial int SetHandleInformation(nint handle, uint mask, uint flags);

    [LibraryImport("kernel32", EntryPoint = "GetStdHandle")]
    public static partial nint GetStdHandle(int which);

    [LibraryImport("kernel32", EntryPoint = "CreateEventW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint CreateEvent(nint security, int manualReset, int initialState, string? name);

    [LibraryImport("kernel32", EntryPoint = "SetEvent")]
    public static partial int SetEvent(nint handle);
}
