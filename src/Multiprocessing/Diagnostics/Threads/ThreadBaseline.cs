namespace Multiprocessing;

/// <summary>
/// How a thread was before it ran the program's code, to give the next piece of code a clean one, as the thread pool does: execution context (async locals, activity, culture), synchronization context,
/// priority, name, and an interrupt that nothing has noticed yet. Belongs to the thread that made it.
/// </summary>
internal sealed class ThreadBaseline
{
    private readonly Thread _thread = Thread.CurrentThread;
    private readonly ExecutionContext? _context;
    private readonly SynchronizationContext? _synchronization = SynchronizationContext.Current;
    private readonly ThreadPriority _priority;
    private readonly string? _name;
    private readonly bool _isBackground;

    public ThreadBaseline()
    {
        ClearInterrupt();
        ResumeFlow();
        _context = ExecutionContext.Capture();
        _priority = _thread.Priority;
        _name = _thread.Name;
        _isBackground = _thread.IsBackground;
    }

    /// <summary>What most code changes if it changes anything, and what costs a few nanoseconds to look at: the contexts, and with them the culture, whose current value is an async local.</summary>
    public void RestoreContexts()
    {
        if (!ReferenceEquals(ExecutionContext.Capture(), _context))
        {
            ResumeFlow(); // while the flow is suppressed, a captured context is null
            if (!ReferenceEquals(ExecutionContext.Capture(), _context))
            {
                ExecutionContext.Restore(_context!);
            }
        }

        if (!ReferenceEquals(SynchronizationContext.Current, _synchronization))
        {
            SynchronizationContext.SetSynchronizationContext(_synchronization);
        }
    }

    /// <summary>Everything; the runtime has to be asked for the rest, which costs some hundred nanoseconds.</summary>
    public void RestoreAll()
    {
        ClearInterrupt();
        RestoreContexts();
        if (_thread.Priority != _priority)
        {
            _thread.Priority = _priority;
        }

        if (!ReferenceEquals(_thread.Name, _name))
        {
            _thread.Name = _name;
        }

        if (_thread.IsBackground != _isBackground)
        {
            _thread.IsBackground = _isBackground;
        }
    }

    private static void ResumeFlow()
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            ExecutionContext.RestoreFlow();
        }
    }

    /// <summary>An interrupt stays pending until the thread blocks the next time; a wait of no time counts as that.</summary>
    private void ClearInterrupt()
    {
        try
        {
            _ = _thread.Join(0);
        }
        catch (ThreadInterruptedException)
        {
            // Meant for code that has ended.
        }
    }
}
