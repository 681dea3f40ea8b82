namespace Multiprocessing.Platform.Posix;

/// <summary>Errors of system calls. Those above 34 have a number of their own on each system; the first is Linux's (asm-generic), the second macOS' (sys/errno.h).</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int NoSuchProcess = 3;
    public const int Interrupted = 4;
    public const int NoDevice = 6;
    public const int NoChild = 10;
    public const int NoAccess = 13;
    public const int Invalid = 22;
    public const int BrokenPipe = 32;

    public static int Again => OperatingSystem.IsLinux() ? 11 : 35;

    public static int ConnectionReset => OperatingSystem.IsLinux() ? 104 : 54;

    /// <summary>
    /// The call itself is not to be had here, which says nothing about the file: no such system call (also what seccomp filters answer, as EPERM), or not on this file system.
    /// glibc handles only the last by itself, musl none.
    /// </summary>
    public static bool IsNotSupported(int error) =>
        error is NotPermitted or Invalid || (OperatingSystem.IsLinux() ? error is 38 or 95 : error is 78 or 45 or 102);
}
