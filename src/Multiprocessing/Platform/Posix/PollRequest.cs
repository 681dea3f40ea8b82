using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>struct pollfd of poll(2), the same on all systems. Only the type of the count differs, which makes no difference in a register.</summary>
internal unsafe partial struct PollRequest
{
    public int Descriptor;
    public short Wanted;
    public short Seen;

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollRequest* requests, nuint count, int milliseconds);
}
