namespace Multiprocessing;

/// <summary>A timer that fires once and can be set again. Its body runs as <see cref="LibraryWork"/> and may block. Thread-safe.</summary>
internal sealed class LibraryTimer : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Action _body;
    private LibraryClock.Alarm? _alarm;
    private bool _isDisposed;

    public LibraryTimer(TimeSpan due, Action body)
    {
        _body = body;
        Change(due);
    }

    /// <summary>Sets the timer to fire after this time from now, in place of its earlier time.</summary>
    public void Change(TimeSpan due)
    {
        lock (_gate)
        {
            _alarm?.Dispose();
            _alarm = _isDisposed || due == Timeout.InfiniteTimeSpan
                ? null
                : LibraryClock.After(due, static body => LibraryWork.Queue(static action => ((Action)action!)(), body), _body);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _alarm?.Dispose();
        }
    }
}
