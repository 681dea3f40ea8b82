using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>
/// A job object that contains one child and everything that it starts. The system closes it when the process that created it ends, and then kills the
/// processes in it: a tree ends with its root.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe partial class Job : IDisposable
{
    private const int ExtendedLimits = 9;
    private const uint KillOnClose = 0x2000;

    private readonly OwnedHandle _handle;

    public Job()
    {
        _handle = new OwnedHandle(CreateJobObject(0, null));
        var limits = new Limits { Flags = KillOnClose };
        if (_handle.IsInvalid || SetInformationJobObject(_handle.Value, ExtendedLimits, &limits, (uint)sizeof(Limits)) == 0)
        {
            var error = Win32.LastError();
            _handle.Dispose();
            throw error;
        }
    }

    public void Add(nint process) => Win32.Check(AssignProcessToJobObject(_handle.Value, process));

    public bool Terminate(uint code) => TerminateJobObject(_handle.Value, code) != 0;

    public void Dispose() => _handle.Dispose();

    [LibraryImport("kernel32", EntryPoint = "CreateJobObjectW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint CreateJobObject(nint security, string? name);

    [LibraryImport("kernel32", EntryPoint = "SetInformationJobObject", SetLastError = true)]
    private static partial int SetInformationJobObject(nint job, int kind, void* information, uint size);

    [LibraryImport("kernel32", EntryPoint = "AssignProcessToJobObject", SetLastError = true)]
    private static partial int AssignProcessToJobObject(nint job, nint process);

    [LibraryImport("kernel32", EntryPoint = "TerminateJobObject")]
    private static partial int TerminateJobObject(nint job, uint code);

    // JOBOBJECT_EXTENDED_LIMIT_INFORMATION of 64-bit Windows.
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    private struct Limits
    {
        [FieldOffset(16)]
        public uint Flags;
    }
}
