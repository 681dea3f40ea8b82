namespace Multiprocessing;

internal sealed class AsyncFunctionCall<TResult>(Func<Task<TResult>> body) : AsyncFunctionCallBase<TResult>
{
    [PathName(null)]
    private readonly Func<Task<TResult>> _body = body;

    public override Delegate Body => _body;

    protected override Task<TResult> InvokeAsync() => _body();
}

internal sealed class AsyncFunctionCall<T1, TResult>(Func<T1, Task<TResult>> body, T1 argument1) : AsyncFunctionCallBase<TResult>
{
    [PathName(null)]
    private readonly Func<T1, Task<TResult>> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    public override Delegate Body => _body;

    protected override Task<TResult> InvokeAsync() => _body(_argument1);
}

internal sealed class AsyncFunctionCall<T1, T2, TResult>(Func<T1, T2, Task<TResult>> body, T1 argument1, T2 argument2) : AsyncFunctionCallBase<TResult>
{
    [PathName(null)]
    private readonly Func<T1, T2, Task<TResult>> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    [PathName("argument 2")]
    private readonly T2 _argument2 = argument2;

    public override Delegate Body => _body;

    protected override Task<TResult> InvokeAsync() => _body(_argument1, _argument2);
}

internal sealed class AsyncFunctionCall<T1, T2, T3, TResult>(Func<T1, T2, T3, Task<TResult>> body, T1 argument1, T2 argument2, T3 argument3) : AsyncFunctionCallBase<TResult>
{
    [PathName(null)]
    private readonly Func<T1, T2, T3, Task<TResult>> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    [PathName("argument 2")]
    private readonly T2 _argument2 = argument2;

    [PathName("argument 3")]
    private readonly T3 _argument3 = argument3;

    public override Delegate Body => _body;

    protected override Task<TResult> InvokeAsync() => _body(_argument1, _argument2, _argument3);
}

internal sealed class AsyncFunctionCall<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, Task<TResult>> body, T1 argument1, T2 argument2, T3 argument3, T4 argument4) : AsyncFunctionCallBase<TResult>
{
    [PathName(null)]
    private readonly Func<T1, T2, T3, T4, Task<TResult>> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    [PathName("argument 2")]
    private readonly T2 _argument2 = argument2;

    [PathName("argument 3")]
    private readonly T3 _argument3 = argument3;

    [PathName("argument 4")]
    private readonly T4 _argument4 = argument4;

    public override Delegate Body => _body;

    protected override Task<TResult> InvokeAsync() => _body(_argument1, _argument2, _argument3, _argument4);
}
