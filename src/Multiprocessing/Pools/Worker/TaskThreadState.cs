namespace Multiprocessing;

/// <summary>
/// Restores the worker's thread between tasks to what the initializer left: culture, contexts, priority, name. Restoring all takes longer than a very
/// short task. So between items of one such body only the contexts are restored, and all after every <see cref="RestoredItems"/>th item and before a
/// task of another body.
/// </summary>
internal sealed class TaskThreadState
{
    /// <summary>After so many items of a body it is known whether they are very short.</summary>
    private const int RestoredItems = 64;

    private readonly ThreadBaseline _baseline = new();
    private int _body;
    private int _items;
    private bool _isPartlyRestored;

    /// <summary>A task is about to begin.</summary>
    /// <param name="body">The number of its body; 0 if it brings its own.</param>
    public void Before(int body)
    {
        if (body != _body)
        {
            BeforeOther(body);
        }
    }

    /// <summary>A task has ended.</summary>
    /// <param name="body">As in <see cref="Before"/>.</param>
    /// <param name="isShort">Tasks are very short now.</param>
    public void After(int body, bool isShort)
    {
        _isPartlyRestored = body != 0 && ++_items > RestoredItems && isShort && _items % RestoredItems != 0;
        if (_isPartlyRestored)
        {
            _baseline.RestoreContexts();
        }
        else
        {
            _baseline.RestoreAll();
        }
    }

    /// <summary>A task has failed: its error is written on a thread that is as it was.</summary>
    public void AfterFailure() => _baseline.RestoreAll();

    private void BeforeOther(int body)
    {
        if (_isPartlyRestored)
        {
            _isPartlyRestored = false;
            _baseline.RestoreAll(); // what the last items of a map left is not for another task
        }

        if (body != 0)
        {
            (_body, _items) = (body, 0);
        }
    }
}
