namespace Multiprocessing;

// A body that takes the parts of a tuple as arguments: sealed classes instead of lambdas, so that nothing but the body is captured.

internal sealed class TupleBody<T1, T2, TResult>(Func<T1, T2, TResult> body)
{
    [PathName(null)]
    private readonly Func<T1, T2, TResult> _body = body;

    public TResult Invoke((T1, T2) arguments) => _body(arguments.Item1, arguments.Item2);
}

internal sealed class TupleBody<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> body)
{
    [PathName(null)]
    private readonly Func<T1, T2, T3, TResult> _body = body;

    public TResult Invoke((T1, T2, T3) arguments) => _body(arguments.Item1, arguments.Item2, arguments.Item3);
}

internal sealed class TupleAction<T1, T2>(Action<T1, T2> body)
{
    [PathName(null)]
    private readonly Action<T1, T2> _body = body;

    public void Invoke((T1, T2) arguments) => _body(arguments.Item1, arguments.Item2);
}

internal sealed class TupleAction<T1, T2, T3>(Action<T1, T2, T3> body)
{
    [PathName(null)]
    private readonly Action<T1, T2, T3> _body = body;

    public void Invoke((T1, T2, T3) arguments) => _body(arguments.Item1, arguments.Item2, arguments.Item3);
}
