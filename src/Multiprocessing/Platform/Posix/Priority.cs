using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>setpriority(2).</summary>
internal static partial class Priority
{
    public static void SetNice(int processId, int nice)
    {
        if (SetPriority(0, processId, nice) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, int who, int nice);
}
