using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The state of a thread before it ran code of the program. It is restored for the next code, as the thread pool does it: execution context (async
/// locals, activity, culture), synchronization context, priority, name, and a pending interrupt. Used on the thread that created it only.
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

    /// <summary>
    /// Restores the contexts, and with them the culture, which is an async local: what code changes most often. Checking them takes a few
    /// nanoseconds.
    /// </summary>
    public void RestoreContexts()
    {
        Debug.Assert(_thread == Thread.CurrentThread, "A baseline is restored on the thread that created it.");
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

    /// <summary>Restores everything, which takes some hundred nanoseconds in the runtime.</summary>
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

    /// <summary>Clears a pending interrupt. It stays pending until the thread blocks; a wait of zero time is enough.</summary>
    private void ClearInterrupt()
    {
        try
        {
            _ = _thread.Join(0);
        }
        catch (ThreadInterruptedException)
        {
            // The interrupt was for code that has ended.
        }
    }
}
