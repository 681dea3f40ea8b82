namespace Multiprocessing;

/// <summary>
/// A wait for a manual-reset event, from this object's construction on: an event that is set and reset at once has released its waiters.
/// </summary>
internal sealed class EventPulse(ProcessEvent handle, EventCore core) : IWaitable
{
    private readonly long _before = core.Word;

    public bool IsReady
    {
        get
        {
            handle.ThrowIfDisposed();
            var isReady = core.WasSetSince(_before);
            GC.KeepAlive(handle);
            return isReady;
        }
    }

    public IDisposable Register(Action signal)
    {
        handle.ThrowIfDisposed();
        var registration = core.ObserveSince(_before, signal);
        GC.KeepAlive(handle);
        return registration;
    }
}
