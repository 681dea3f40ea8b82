using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing.Platform.Windows;

/// <summary>A process's handle, which is signaled when it has ended.</summary>
[SupportedOSPlatform("windows")]
internal sealed class ProcessEnd : WaitSource, ISignaling
{
    private readonly OwnedHandle _process;
    private readonly ManualResetEvent _wait = new(false);
    private readonly RegisteredWaitHandle _registration;

    private ProcessEnd(OwnedHandle process)
    {
        _process = process;
        _wait.SafeWaitHandle.Dispose();
        _wait.SafeWaitHandle = new SafeWaitHandle(process.Value, ownsHandle: false);
        _registration = ThreadPool.UnsafeRegisterWaitForSingleObject(_wait, (_, _) => Changed?.Invoke(), null, Timeout.Infinite, executeOnlyOnce: true);
    }

    public Action? Changed { get; set; }

    public bool IsReady => !NtProcesses.IsRunning(_process);

    public static ProcessEnd? TryOpen(int processId)
    {
        var process = NtProcesses.OpenToWait(processId);
        return process.IsInvalid ? null : new ProcessEnd(process);
    }

    public override bool WaitUntilReady(int milliseconds) => Win32.WaitForSingleObject(_process.Value, (uint)milliseconds) == 0;

    public override void Dispose()
    {
        Changed = null;
        _registration.Unregister(null);
        _wait.Dispose();
        _process.Dispose();
    }
}
