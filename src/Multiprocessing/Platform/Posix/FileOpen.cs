using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>
/// open(2) with plain descriptors: the marshalling of a SafeHandle would take half a millisecond of every child's start. Variadic, like
/// <see cref="DescriptorControl"/>.
/// </summary>
internal static partial class FileOpen
{
    private static readonly bool OnStack = OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>
    /// Returns the descriptor, which the caller closes, or -1; then <see cref="Marshal.GetLastPInvokeError"/> has the error.
    /// </summary>
    public static int Open(string path, int flags, int mode = 0) =>
        OnStack ? OpenOnStack(path, flags, 0, 0, 0, 0, 0, 0, mode) : OpenPlain(path, flags, mode);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenPlain(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenOnStack(string path, int flags, nint r2, nint r3, nint r4, nint r5, nint r6, nint r7, nint mode);
}
