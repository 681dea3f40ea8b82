using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing.Platform.Windows;

/// <summary>The handle of a process, which is signaled when the process has ended.</summary>
[SupportedOSPlatform("windows")]
internal sealed class ProcessEnd : WaitSource, ISignaling
{
    private readonly ManualResetEvent _wait = new(false);
    private readonly RegisteredWaitHandle _registration;

    /// <summary>
    /// The thread pool waits on the handle in a thread of its own, also for a moment after it was unregistered. So the registration shares the
    /// ownership of the handle, and the last owner closes it. If it were closed earlier, its number could be given to an event of the runtime, and
    /// that thread would consume a signal meant for another waiter.
    /// </summary>
    private ProcessEnd(SafeWaitHandle process)
    {
        _wait.SafeWaitHandle.Dispose();
        _wait.SafeWaitHandle = process;
        _registration = ThreadPool.UnsafeRegisterWaitForSingleObject(
            _wait, (_, _) => LastResort.Run(EntryPoint.ProcessEnd, () => Changed?.Invoke()), null, Timeout.Infinite, executeOnlyOnce: true);
    }

    public Action? Changed { get; set; }

    public bool IsClosed { get; private set; }

    public bool IsReady => !IsClosed && _wait.WaitOne(0);

    public static ProcessEnd? TryOpen(int processId)
    {
        var process = NtProcesses.OpenToWait(processId);
        if (process.IsInvalid)
        {
            process.Dispose();
            return null;
        }

        return new ProcessEnd(process);
    }

    public override bool WaitUntilReady(int milliseconds) => _wait.WaitOne(milliseconds);

    public override void Dispose()
    {
        IsClosed = true;
        Changed = null;
        _registration.Unregister(null);
        _wait.Dispose();
    }
}
