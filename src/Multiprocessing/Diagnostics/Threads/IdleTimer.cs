namespace Multiprocessing;

/// <summary>
/// Calls the owner of something that is kept for a while, to let go of what was not used. It is set when something is kept, and fires once. Not
/// thread-safe: the owner calls it under a lock of its own.
/// </summary>
/// <param name="due">The time from <see cref="Set"/> to the call.</param>
/// <param name="body">Lets go. Calls <see cref="Fired"/>, and <see cref="Set"/> if something is left.</param>
internal sealed class IdleTimer(TimeSpan due, Action body) : IDisposable
{
    private LibraryTimer? _timer;
    private bool _isSet;

    /// <summary>Sets the timer, unless it is set.</summary>
    public void Set()
    {
        if (_isSet)
        {
            return;
        }

        _isSet = true;
        if (_timer is null)
        {
            _timer = LastResort.NewTimer(EntryPoint.IdleMemory, due, body, _ => body());
        }
        else
        {
            _timer.Change(due);
        }
    }

    /// <summary>The body has been called.</summary>
    public void Fired() => _isSet = false;

    public void Dispose() => _timer?.Dispose();
}
