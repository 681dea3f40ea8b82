using System.Runtime.InteropServices;

namespace Multiprocessing.Scenarios;

/// <summary>Makes system calls fail by a seccomp filter: for the thread that asks and those that it starts, or for the whole process and its children. There is no way back.</summary>
internal static unsafe partial class SystemCalls
{
    private const int SetNoNewPrivileges = 38;
    private const nint SecureComputing = 317; // x64, as all numbers here
    private const nint FilterMode = 1;
    private const nint AllThreads = 1;
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfBits = 0x45;
    private const ushort Return = 0x06;
    private const uint FirstArgument = 16;
    private const uint CloneThread = 0x10000;
    private const uint Allow = 0x7fff0000;
    private const uint Fail = 0x00050000;

    /// <summary>No system call by itself: what makes a thread, and not what makes a process.</summary>
    public const string NewThread = "thread";

    /// <summary>Errors by name.</summary>
    public static readonly IReadOnlyDictionary<string, int> Errors = new Dictionary<string, int>
    {
        ["EPERM"] = 1,
        ["EINTR"] = 4,
        ["EAGAIN"] = 11,
        ["ENOMEM"] = 12,
        ["EINVAL"] = 22,
        ["ENFILE"] = 23,
        ["EMFILE"] = 24,
        ["ENOSPC"] = 28,
        ["ENOSYS"] = 38,
        ["EOPNOTSUPP"] = 95,
        ["ENOENT"] = 2,
    };

    /// <summary>Numbers by name.</summary>
    public static readonly IReadOnlyDictionary<string, int> Numbers = new Dictionary<string, int>
    {
        ["write"] = 1,
        ["poll"] = 7,
        ["dup2"] = 33,
        ["sendto"] = 44,
        ["socketpair"] = 53,
        ["clone"] = 56,
        ["vfork"] = 58,
        ["execve"] = 59,
        ["fcntl"] = 72,
        ["ftruncate"] = 77,
        ["chdir"] = 80,
        ["rename"] = 82,
        ["mkdir"] = 83,
        ["setpgid"] = 109,
        ["setpriority"] = 141,
        ["sched_setaffinity"] = 203,
        ["epoll_ctl"] = 233,
        ["openat"] = 257,
        ["fallocate"] = 285,
        ["epoll_create1"] = 291,
        ["dup3"] = 292,
        ["pipe2"] = 293,
        ["statx"] = 332,
        ["pidfd_open"] = 434,
        ["clone3"] = 435,
    };

    public static bool CanBeRefused => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Returns 0 or the errno: a kernel or a container that allows no filters.</summary>
    public static int Refuse(string call, string error, bool everywhere)
    {
        if (ProcessControl(SetNoNewPrivileges, 1, 0, 0, 0) != 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        var refusal = Fail | (uint)Errors[error];
        ReadOnlySpan<Instruction> instructions = call == NewThread
            ?
            [
                // Without clone3, whose flags a filter cannot read, threads and processes are made by clone.
                new(LoadWord, 0, 0, 0),
                new(JumpIfEqual, 0, 1, (uint)Numbers["clone3"]),
                new(Return, 0, 0, Fail | (uint)Errors["ENOSYS"]),
                new(JumpIfEqual, 0, 3, (uint)Numbers["clone"]),
                new(LoadWord, 0, 0, FirstArgument),
                new(JumpIfBits, 0, 1, CloneThread),
                new(Return, 0, 0, refusal),
                new(Return, 0, 0, Allow),
            ]
            : [new(LoadWord, 0, 0, 0), new(JumpIfEqual, 0, 1, (uint)Numbers[call]), new(Return, 0, 0, refusal), new(Return, 0, 0, Allow)];
        var program = stackalloc Instruction[instructions.Length];
        instructions.CopyTo(new Span<Instruction>(program, instructions.Length));
        var filter = new Filter { Length = (ushort)instructions.Length, First = program };
        return SystemCall(SecureComputing, FilterMode, everywhere ? AllThreads : 0, &filter) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nint argument2, nint argument3, nint argument4, nint argument5);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint operation, nint flags, Filter* filter);

    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand);

    private struct Filter
    {
        public ushort Length;
        public Instruction* First;
    }
}
