using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Multiprocessing.Scenarios;

/// <summary>setrlimit(2) for this process.</summary>
internal static unsafe partial class Limits
{
    private const int OpenFiles = 7; // Linux, as the other one
    private const int Processes = 6;

    /// <summary>Nothing may have this descriptor number or a higher one from now on; what has one keeps it.</summary>
    public static void SetDescriptors(ulong most) => Set(OpenFiles, most);

    /// <summary>The user may have no more processes and threads than that; those that there are stay. Does not concern root.</summary>
    public static void SetProcesses(ulong most) => Set(Processes, most);

    private static void Set(int resource, ulong most)
    {
        var limit = stackalloc ulong[2];
        Check(GetLimit(resource, limit));
        limit[0] = Math.Min(most, limit[1]);
        Check(SetLimit(resource, limit));
    }

    /// <summary>Takes every free number below the highest one in use, so that a limit counts what is asked for from here on. They stay taken.</summary>
    public static int FillGaps()
    {
        var highest = Directory.EnumerateFileSystemEntries("/proc/self/fd").Max(path => int.Parse(Path.GetFileName(path)));
        while (true)
        {
            var copy = Duplicate(1);
            if (copy > highest)
            {
                _ = Close(copy);
                return highest;
            }
        }
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, ulong* limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, ulong* limit);

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
