using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>The standard streams, as the C library has them.</summary>
internal static partial class StandardStreams
{
    /// <summary>Gets whether the standard input is a terminal.</summary>
    public static bool IsInputTerminal => IsTerminal(0) == 1;

    /// <summary>Writes what the C library has in the buffers of its output streams.</summary>
    public static int Flush() => FlushStream(0);

    [LibraryImport("libc", EntryPoint = "fflush")]
    private static partial int FlushStream(nint stream);

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTerminal(int descriptor);
}
