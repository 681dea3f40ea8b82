namespace Multiprocessing;

public partial class ProcessPool
{
    /// <summary>Runs a body in a worker.</summary>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task RunAsync(Action body, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(new ActionCall(Required(body)), body, options, cancellationToken);

    /// <summary>Runs a body with 1 argument in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task RunAsync<T1>(Action<T1> body, T1 argument1, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(new ActionCall<T1>(Required(body), argument1), body, options, cancellationToken);

    /// <summary>Runs a body with 2 arguments in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="argument2">The second argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task RunAsync<T1, T2>(Action<T1, T2> body, T1 argument1, T2 argument2, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(new ActionCall<T1, T2>(Required(body), argument1, argument2), body, options, cancellationToken);

    /// <summary>Runs a body with 3 arguments in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="argument2">The second argument; crosses at the call.</param>
    /// <param name="argument3">The third argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task RunAsync<T1, T2, T3>(Action<T1, T2, T3> body, T1 argument1, T2 argument2, T3 argument3, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(new ActionCall<T1, T2, T3>(Required(body), argument1, argument2, argument3), body, options, cancellationToken);

    /// <summary>Runs a body with 4 arguments in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="T4">Type of the fourth argument.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="argument2">The second argument; crosses at the call.</param>
    /// <param name="argument3">The third argument; crosses at the call.</param>
    /// <param name="argument4">The fourth argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task RunAsync<T1, T2, T3, T4>(Action<T1, T2, T3, T4> body, T1 argument1, T2 argument2, T3 argument3, T4 argument4, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(new ActionCall<T1, T2, T3, T4>(Required(body), argument1, argument2, argument3, argument4), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body in a worker.</summary>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task RunAsync(Func<Task> body, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(new AsyncActionCall(Required(body)), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body with 1 argument in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task RunAsync<T1>(Func<T1, Task> body, T1 argument1, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(new AsyncActionCall<T1>(Required(body), argument1), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body with 2 arguments in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="argument2">The second argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task RunAsync<T1, T2>(Func<T1, T2, Task> body, T1 argument1, T2 argument2, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(new AsyncActionCall<T1, T2>(Required(body), argument1, argument2), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body with 3 arguments in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="argument2">The second argument; crosses at the call.</param>
    /// <param name="argument3">The third argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task RunAsync<T1, T2, T3>(Func<T1, T2, T3, Task> body, T1 argument1, T2 argument2, T3 argument3, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(new AsyncActionCall<T1, T2, T3>(Required(body), argument1, argument2, argument3), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body with 4 arguments in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="T4">Type of the fourth argument.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="argument2">The second argument; crosses at the call.</param>
    /// <param name="argument3">The third argument; crosses at the call.</param>
    /// <param name="argument4">The fourth argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task RunAsync<T1, T2, T3, T4>(Func<T1, T2, T3, T4, Task> body, T1 argument1, T2 argument2, T3 argument3, T4 argument4, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(new AsyncActionCall<T1, T2, T3, T4>(Required(body), argument1, argument2, argument3, argument4), body, options, cancellationToken);

    /// <summary>Runs a body that hands back a result in a worker.</summary>
    /// <typeparam name="TResult">Type of the result; it crosses back as a copy.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body's result, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task<TResult> RunAsync<TResult>(Func<TResult> body, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run<TResult>(new FunctionCall<TResult>(Required(body)), body, options, cancellationToken);

    /// <summary>Runs a body that hands back a result with 1 argument in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="TResult">Type of the result; it crosses back as a copy.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body's result, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task<TResult> RunAsync<T1, TResult>(Func<T1, TResult> body, T1 argument1, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run<TResult>(new FunctionCall<T1, TResult>(Required(body), argument1), body, options, cancellationToken);

    /// <summary>Runs a body that hands back a result with 2 arguments in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the result; it crosses back as a copy.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="argument2">The second argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body's result, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task<TResult> RunAsync<T1, T2, TResult>(Func<T1, T2, TResult> body, T1 argument1, T2 argument2, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run<TResult>(new FunctionCall<T1, T2, TResult>(Required(body), argument1, argument2), body, options, cancellationToken);

    /// <summary>Runs a body that hands back a result with 3 arguments in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the result; it crosses back as a copy.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="argument2">The second argument; crosses at the call.</param>
    /// <param name="argument3">The third argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body's result, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task<TResult> RunAsync<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> body, T1 argument1, T2 argument2, T3 argument3, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run<TResult>(new FunctionCall<T1, T2, T3, TResult>(Required(body), argument1, argument2, argument3), body, options, cancellationToken);

    /// <summary>Runs a body that hands back a result with 4 arguments in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="T4">Type of the fourth argument.</typeparam>
    /// <typeparam name="TResult">Type of the result; it crosses back as a copy.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="argument2">The second argument; crosses at the call.</param>
    /// <param name="argument3">The third argument; crosses at the call.</param>
    /// <param name="argument4">The fourth argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body's result, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task<TResult> RunAsync<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, TResult> body, T1 argument1, T2 argument2, T3 argument3, T4 argument4, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run<TResult>(new FunctionCall<T1, T2, T3, T4, TResult>(Required(body), argument1, argument2, argument3, argument4), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body that hands back a result in a worker.</summary>
    /// <typeparam name="TResult">Type of the result; it crosses back as a copy.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body's result, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task<TResult> RunAsync<TResult>(Func<Task<TResult>> body, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run<TResult>(new AsyncFunctionCall<TResult>(Required(body)), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body that hands back a result with 1 argument in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="TResult">Type of the result; it crosses back as a copy.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body's result, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task<TResult> RunAsync<T1, TResult>(Func<T1, Task<TResult>> body, T1 argument1, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run<TResult>(new AsyncFunctionCall<T1, TResult>(Required(body), argument1), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body that hands back a result with 2 arguments in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the result; it crosses back as a copy.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="argument2">The second argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body's result, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task<TResult> RunAsync<T1, T2, TResult>(Func<T1, T2, Task<TResult>> body, T1 argument1, T2 argument2, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run<TResult>(new AsyncFunctionCall<T1, T2, TResult>(Required(body), argument1, argument2), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body that hands back a result with 3 arguments in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the result; it crosses back as a copy.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="argument2">The second argument; crosses at the call.</param>
    /// <param name="argument3">The third argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body's result, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task<TResult> RunAsync<T1, T2, T3, TResult>(Func<T1, T2, T3, Task<TResult>> body, T1 argument1, T2 argument2, T3 argument3, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run<TResult>(new AsyncFunctionCall<T1, T2, T3, TResult>(Required(body), argument1, argument2, argument3), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body that hands back a result with 4 arguments in a worker.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="T4">Type of the fourth argument.</typeparam>
    /// <typeparam name="TResult">Type of the result; it crosses back as a copy.</typeparam>
    /// <param name="body">What the worker runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the call.</param>
    /// <param name="argument2">The second argument; crosses at the call.</param>
    /// <param name="argument3">The third argument; crosses at the call.</param>
    /// <param name="argument4">The fourth argument; crosses at the call.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Before the task has begun it never will; while it runs, the token in the worker is cancelled, and after the grace the worker is killed. It may be captured or be an argument.</param>
    /// <returns>A task that ends with the body's result, with its exception, or with what ended it.</returns>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was added.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the body, and no more attempts are allowed.</exception>
    /// <exception cref="TimeoutException">The body did not end in time; its worker was killed.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task<TResult> RunAsync<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, Task<TResult>> body, T1 argument1, T2 argument2, T3 argument3, T4 argument4, TaskOptions? options = null, CancellationToken cancellationToken = default) =>
        Run<TResult>(new AsyncFunctionCall<T1, T2, T3, T4, TResult>(Required(body), argument1, argument2, argument3, argument4), body, options, cancellationToken);
}
