using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Multiprocessing.Platform.Windows;

/// <summary>CreateProcessW with a list of the inherited handles, in a process group and a job of its own.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class CreateProcess
{
    private const uint Suspended = 0x4;
    private const uint NewProcessGroup = 0x200; // the parent alone handles a Ctrl-C in the terminal
    private const uint UnicodeEnvironment = 0x400;
    private const uint ExtendedStartupInfo = 0x80000;
    private const uint NoWindow = 0x8000000;
    private const uint UseStandardHandles = 0x100;
    private const uint Inheritable = 1;
    private const nuint HandleList = 0x20002;
    private const int StandardOutput = -11;
    private const int StandardError = -12;
    private const uint ReadWriteAccess = 0xC0000000;
    private const uint ShareReadWrite = 3;
    private const uint OpenExisting = 3;

    // A handle that is inheritable for one child must not be inherited by another child that starts at the same time.
    private static readonly Lock Gate = new();

    /// <inheritdoc cref="ChildStart.Start"/>
    public static int Start(SpawnRequest request)
    {
        lock (Gate)
        {
            using var nothing = new OwnedHandle(CreateFile("NUL", ReadWriteAccess, ShareReadWrite, 0, OpenExisting, 0, 0));
            var output = Standard(request.StandardOutput, StandardOutput, nothing);
            var error = Standard(request.StandardError, StandardError, nothing);
            var inherited = ((HandleEnd)request.Channel).Handles.Concat([nothing.Value, output, error]).Distinct().ToArray();
            var job = new Job();
            try
            {
                foreach (var handle in inherited)
                {
                    Win32.Check(Win32.SetHandleInformation(handle, Inheritable, Inheritable));
                }

                return Start(request, job, nothing.Value, output, error, inherited);
            }
            catch
            {
                job.Dispose();
                throw;
            }
            finally
            {
                foreach (var handle in inherited)
                {
                    _ = Win32.SetHandleInformation(handle, Inheritable, 0);
                }
            }
        }
    }

    private static int Start(SpawnRequest request, Job job, nint input, nint output, nint error, nint[] inherited)
    {
        nuint size = 0;
        _ = InitializeProcThreadAttributeList(null, 1, 0, ref size);
        var attributes = stackalloc byte[(int)size];
        Win32.Check(InitializeProcThreadAttributeList(attributes, 1, 0, ref size));
        try
        {
            fixed (nint* handles = inherited)
            fixed (char* environment = EnvironmentBlock(request.Environment))
            fixed (char* command = CommandLine.Of(request.Arguments) + "\0")
            {
                Win32.Check(UpdateProcThreadAttribute(attributes, 0, HandleList, handles, (nuint)(inherited.Length * sizeof(nint)), null, null));
                var startup = new StartupInfo
                {
                    Size = (uint)sizeof(StartupInfo),
                    Flags = UseStandardHandles,
                    Input = input,
                    Output = output,
                    Error = error,
                    Attributes = attributes,
                };
                var flags = Suspended | NewProcessGroup | UnicodeEnvironment | ExtendedStartupInfo | (GetConsoleWindow() == 0 ? NoWindow : 0);
                ProcessInformation started;
                Win32.Check(Create(request.Path, command, 0, 0, 1, flags, environment, request.WorkingDirectory, &startup, &started));
                return Register(request, job, started);
            }
        }
        finally
        {
            DeleteProcThreadAttributeList(attributes);
        }
    }

    /// <summary>
    /// Adds the suspended child to its job. If this process is killed before that, the child stays suspended: no call does both at once on all
    /// versions.
    /// </summary>
    private static int Register(SpawnRequest request, Job job, in ProcessInformation started)
    {
        using var thread = new OwnedHandle(started.Thread);
        var process = new OwnedHandle(started.Process);
        try
        {
            job.Add(started.Process);
            if (request.Processors is { } processors)
            {
                nuint mask = 0;
                foreach (var processor in processors)
                {
                    mask |= (nuint)1 << processor;
                }

                Win32.Check(SetProcessAffinityMask(started.Process, mask));
            }

            StartedChildren.Add((int)started.ProcessId, process, job);
            _ = ResumeThread(started.Thread);
            return (int)started.ProcessId;
        }
        catch
        {
            _ = TerminateProcess(started.Process, SignalCodes.Of(Signals.Kill));
            process.Dispose();
            throw;
        }
    }

    private static nint Standard(PipeEnd? end, int standard, OwnedHandle nothing)
    {
        if (end is HandleEnd given)
        {
            return given.Handles.Single();
        }

        var own = Win32.GetStdHandle(standard);
        return own is 0 or -1 ? nothing.Value : own;
    }

    // Sorted without regard to case, as the system requires.
    private static string EnvironmentBlock(IReadOnlyDictionary<string, string> variables)
    {
        var block = new StringBuilder();
        foreach (var (name, value) in variables.OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase))
        {
            block.Append(name).Append('=').Append(value).Append('\0');
        }

        return block.Append('\0').ToString();
    }

    [LibraryImport("kernel32", EntryPoint = "CreateProcessW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial int Create(
        string path, char* command, nint processSecurity, nint threadSecurity, int inherit, uint flags, char* environment, string? directory,
        StartupInfo* startup, ProcessInformation* started);

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint CreateFile(string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32", EntryPoint = "InitializeProcThreadAttributeList", SetLastError = true)]
    private static partial int InitializeProcThreadAttributeList(byte* list, uint count, uint flags, ref nuint size);

    [LibraryImport("kernel32", EntryPoint = "UpdateProcThreadAttribute", SetLastError = true)]
    private static partial int UpdateProcThreadAttribute(
        byte* list, uint flags, nuint attribute, void* value, nuint size, void* previous, void* returned);

    [LibraryImport("kernel32", EntryPoint = "DeleteProcThreadAttributeList")]
    private static partial void DeleteProcThreadAttributeList(byte* list);

    [LibraryImport("kernel32", EntryPoint = "SetProcessAffinityMask", SetLastError = true)]
    private static partial int SetProcessAffinityMask(nint process, nuint mask);

    [LibraryImport("kernel32", EntryPoint = "ResumeThread")]
    private static partial uint ResumeThread(nint thread);

    [LibraryImport("kernel32", EntryPoint = "TerminateProcess")]
    private static partial int TerminateProcess(nint process, uint code);

    [LibraryImport("kernel32", EntryPoint = "GetConsoleWindow")]
    private static partial nint GetConsoleWindow();

    // STARTUPINFOEXW of 64-bit Windows.
    [StructLayout(LayoutKind.Explicit, Size = 112)]
    private struct StartupInfo
    {
        [FieldOffset(0)]
        public uint Size;

        [FieldOffset(60)]
        public uint Flags;

        [FieldOffset(80)]
        public nint Input;

        [FieldOffset(88)]
        public nint Output;

        [FieldOffset(96)]
        public nint Error;

        [FieldOffset(104)]
        public byte* Attributes;
    }

    private struct ProcessInformation
    {
        public nint Process;
        public nint Thread;
        public uint ProcessId;
        public uint ThreadId;
    }
}
