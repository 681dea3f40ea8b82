using System.Diagnostics;
using System.Runtime.Loader;

namespace Multiprocessing;

/// <summary>
/// The start of every thread, timer, work item and callback of this library. An exception that leaves the body is logged and fails the one object
/// that the body works for (a child, a pool, a wait); the program continues. No other code of the library starts any of these, which a test of the
/// sources checks.
/// </summary>
internal static class LastResort
{
    /// <summary>Runs a body that the runtime calls, or that must not take down what runs it.</summary>
    /// <param name="point">The entry point.</param>
    /// <param name="state">The argument of the body.</param>
    /// <param name="body">The body.</param>
    /// <param name="fail">Fails the object that the body works for, so that no caller waits for it forever.</param>
    public static void Run<TState>(EntryPoint point, TState state, Action<TState> body, Action<TState, Exception>? fail = null)
        where TState : class
    {
        try
        {
            ThrowPoints.Pass(point);
            body(state);
        }
        catch (Exception exception)
        {
            Caught(point, state, exception, fail);
        }
    }

    /// <summary>
    /// Handles an exception like <see cref="Run(EntryPoint, Action, Action{Exception}?)"/>, for bodies that run too often for a delegate.
    /// </summary>
    public static void Caught<TState>(EntryPoint point, TState state, Exception exception, Action<TState, Exception>? fail)
        where TState : class
    {
        Failed(point, exception);
        try
        {
            fail?.Invoke(state, exception);
        }
        catch (Exception second)
        {
            Failed(point, second);
        }
    }

    /// <summary>Runs a body that the runtime calls, or that must not take down what runs it.</summary>
    public static void Run(EntryPoint point, Action body, Action<Exception>? fail = null) =>
        Run(point, Tuple.Create(body, fail), static pair => pair.Item1(), static (pair, exception) => pair.Item2?.Invoke(exception));

    /// <summary>Creates a background thread without starting it.</summary>
    public static Thread NewThread(EntryPoint point, string name, Action body, Action<Exception> fail, int maxStackSize = 0) =>
        new(() => Run(point, body, fail), maxStackSize) { IsBackground = true, Name = name };

    /// <summary>
    /// Queues a work item to the thread pool, or to a thread of the library if the program has blocked all threads of the pool; see
    /// <see cref="LibraryWork"/>.
    /// </summary>
    public static void Queue<TState>(EntryPoint point, TState state, Action<TState> body, Action<TState, Exception> fail)
        where TState : class =>
        LibraryWork.Queue(
            static queued =>
            {
                var item = (Item<TState>)queued!;
                Run(item.Point, item.State, item.Body, item.Fail);
            },
            new Item<TState>(point, state, body, fail));

    /// <summary>Creates a timer that fires once; with <see cref="Timeout.InfiniteTimeSpan"/> only after it is changed.</summary>
    public static LibraryTimer NewTimer(EntryPoint point, TimeSpan due, Action body, Action<Exception>? fail = null) =>
        new(due, () => Run(point, body, fail));

    /// <summary>
    /// Runs a body when the token is cancelled. An exception must not reach <see cref="CancellationTokenSource.Cancel()"/>, which may run on a
    /// timer's thread. A waiter must not stay asleep, so the body runs again if it fails.
    /// </summary>
    public static CancellationTokenRegistration OnCancelled<TState>(CancellationToken token, TState state, Action<TState> body)
        where TState : class =>
        token.CanBeCanceled
            ? token.UnsafeRegister(
                static item => Run(
                    EntryPoint.Cancellation, (Item<TState>)item!, static item => item.Body(item.State), static (item, _) => item.Body(item.State)),
                new Item<TState>(EntryPoint.Cancellation, state, body, null))
            : default;

    /// <summary>Runs a body when the process exits normally; again if it fails, because no later code can clean up.</summary>
    public static void OnProcessExit(Action body) =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Run(EntryPoint.ProcessExit, body, _ => body());

    /// <summary>
    /// Runs a body when the process exits normally, behind all other handlers, also those that are added until then. The runtime raises the event of
    /// the load context after the last foreground thread has ended, and before it reads the list of the handlers of
    /// <see cref="AppDomain.ProcessExit"/> (AppContext.OnProcessExit).
    /// </summary>
    public static void OnProcessExitAfterOthers(Action body) => AssemblyLoadContext.Default.Unloading += _ => OnProcessExit(body);

    /// <summary>Runs the body of a finalizer: an exception that leaves a finalizer ends the program.</summary>
    public static void Finalize<TState>(TState state, Action<TState> body)
        where TState : class => Run(EntryPoint.Finalizer, state, body);

    private static void Failed(EntryPoint point, Exception exception)
    {
        try
        {
            MultiprocessingLogging.EntryPointFailed(exception, point);
        }
        catch (Exception)
        {
            // No memory for the record, or no standard error. The object is failed all the same, with the exception.
        }
    }

    private sealed record Item<TState>(EntryPoint Point, TState State, Action<TState> Body, Action<TState, Exception>? Fail);
}
