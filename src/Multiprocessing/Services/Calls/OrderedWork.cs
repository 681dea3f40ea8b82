namespace Multiprocessing;

/// <summary>
/// Runs actions one after the other in the order in which they were added, on a thread of the pool; never on the thread that adds them. Thread-safe.
/// </summary>
internal sealed class OrderedWork
{
    private readonly Queue<Action> _actions = [];
    private bool _isRunning;

    /// <summary>Adds an action. It handles its own exceptions.</summary>
    public void Add(Action action)
    {
        lock (_actions)
        {
            _actions.Enqueue(action);
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        Schedule();
    }

    private void Schedule() => LastResort.Queue(
        EntryPoint.ServiceWork, this, static work => work.Run(), static (work, _) => work.Schedule()); // an action that threw is not repeated

    private void Run()
    {
        while (true)
        {
            Action action;
            lock (_actions)
            {
                if (!_actions.TryDequeue(out action!))
                {
                    _isRunning = false;
                    return;
                }
            }

            action();
        }
    }
}
