using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Linux;

/// <summary>futex(2) on shared mappings (never FUTEX_PRIVATE_FLAG: the sleepers are in other processes).</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class Futex
{
    private const int WaitOperation = 0;
    private const int WakeOperation = 1;

    private static readonly nint SystemCall = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 => 98,
        var other =>
            throw new PlatformNotSupportedException($"Waiting in shared memory is not supported for Linux on {other}, only on x64 and arm64."),
    };

    public static void Wait(int* word, int expected, TimeSpan timeout)
    {
        var ticks = Math.Max(timeout.Ticks, 0);
        var time = new TimeSpec { Seconds = (nint)(ticks / TimeSpan.TicksPerSecond), Nanoseconds = (nint)(ticks % TimeSpan.TicksPerSecond * 100) };

        // EAGAIN (the word changed), EINTR, ETIMEDOUT and 0 mean the same to the caller: check again.
        Call(SystemCall, word, WaitOperation, expected, &time, 0, 0);
    }

    public static int Wake(int* word, int count) => (int)Math.Max(0, Call(SystemCall, word, WakeOperation, count, null, 0, 0));

    // syscall(2) is variadic; on Linux x64 and arm64 integer arguments are passed the same way as to a fixed signature.
    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Call(nint number, int* word, nint operation, nint value, TimeSpec* timeout, nint word2, nint value3);

    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
