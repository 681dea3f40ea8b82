namespace Multiprocessing;

internal sealed class AsyncActionCall(Func<Task> body) : AsyncActionCallBase
{
    [PathName(null)]
    private readonly Func<Task> _body = body;

    public override Delegate Body => _body;

    protected override Task InvokeAsync() => _body();
}

internal sealed class AsyncActionCall<T1>(Func<T1, Task> body, T1 argument1) : AsyncActionCallBase
{
    [PathName(null)]
    private readonly Func<T1, Task> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    public override Delegate Body => _body;

    protected override Task InvokeAsync() => _body(_argument1);
}

internal sealed class AsyncActionCall<T1, T2>(Func<T1, T2, Task> body, T1 argument1, T2 argument2) : AsyncActionCallBase
{
    [PathName(null)]
    private readonly Func<T1, T2, Task> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    [PathName("argument 2")]
    private readonly T2 _argument2 = argument2;

    public override Delegate Body => _body;

    protected override Task InvokeAsync() => _body(_argument1, _argument2);
}

internal sealed class AsyncActionCall<T1, T2, T3>(Func<T1, T2, T3, Task> body, T1 argument1, T2 argument2, T3 argument3) : AsyncActionCallBase
{
    [PathName(null)]
    private readonly Func<T1, T2, T3, Task> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    [PathName("argument 2")]
    private readonly T2 _argument2 = argument2;

    [PathName("argument 3")]
    private readonly T3 _argument3 = argument3;

    public override Delegate Body => _body;

    protected override Task InvokeAsync() => _body(_argument1, _argument2, _argument3);
}

internal sealed class AsyncActionCall<T1, T2, T3, T4>(Func<T1, T2, T3, T4, Task> body, T1 argument1, T2 argument2, T3 argument3, T4 argument4) : AsyncActionCallBase
{
    [PathName(null)]
    private readonly Func<T1, T2, T3, T4, Task> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    [PathName("argument 2")]
    private readonly T2 _argument2 = argument2;

    [PathName("argument 3")]
    private readonly T3 _argument3 = argument3;

    [PathName("argument 4")]
    private readonly T4 _argument4 = argument4;

    public override Delegate Body => _body;

    protected override Task InvokeAsync() => _body(_argument1, _argument2, _argument3, _argument4);
}
