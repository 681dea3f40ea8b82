namespace Multiprocessing.Platform;

/// <summary>Something that becomes ready once it has something to say: the end of a pipe, or the end of a process.</summary>
internal abstract class WaitSource : IDisposable
{
    /// <summary>Waits until it is ready, or the time is over.</summary>
    public abstract bool WaitUntilReady(int milliseconds);

    public abstract void Dispose();
}
