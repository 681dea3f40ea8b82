namespace Multiprocessing.Platform;

/// <summary>A source that becomes ready: the end of a pipe with data to read, or the end of a process.</summary>
internal abstract class WaitSource : IDisposable
{
    /// <summary>Waits until the source is ready, or the time has elapsed.</summary>
    public abstract bool WaitUntilReady(int milliseconds);

    public abstract void Dispose();
}
