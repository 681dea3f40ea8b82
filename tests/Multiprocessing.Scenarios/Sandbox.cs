using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Multiprocessing.Scenarios;

/// <summary>seccomp(2).</summary>
internal static unsafe partial class Sandbox
{
    private const int NoNewPrivileges = 38;
    private const int SetFilter = 1;
    private const uint AllThreads = 1;
    private const int NotPermitted = 1;

    /// <summary>From here on kill(2) and pidfd_send_signal(2) fail in all threads of this process and in all that it starts.</summary>
    public static void RefuseKill()
    {
        var (seccomp, kill) = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? (317, 62u) : (277, 129u);
        Instruction[] program =
        [
            new(0x20, 0, 0, 0), // load the number of the system call
            new(0x15, 2, 0, kill),
            new(0x15, 1, 0, 424),
            new(0x06, 0, 0, 0x7fff0000), // allow
            new(0x06, 0, 0, 0x00050000 | NotPermitted),
        ];
        fixed (Instruction* start = program)
        {
            var filter = new Filter { Length = (ushort)program.Length, Program = start };
            if (Control(NoNewPrivileges, 1, 0, 0, 0) != 0 || SystemCall(seccomp, SetFilter, AllThreads, &filter) != 0)
            {
                throw new Win32Exception();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nint argument2, nint argument3, nint argument4, nint argument5);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint operation, nuint flags, Filter* filter);

    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand);

    private struct Filter
    {
        public ushort Length;
        public Instruction* Program;
    }
}
