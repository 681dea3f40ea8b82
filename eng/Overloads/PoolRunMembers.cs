namespace Multiprocessing.Overloads;

/// <summary><c>RunAsync</c> of both pools.</summary>
internal static class PoolRunMembers
{
    /// <summary>
    /// A body with the token also fits where options, or a token, could be one more argument. The priority decides that they are not arguments of the
    /// body.
    /// </summary>
    private const int TokenPriority = 2;

    public static string OfPool() => Write("public partial class ProcessPool", hasState: false);

    public static string OfStatePool() => Write("public sealed partial class ProcessPool<TState>", hasState: true);

    private static string Write(string declaration, bool hasState)
    {
        var code = new CodeWriter(usesPriorities: true);
        code.Line();
        code.Open(declaration);
        foreach (var kind in BodyKind.All)
        {
            foreach (var hasToken in (bool[])[false, true])
            {
                for (var count = 0; count <= Names.MostArguments; count++)
                {
                    code.Separate();
                    Write(code, kind, hasState, hasToken, count, hasOptions: true);
                }
            }

            // Task.Run(token => ..., token) in the form that users try first: the body receives the caller's token.
            code.Separate();
            Write(code, kind, hasState, hasToken: true, 0, hasOptions: false);
        }

        code.Close();
        return code.ToString();
    }

    private static void Write(CodeWriter code, BodyKind kind, bool hasState, bool hasToken, int count, bool hasOptions)
    {
        var types = Names.Types(count);
        string[] generic = kind.HasResult ? [.. types, "TResult"] : types;
        var with = count == 0 ? "" : $" with {Names.Count(count)}";
        var result = kind.HasResult ? " and returns its result" : "";
        var receives = (hasState, hasToken) switch
        {
            (true, true) => " The body receives the worker's state as its first argument and the task's cancellation token as its last.",
            (true, false) => " The body receives the worker's state as its first argument.",
            (false, true) => " The body receives the task's cancellation token as its last argument.",
            _ => "",
        };
        code.Doc($"<summary>Runs {kind.Body}{with} in a worker{result}.{receives}</summary>");
        for (var number = 1; number <= count; number++)
        {
            code.Doc($"<typeparam name=\"T{number}\">Type of the {Names.Ordinal(number)} argument.</typeparam>");
        }

        if (kind.HasResult)
        {
            code.Doc("<typeparam name=\"TResult\">Type of the result; the caller receives a copy.</typeparam>");
        }

        code.Doc("<param name=\"body\">The code that the worker runs. It may capture variables: the worker receives copies of them, and the same locks, queues and shared memory.</param>");
        for (var number = 1; number <= count; number++)
        {
            code.Doc($"<param name=\"argument{number}\">The {Names.Ordinal(number)} argument; it is copied at the call.</param>");
        }

        if (hasOptions)
        {
            code.Doc("<param name=\"options\">Name, priority, time limit; <see langword=\"null\"/> for the pool's defaults.</param>");
        }

        code.Doc("<param name=\"cancellationToken\">Cancelled before the task starts, it prevents the start. Cancelled while the task runs, it cancels the task's token in the worker; after the grace the worker is killed.</param>");
        code.Doc($"<returns>A task that completes with {(kind.HasResult ? "the body's result" : "the body")}, with the body's exception, or with the reason why the body did not finish.</returns>");
        code.Doc("<exception cref=\"NotSerializableException\">The body or an argument cannot be sent to another process; the message names the path to the object. No task was added.</exception>");
        code.Doc("<exception cref=\"WorkerDiedException\">The worker died while it ran the body, and no more attempts are allowed.</exception>");
        code.Doc("<exception cref=\"TimeoutException\">The body did not finish within its time limit; its worker was killed.</exception>");
        code.Doc("<exception cref=\"ObjectDisposedException\">The pool was shut down or disposed.</exception>");
        string[] takes = [.. hasState ? (string[])["TState"] : [], .. types, .. hasToken ? (string[])["CancellationToken"] : []];
        var prefix = (hasState ? "State" : "") + (hasToken ? "Token" : "");
        var body = prefix.Length == 0 ? "Required(body)" : $"new {kind.Adapter(prefix, hasState ? ["TState", .. types] : types)}(Required(body)).Invoke";
        var call = $"new {Names.Generic(kind.Call, generic)}({string.Join(", ", [body, .. Names.Arguments(count)])})";
        string[] settings = hasOptions ? ["TaskOptions? options = null", "CancellationToken cancellationToken = default"] : ["CancellationToken cancellationToken"];
        code.Member(
            kind.Priority + (hasToken ? TokenPriority : 0),
            $"public {(kind.HasResult ? "Task<TResult>" : "Task")} {Names.Generic("RunAsync", generic)}",
            [$"{kind.Delegate(takes)} body", .. Names.Parameters(count), .. settings],
            $"{(kind.HasResult ? "Run<TResult>" : "Run")}({call}, body, {(hasOptions ? "options" : "null")}, cancellationToken)");
    }
}
