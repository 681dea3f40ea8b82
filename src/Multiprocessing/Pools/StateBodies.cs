namespace Multiprocessing;

// A body that also takes the worker's state: sealed classes instead of lambdas, so that nothing but the body is captured.

internal sealed class StateAction<TState>(Action<TState> body)
{
    [PathName(null)]
    private readonly Action<TState> _body = body;

    public void Invoke() => _body(WorkerState.Of<TState>());
}

internal sealed class StateAction<TState, T1>(Action<TState, T1> body)
{
    [PathName(null)]
    private readonly Action<TState, T1> _body = body;

    public void Invoke(T1 argument1) => _body(WorkerState.Of<TState>(), argument1);
}

internal sealed class StateAction<TState, T1, T2>(Action<TState, T1, T2> body)
{
    [PathName(null)]
    private readonly Action<TState, T1, T2> _body = body;

    public void Invoke(T1 argument1, T2 argument2) => _body(WorkerState.Of<TState>(), argument1, argument2);
}

internal sealed class StateAction<TState, T1, T2, T3>(Action<TState, T1, T2, T3> body)
{
    [PathName(null)]
    private readonly Action<TState, T1, T2, T3> _body = body;

    public void Invoke(T1 argument1, T2 argument2, T3 argument3) => _body(WorkerState.Of<TState>(), argument1, argument2, argument3);
}

internal sealed class StateAsyncAction<TState>(Func<TState, Task> body)
{
    [PathName(null)]
    private readonly Func<TState, Task> _body = body;

    public Task Invoke() => _body(WorkerState.Of<TState>());
}

internal sealed class StateAsyncAction<TState, T1>(Func<TState, T1, Task> body)
{
    [PathName(null)]
    private readonly Func<TState, T1, Task> _body = body;

    public Task Invoke(T1 argument1) => _body(WorkerState.Of<TState>(), argument1);
}

internal sealed class StateAsyncAction<TState, T1, T2>(Func<TState, T1, T2, Task> body)
{
    [PathName(null)]
    private readonly Func<TState, T1, T2, Task> _body = body;

    public Task Invoke(T1 argument1, T2 argument2) => _body(WorkerState.Of<TState>(), argument1, argument2);
}

internal sealed class StateAsyncAction<TState, T1, T2, T3>(Func<TState, T1, T2, T3, Task> body)
{
    [PathName(null)]
    private readonly Func<TState, T1, T2, T3, Task> _body = body;

    public Task Invoke(T1 argument1, T2 argument2, T3 argument3) => _body(WorkerState.Of<TState>(), argument1, argument2, argument3);
}

internal sealed class StateFunction<TState, TResult>(Func<TState, TResult> body)
{
    [PathName(null)]
    private readonly Func<TState, TResult> _body = body;

    public TResult Invoke() => _body(WorkerState.Of<TState>());
}

internal sealed class StateFunction<TState, T1, TResult>(Func<TState, T1, TResult> body)
{
    [PathName(null)]
    private readonly Func<TState, T1, TResult> _body = body;

    public TResult Invoke(T1 argument1) => _body(WorkerState.Of<TState>(), argument1);
}

internal sealed class StateFunction<TState, T1, T2, TResult>(Func<TState, T1, T2, TResult> body)
{
    [PathName(null)]
    private readonly Func<TState, T1, T2, TResult> _body = body;

    public TResult Invoke(T1 argument1, T2 argument2) => _body(WorkerState.Of<TState>(), argument1, argument2);
}

internal sealed class StateFunction<TState, T1, T2, T3, TResult>(Func<TState, T1, T2, T3, TResult> body)
{
    [PathName(null)]
    private readonly Func<TState, T1, T2, T3, TResult> _body = body;

    public TResult Invoke(T1 argument1, T2 argument2, T3 argument3) => _body(WorkerState.Of<TState>(), argument1, argument2, argument3);
}

internal sealed class StateAsyncFunction<TState, TResult>(Func<TState, Task<TResult>> body)
{
    [PathName(null)]
    private readonly Func<TState, Task<TResult>> _body = body;

    public Task<TResult> Invoke() => _body(WorkerState.Of<TState>());
}

internal sealed class StateAsyncFunction<TState, T1, TResult>(Func<TState, T1, Task<TResult>> body)
{
    [PathName(null)]
    private readonly Func<TState, T1, Task<TResult>> _body = body;

    public Task<TResult> Invoke(T1 argument1) => _body(WorkerState.Of<TState>(), argument1);
}

internal sealed class StateAsyncFunction<TState, T1, T2, TResult>(Func<TState, T1, T2, Task<TResult>> body)
{
    [PathName(null)]
    private readonly Func<TState, T1, T2, Task<TResult>> _body = body;

    public Task<TResult> Invoke(T1 argument1, T2 argument2) => _body(WorkerState.Of<TState>(), argument1, argument2);
}

internal sealed class StateAsyncFunction<TState, T1, T2, T3, TResult>(Func<TState, T1, T2, T3, Task<TResult>> body)
{
    [PathName(null)]
    private readonly Func<TState, T1, T2, T3, Task<TResult>> _body = body;

    public Task<TResult> Invoke(T1 argument1, T2 argument2, T3 argument3) => _body(WorkerState.Of<TState>(), argument1, argument2, argument3);
}
