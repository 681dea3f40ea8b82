namespace Multiprocessing.Platform.Posix;

/// <summary>Errors of system calls. Those above 34 have a number of their own on each system; the first is Linux's (asm-generic), the second macOS' (sys/errno.h).</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int NoSuchProcess = 3;
    public const int Interrupted = 4;
    public const int NoDevice = 6;
    public const int NoChild = 10;
    public const int NoAccess = 13;
    public const int Exists = 17;
    public const int BrokenPipe = 32;

    public static int Again => OperatingSystem.IsLinux() ? 11 : 35;

    public static int ConnectionReset => OperatingSystem.IsLinux() ? 104 : 54;
}
