using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>
/// fcntl(2). It is variadic, and Apple's arm64 passes variadic arguments on the stack: the signature for it has six more arguments, which fill the
/// registers.
/// </summary>
internal static partial class DescriptorControl
{
    private const int SetDescriptorFlags = 2;
    private const int GetStatus = 3;
    private const int SetStatus = 4;

    private static readonly bool OnStack = OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    private static int DuplicateCloseOnExec => OperatingSystem.IsLinux() ? 1030 : 67;

    /// <summary>From now on no program that this process starts inherits the descriptor.</summary>
    public static void SetCloseOnExec(int descriptor) => Check(Call(descriptor, SetDescriptorFlags, 1));

    public static void SetNonBlocking(int descriptor) =>
        Check(Call(descriptor, SetStatus, Call(descriptor, GetStatus, 0) | OpenFlags.NonBlocking));

    /// <summary>Returns a copy with a number of at least <paramref name="least"/>, closed on exec.</summary>
    public static int Duplicate(int descriptor, int least)
    {
        var copy = Call(descriptor, DuplicateCloseOnExec, least);
        Check(copy);
        return copy;
    }

    private static int Call(int descriptor, int command, int argument) =>
        OnStack ? FcntlOnStack(descriptor, command, 0, 0, 0, 0, 0, 0, argument) : Fcntl(descriptor, command, argument);

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FcntlOnStack(int descriptor, int command, nint r2, nint r3, nint r4, nint r5, nint r6, nint r7, nint argument);
}
