namespace Multiprocessing.Overloads;

/// <summary>
/// The classes that adapt a body to a value that is known only in the other process: the token, the worker's state, the parts of a tuple. The return
/// type of a body is a type parameter, so that one class serves results, tasks and value tasks.
/// </summary>
internal static class Adapters
{
    public static string OfChildren()
    {
        var code = new CodeWriter(usesPriorities: false);
        code.Line();
        code.Line("// A body of a child process that also takes the token: sealed classes instead of lambdas, so that nothing but the body is captured.");
        for (var count = 0; count <= Names.MostArguments; count++)
        {
            var types = Names.Types(count);
            Write(code, "Stopping", types, [.. types, "CancellationToken"], Names.Parameters(count), [.. Names.Arguments(count), "CurrentProcess.Stopping"]);
        }

        return code.ToString();
    }

    public static string OfPools()
    {
        const string Token = "CurrentTask.CancellationToken";
        const string State = "WorkerState.Of<TState>()";
        var code = new CodeWriter(usesPriorities: false);
        code.Line();
        code.Line("// A task's body that also takes the token, the worker's state or the parts of a tuple: sealed classes instead of lambdas, so that");
        code.Line("// nothing but the body is captured.");
        for (var count = 0; count <= Names.MostArguments; count++)
        {
            var types = Names.Types(count);
            var parameters = Names.Parameters(count);
            var arguments = Names.Arguments(count);
            Write(code, "Token", types, [.. types, "CancellationToken"], parameters, [.. arguments, Token]);
            Write(code, "State", ["TState", .. types], ["TState", .. types], parameters, [State, .. arguments]);
            Write(code, "StateToken", ["TState", .. types], ["TState", .. types, "CancellationToken"], parameters, [State, .. arguments, Token]);
        }

        for (var count = 2; count <= Shape.MostParts; count++)
        {
            var types = Names.Types(count);
            string[] parameters = [$"({string.Join(", ", types)}) parts"];
            string[] parts = [.. Enumerable.Range(1, count).Select(static number => $"parts.Item{number}")];
            Write(code, "Tuple", types, types, parameters, parts);
            Write(code, "TupleToken", types, [.. types, "CancellationToken"], parameters, [.. parts, Token]);
        }

        return code.ToString();
    }

    private static void Write(CodeWriter code, string prefix, string[] types, string[] takes, string[] parameters, string[] passes)
    {
        foreach (var (suffix, returns) in ((string, string)[])[("Action", "void"), ("Function", "TReturn")])
        {
            var isAction = suffix == "Action";
            var body = isAction ? Names.Generic("Action", takes) : Names.Generic("Func", [.. takes, returns]);
            code.Line();
            code.Open($"internal sealed class {Names.Generic(prefix + suffix, isAction ? types : [.. types, returns])}", $"{body} body", "");
            code.Line("    [PathName(null)]");
            code.Line($"    private readonly {body} _body = body;");
            code.Line();
            code.Method($"public {returns} Invoke({string.Join(", ", parameters)})", $"_body({string.Join(", ", passes)})");
            code.Close();
        }
    }
}
