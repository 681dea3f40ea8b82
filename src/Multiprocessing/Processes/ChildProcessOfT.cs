using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>A process whose body hands back a value.</summary>
/// <typeparam name="TResult">Type of the result; it crosses back as a copy.</typeparam>
/// <example>
/// <code>
/// using ChildProcess&lt;int> child = ChildProcess.Run((a, b) => a + b, 1, 2);
/// int sum = await child.Result;
/// </code>
/// </example>
public sealed class ChildProcess<TResult> : ChildProcess
{
    private readonly TaskCompletionSource<TResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Creates a process that will run <paramref name="body"/>; <see cref="ChildProcess.Start"/> starts it.</summary>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    public ChildProcess(Func<TResult> body, ChildProcessOptions? options = null)
        : this(new FunctionCall<TResult>(Required(body)), options)
    {
    }

    /// <summary>Creates a process that will run the asynchronous <paramref name="body"/>; <see cref="ChildProcess.Start"/> starts it.</summary>
    /// <inheritdoc cref="ChildProcess{TResult}(Func{TResult}, ChildProcessOptions)"/>
    [OverloadResolutionPriority(1)]
    public ChildProcess(Func<Task<TResult>> body, ChildProcessOptions? options = null)
        : this(new AsyncFunctionCall<TResult>(Required(body)), options)
    {
    }

    /// <summary>Creates a process that will run the asynchronous <paramref name="body"/>; <see cref="ChildProcess.Start"/> starts it.</summary>
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
    /// The body's result. Completes as soon as the result has arrived, which may be before the process has left and before the last of its output has been delivered; <see cref="ChildProcess.Completion"/> and
    /// <see cref="ChildProcess.Join()"/> wait for these. Faults, once the process has ended, with the body's exception, or with <see cref="ProcessDiedException"/> when the process died before it had sent a result.
    /// The process must have been started.
    /// </summary>
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
    /// <exception cref="ProcessDiedException">The process was killed, crashed, or exited on its own before the result was there. An exception of the body is thrown as it is, not wrapped.</exception>
    /// <exception cref="ProcessStartException">The process did not reach its body.</exception>
    public TResult GetResult() => GetResult(Timeout.InfiniteTimeSpan);

    /// <summary>Waits for the body's result, but no longer than <paramref name="timeout"/>.</summary>
    /// <param name="timeout">How long; <see cref="TimeSpan.Zero"/> only looks, <see cref="Timeout.InfiniteTimeSpan"/> is without limit.</param>
    /// <param name="cancellationToken">Ends the wait, not the process.</param>
    /// <returns>The result.</returns>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    /// <exception cref="TimeoutException">The time was over before the result was there. The process goes on.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ProcessDiedException">The process was killed, crashed, or exited on its own before the result was there. An exception of the body is thrown as it is, not wrapped.</exception>
    /// <exception cref="ProcessStartException">The process did not reach its body.</exception>
    public TResult GetResult(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        _ = WaitsInsideCallback();
        _ = Id; // throws where nothing was started, instead of waiting for ever
        if (!_result.Task.IsCompleted && !WaitFor(_result.Task, timeout, cancellationToken))
        {
            throw new TimeoutException($"Process '{Name}' (pid {Id}) did not return its result within {timeout.TotalSeconds:0.###} s. It goes on.");
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
            return true; // the awaiter throws what is in it, unwrapped
        }
    }

    private protected override bool ReportsErrors => true;

    internal override bool ReadsResult => true;

    internal override void ReadResult(byte[] result)
    {
        try
        {
            _ = _result.TrySetResult(Read(result));
        }
        catch (Exception exception)
        {
            FailResult(exception); // the payload's own code threw while it was read: whoever waits for the result is told
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
        _ = _result.Task.Exception; // observed: whoever does not ask for it has not lost an error, ExitStatus still has it
    }

    internal new ChildProcess<TResult> Started()
    {
        Start();
        return this;
    }

    private static unsafe TResult Read(byte[] result)
    {
        fixed (byte* start = result)
        {
            var position = start;
            return ValueSerializer.Deserialize<TResult>(ref position, start + result.Length);
        }
    }
}
