using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// How every thread, timer, work item and callback of this library begins. What leaves its body is logged and fails the one object that the body worked for (a child, a pool, a wait);
/// the program goes on. No other code of the library starts any of these, which a test of its sources checks.
/// </summary>
internal static class LastResort
{
    /// <summary>Runs a body that the runtime calls, or that must not take down what runs it.</summary>
    /// <param name="point">Which one.</param>
    /// <param name="state">What it works on.</param>
    /// <param name="body">What it does.</param>
    /// <param name="fail">Fails the object concerned; must leave nobody who waits for ever.</param>
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

    /// <summary>What <see cref="Run(EntryPoint, Action, Action{Exception}?)"/> does with an exception, for bodies that run too often for a delegate.</summary>
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

    /// <summary>Makes a background thread, which is not started.</summary>
    public static Thread NewThread(EntryPoint point, string name, Action body, Action<Exception> fail, int maxStackSize = 0) =>
        new(() => Run(point, body, fail), maxStackSize) { IsBackground = true, Name = name };

    /// <summary>Puts a work item in line for the thread pool, or for a thread of the library's own where the program has blocked all those of the pool; see <see cref="LibraryWork"/>.</summary>
    public static void Queue<TState>(EntryPoint point, TState state, Action<TState> body, Action<TState, Exception> fail)
        where TState : class =>
        LibraryWork.Queue(
            static queued =>
            {
                var item = (Item<TState>)queued!;
                Run(item.Point, item.State, item.Body, item.Fail);
            },
            new Item<TState>(point, state, body, fail));

    /// <summary>Makes a timer that fires once; with <see cref="Timeout.InfiniteTimeSpan"/> only when it is changed.</summary>
    public static LibraryTimer NewTimer(EntryPoint point, TimeSpan due, Action body, Action<Exception>? fail = null) => new(due, () => Run(point, body, fail));

    /// <summary>
    /// Has a body run when the token is cancelled. It must not throw into <see cref="CancellationTokenSource.Cancel()"/>, which may run on a timer's thread; and a waiter must not be left
    /// asleep, so it runs once more if it fails.
    /// </summary>
    public static CancellationTokenRegistration OnCancelled<TState>(CancellationToken token, TState state, Action<TState> body)
        where TState : class =>
        token.CanBeCanceled ? token.UnsafeRegister(static item => Run(EntryPoint.Cancellation, (Item<TState>)item!, static item => item.Body(item.State), static (item, _) => item.Body(item.State)), new Item<TState>(EntryPoint.Cancellation, state, body, null)) : default;

    /// <summary>Has a body run when the process ends in good order: once more if it fails, because nothing comes after it that could clear up.</summary>
    public static void OnProcessExit(Action body) => AppDomain.CurrentDomain.ProcessExit += (_, _) => Run(EntryPoint.ProcessExit, body, _ => body());

    /// <summary>Runs a finalizer's body: what leaves a finalizer ends the program as well.</summary>
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
            // No memory for the record, or no standard error. The object concerned is failed all the same, and says why.
        }
    }

    private sealed record Item<TState>(EntryPoint Point, TState State, Action<TState> Body, Action<TState, Exception>? Fail);
}
