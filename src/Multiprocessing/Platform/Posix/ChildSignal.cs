using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>
/// SIGCHLD of this process. A program that was started with it ignored (<c>trap '' CHLD</c> in a shell, some supervisors), or with SA_NOCLDWAIT, has
/// no zombies: the system discards the exit status of each child.
/// </summary>
internal static unsafe partial class ChildSignal
{
    private const int SizeOfAction = 256; // 152 bytes in glibc and musl, 16 on macOS
    private const nint Default = 0;
    private const nint Ignore = 1;

    public static int Number => OperatingSystem.IsLinux() ? 17 : 20;

    // struct sigaction: the handler, a set of signals (128 bytes on Linux, 4 on macOS), the flags.
    private static int FlagsAt => OperatingSystem.IsLinux() ? 136 : 12;

    private static int NoZombies => OperatingSystem.IsLinux() ? 0x2 : 0x20;

    /// <summary>
    /// From now on exit statuses are kept. A handler is not changed. If the runtime has installed its own (at the first use of the console or of
    /// System.Diagnostics.Process), it remembers that the signal was ignored and reaps every child; then <see cref="ChildWait.StatusOf"/> returns the
    /// status.
    /// </summary>
    public static void KeepStatuses()
    {
        var action = stackalloc byte[SizeOfAction];
        new Span<byte>(action, SizeOfAction).Clear();
        if (Change(Number, null, action) != 0)
        {
            return;
        }

        ref var handler = ref *(nint*)action;
        ref var flags = ref *(int*)(action + FlagsAt);
        if (handler == Ignore || (flags & NoZombies) != 0)
        {
            handler = handler == Ignore ? Default : handler;
            flags &= ~NoZombies;
            _ = Change(Number, action, null);
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int Change(int signal, byte* action, byte* earlier);
}
