namespace Multiprocessing;

// One sealed class for each number of arguments: the child invokes the delegate as it was typed, without reflection, and the body and its
// arguments cross as one object, so that what they share stays shared.

internal sealed class ActionCall(Action body) : ActionCallBase
{
    [PathName(null)]
    private readonly Action _body = body;

    public override Delegate Body => _body;

    protected override void Invoke() => _body();
}

internal sealed class ActionCall<T1>(Action<T1> body, T1 argument1) : ActionCallBase
{
    [PathName(null)]
    private readonly Action<T1> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    public override Delegate Body => _body;

    protected override void Invoke() => _body(_argument1);
}

internal sealed class ActionCall<T1, T2>(Action<T1, T2> body, T1 argument1, T2 argument2) : ActionCallBase
{
    [PathName(null)]
    private readonly Action<T1, T2> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    [PathName("argument 2")]
    private readonly T2 _argument2 = argument2;

    public override Delegate Body => _body;

    protected override void Invoke() => _body(_argument1, _argument2);
}

internal sealed class ActionCall<T1, T2, T3>(Action<T1, T2, T3> body, T1 argument1, T2 argument2, T3 argument3) : ActionCallBase
{
    [PathName(null)]
    private readonly Action<T1, T2, T3> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    [PathName("argument 2")]
    private readonly T2 _argument2 = argument2;

    [PathName("argument 3")]
    private readonly T3 _argument3 = argument3;

    public override Delegate Body => _body;

    protected override void Invoke() => _body(_argument1, _argument2, _argument3);
}

internal sealed class ActionCall<T1, T2, T3, T4>(Action<T1, T2, T3, T4> body, T1 argument1, T2 argument2, T3 argument3, T4 argument4) : ActionCallBase
{
    [PathName(null)]
    private readonly Action<T1, T2, T3, T4> _body = body;

    [PathName("argument 1")]
    private readonly T1 _argument1 = argument1;

    [PathName("argument 2")]
    private readonly T2 _argument2 = argument2;

    [PathName("argument 3")]
    private readonly T3 _argument3 = argument3;

    [PathName("argument 4")]
    private readonly T4 _argument4 = argument4;

    public override Delegate Body => _body;

    protected override void Invoke() => _body(_argument1, _argument2, _argument3, _argument4);
}
