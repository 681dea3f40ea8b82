namespace Multiprocessing.Platform.Posix;

/// <summary>
/// Flags of open(2) and fcntl(2). The first number is the one of Linux on x64 and arm64 (asm-generic), the second the one of macOS (sys/fcntl.h).
/// </summary>
internal static class OpenFlags
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int OwnerOnly = 0x180;

    public static int Create => OperatingSystem.IsLinux() ? 0x40 : 0x200;

    public static int Exclusive => OperatingSystem.IsLinux() ? 0x80 : 0x800;

    public static int NonBlocking => OperatingSystem.IsLinux() ? 0x800 : 0x4;

    public static int CloseOnExec => OperatingSystem.IsLinux() ? 0x80000 : 0x1000000;
}
