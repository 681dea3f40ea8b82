namespace Multiprocessing.Platform.Posix;

/// <summary>
/// Errors of system calls. Numbers above 34 differ between the systems: the first is the one of Linux (asm-generic), the second the one of macOS
/// (sys/errno.h).
/// </summary>
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
    /// The call itself is not supported, which says nothing about the file: there is no such system call (seccomp filters also answer EPERM), or not
    /// on this file system. glibc handles only the last case itself, musl none.
    /// </summary>
    public static bool IsNotSupported(int error) =>
        error is NotPermitted or Invalid || (OperatingSystem.IsLinux() ? error is 38 or 95 : error is 78 or 45 or 102);
}
