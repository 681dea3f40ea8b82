namespace Multiprocessing;

// The queue as a source of ProcessWait.
public sealed partial class ProcessQueue<T>
{
    IWaitable IProcessWaitable.Readiness
    {
        get
        {
            _ = Core; // throws if it was disposed
            return this;
        }
    }

    /// <summary>Ready when <see cref="Get()"/> would not wait: it returns an item, or throws because no item will follow.</summary>
    bool IWaitable.IsReady
    {
        get
        {
            var isReady = Core.IsDataWaitOver;
            GC.KeepAlive(this);
            return isReady;
        }
    }

    IDisposable IWaitable.Register(Action signal)
    {
        var registration = Core.DataWaiters.Observe(signal);
        GC.KeepAlive(this);
        return registration;
    }
}
