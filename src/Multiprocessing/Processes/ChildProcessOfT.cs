using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>A process whose body returns a value.</summary>
/// <typeparam name="TResult">Type of the result; the parent receives a copy.</typeparam>
/// <example>
/// <code>
/// using ChildProcess&lt;int> child = ChildProcess.Run((a, b) => a + b, 1, 2);
/// int sum = await child.Result;
/// </code>
/// </example>
public sealed class ChildProcess<TResult> : ChildProcess
{
    private readonly TaskCompletionSource<TResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Initializes a process that runs <paramref name="body"/>. Call <see cref="ChildProcess.Start"/> to start it.</summary>
    /// <param name="body">
    /// The code that the process runs. It may capture variables: the process receives copies of them, and the same locks, queues and shared memory.
    /// </param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    public ChildProcess(Func<TResult> body, ChildProcessOptions? options = null)
        : this(new FunctionCall<TResult>(Required(body)), options)
    {
    }

    /// <summary>
    /// Initializes a process that runs the asynchronous <paramref name="body"/>. Call <see cref="ChildProcess.Start"/> to start it.
    /// </summary>
    /// <inheritdoc cref="ChildProcess{TResult}(Func{TResult}, ChildProcessOptions)"/>
    [OverloadResolutionPriority(1)]
    public ChildProcess(Func<Task<TResult>> body, ChildProcessOptions? options = null)
        : this(new AsyncFunctionCall<TResult>(Required(body)), options)
    {
    }

    /// <summary>
    /// Initializes a process that runs the asynchronous <paramref name="body"/>. Call <see cref="ChildProcess.Start"/> to start it.
    /// </summary>
    /// <inheritdoc cref="ChildProcess{TResult}(Func{TResult}, ChildProcessOptions)"/>
    public ChildProcess(Func<ValueTask<TResult>> body, ChildProcessOptions? options = null)
        : this(new ValueTaskFunctionCall<TResult>(Required(body)), options)
    {
    }

    internal ChildProcess(ChildCall call, ChildProcessOptions? options)
        : base(call, options)
    {
    }

    /// <summary>
    /// Gets a task with the body's result. It completes as soon as the result has arrived. If there is no result, it fails when the process has
    /// ended: with the body's exception, or with <see cref="ProcessDiedException"/> if the process died before it sent a result.
    /// </summary>
    /// <remarks>
    /// The result may arrive before the process has exited and before its last output was delivered. <see cref="ChildProcess.Completion"/> and
    /// <see cref="ChildProcess.Join()"/> wait for both. The task does not complete if the process was never started.
    /// </remarks>
    public Task<TResult> Result
    {
        get
        {
            _ = WaitsInsideCallback();
            return _result.Task;
        }
    }

    /// <summary>Waits for the body's result.</summary>
    /// <returns>The result.</returns>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    /// <exception cref="ProcessDiedException">
    /// The process was killed, crashed, or exited on its own before it sent a result. An exception of the body is thrown as it is, not wrapped.
    /// </exception>
    /// <exception cref="ProcessStartException">The process did not reach its body.</exception>
    public TResult GetResult() => GetResult(Timeout.InfiniteTimeSpan);

    /// <summary>Waits for the body's result, but no longer than <paramref name="timeout"/>.</summary>
    /// <param name="timeout">
    /// The longest time to wait. <see cref="TimeSpan.Zero"/> checks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits without limit.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait, not the process.</param>
    /// <returns>The result.</returns>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    /// <exception cref="TimeoutException">The time elapsed before the result arrived. The process continues.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ProcessDiedException">
    /// The process was killed, crashed, or exited on its own before it sent a result. An exception of the body is thrown as it is, not wrapped.
    /// </exception>
    /// <exception cref="ProcessStartException">The process did not reach its body.</exception>
    public TResult GetResult(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        _ = WaitsInsideCallback();
        _ = Id; // throws if the process was not started, instead of waiting for ever
        if (!_result.Task.IsCompleted && !WaitFor(_result.Task, timeout, cancellationToken))
        {
            throw new TimeoutException(
                $"Process '{Name}' (pid {Id}) did not return its result within {timeout.TotalSeconds:0.###} s. It continues to run.");
        }

        return _result.Task.GetAwaiter().GetResult();
    }

    private static bool WaitFor(Task task, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return task.Wait(timeout, cancellationToken);
        }
        catch (AggregateException)
        {
            return true; // the awaiter throws the inner exception, unwrapped
        }
    }

    private protected override bool ReportsErrors => true;

    internal override bool ReadsResult => true;

    internal override void ReadResult(ReadOnlySpan<byte> result)
    {
        try
        {
            _ = _result.TrySetResult(Read(result));
        }
        catch (Exception exception)
        {
            FailResult(exception); // code of the result's types threw while it was read: waiters for the result receive the exception
        }
    }

    internal override void End(Exception? failure, bool hasResult)
    {
        if (!hasResult)
        {
            FailResult(failure!);
        }

        base.End(failure, hasResult);
    }

    internal override void FailResult(Exception failure)
    {
        _ = _result.TrySetException(failure);
        _ = _result.Task.Exception; // observed: ExitStatus still has the error if no code reads the task
    }

    internal new ChildProcess<TResult> Started()
    {
        Start();
        return this;
    }

    private static unsafe TResult Read(ReadOnlySpan<byte> result)
    {
        fixed (byte* start = result)
        {
            var position = start;
            return ValueSerializer.Deserialize<TResult>(ref position, start + result.Length);
        }
    }
}
