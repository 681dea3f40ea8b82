using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>Waits for many sources at once. Any thread may watch and unwatch; one waits.</summary>
internal abstract class ReadinessSet : IDisposable
{
    public static ReadinessSet Create() => Means.UseLinux ? new Epoll() : OperatingSystem.IsWindows() ? new SignalSet() : new PollSet();

    /// <summary>Reports <paramref name="tag"/> from <see cref="Wait"/> while <paramref name="source"/> has something to read or its other side is gone.</summary>
    public abstract void Watch(WaitSource source, long tag);

    public abstract void Unwatch(WaitSource source);

    /// <summary>Waits for at least one source that is ready and fills in the tags; 0 when the time is over.</summary>
    /// <param name="tags">Receives the tags, at most 64.</param>
    /// <param name="milliseconds">How long; -1 for ever.</param>
    public abstract int Wait(Span<long> tags, int milliseconds);

    public abstract void Dispose();
}
