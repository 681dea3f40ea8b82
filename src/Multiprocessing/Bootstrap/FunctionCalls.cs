namespace Multiprocessing;

internal sealed class FunctionCall<TResult>(Func<TResult> body) : FunctionCallBase<TResult>
{
    [PathName(null)]
    private readonly Func<TResult> _body = body;

    public override Delegate Body => _body;

    protected override TResult Invoke() => _body();
}

internal sealed class FunctionCall<T1, TResult>(Func<T1, TResult> body, T1 argument1) : FunctionCallBase<TResult>
{
    [PathName(null)]
    private readonly Func<T1, TResult> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    public override Delegate Body => _body;

    protected override TResult Invoke() => _body(_argument1);
}

internal sealed class FunctionCall<T1, T2, TResult>(Func<T1, T2, TResult> body, T1 argument1, T2 argument2) : FunctionCallBase<TResult>
{
    [PathName(null)]
    private readonly Func<T1, T2, TResult> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    [PathName("argument 2")]
    private readonly T2 _argument2 = argument2;

    public override Delegate Body => _body;

    protected override TResult Invoke() => _body(_argument1, _argument2);
}

internal sealed class FunctionCall<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> body, T1 argument1, T2 argument2, T3 argument3) : FunctionCallBase<TResult>
{
    [PathName(null)]
    private readonly Func<T1, T2, T3, TResult> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    [PathName("argument 2")]
    private readonly T2 _argument2 = argument2;

    [PathName("argument 3")]
    private readonly T3 _argument3 = argument3;

    public override Delegate Body => _body;

    protected override TResult Invoke() => _body(_argument1, _argument2, _argument3);
}

internal sealed class FunctionCall<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, TResult> body, T1 argument1, T2 argument2, T3 argument3, T4 argument4) : FunctionCallBase<TResult>
{
    [PathName(null)]
    private readonly Func<T1, T2, T3, T4, TResult> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    [PathName("argument 2")]
    private readonly T2 _argument2 = argument2;

    [PathName("argument 3")]
    private readonly T3 _argument3 = argument3;

    [PathName("argument 4")]
    private readonly T4 _argument4 = argument4;

    public override Delegate Body => _body;

    protected override TResult Invoke() => _body(_argument1, _argument2, _argument3, _argument4);
}
