using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>Waits for many sources at once. Any thread may add and remove sources; one thread waits.</summary>
internal abstract class ReadinessSet : IDisposable
{
    public static ReadinessSet Create() => Facilities.UseLinux ? new Epoll() : OperatingSystem.IsWindows() ? new SignalSet() : new PollSet();

    /// <summary>
    /// From now on <see cref="Wait"/> reports <paramref name="tag"/> while <paramref name="source"/> has data to read or its other side is closed.
    /// </summary>
    public abstract void Watch(WaitSource source, long tag);

    public abstract void Unwatch(WaitSource source);

    /// <summary>Waits for at least one source that is ready and fills in the tags. Returns 0 when the time has elapsed.</summary>
    /// <param name="tags">Receives the tags, at most 64.</param>
    /// <param name="milliseconds">How long to wait; -1 waits without limit.</param>
    public abstract int Wait(Span<long> tags, int milliseconds);

    public abstract void Dispose();
}
