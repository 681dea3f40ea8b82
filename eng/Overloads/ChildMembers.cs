namespace Multiprocessing.Overloads;

/// <summary><c>ChildProcess.Run</c> and <c>ChildProcess.Create</c>.</summary>
internal static class ChildMembers
{
    /// <summary>A body with the token also fits where options could be one more argument. The priority decides that they are options.</summary>
    private const int TokenPriority = 2;

    public static string Run() => Write("Run", "Starts a process that runs", "The process, started.", static (type, call) => $"new {type}({call}, options).Started()", static code =>
    {
        code.Doc("<exception cref=\"NotSerializableException\">The body or an argument cannot be sent to another process; the message names the path to the object. Nothing was started.</exception>");
        code.Doc("<exception cref=\"ProcessStartException\">The operating system refused to start the process.</exception>");
    });

    public static string Create() => Write("Create", "Creates a process that runs", "The process, which is not started; call <see cref=\"Start\"/>.", static (_, call) => $"new({call}, options)", null);

    private static string Write(string name, string verb, string returns, Func<string, string, string> create, Action<CodeWriter>? exceptions)
    {
        var code = new CodeWriter(usesPriorities: true);
        code.Line();
        code.Open("public partial class ChildProcess");
        foreach (var kind in BodyKind.All)
        {
            foreach (var hasToken in (bool[])[false, true])
            {
                for (var count = 0; count <= Names.MostArguments; count++)
                {
                    code.Separate();
                    Write(code, name, verb, returns, create, exceptions, kind, hasToken, count);
                }
            }
        }

        code.Close();
        return code.ToString();
    }

    private static void Write(
        CodeWriter code, string name, string verb, string returns, Func<string, string, string> create, Action<CodeWriter>? exceptions, BodyKind kind, bool hasToken, int count)
    {
        var types = Names.Types(count);
        string[] generic = kind.HasResult ? [.. types, "TResult"] : types;
        var type = kind.HasResult ? "ChildProcess<TResult>" : "ChildProcess";
        var with = count == 0 ? "" : $" with {Names.Count(count)}";
        var result = kind.HasResult ? " and returns its result" : "";
        var token = hasToken ? " The body receives <see cref=\"CurrentProcess.Stopping\"/> as its last argument." : "";
        code.Doc($"<summary>{verb} {kind.Body}{with}{result}.{token}</summary>");
        for (var number = 1; number <= count; number++)
        {
            code.Doc($"<typeparam name=\"T{number}\">Type of the {Names.Ordinal(number)} argument.</typeparam>");
        }

        if (kind.HasResult)
        {
            code.Doc("<typeparam name=\"TResult\">Type of the result; the parent receives a copy.</typeparam>");
        }

        code.Doc("<param name=\"body\">The code that the process runs. It may capture variables: the process receives copies of them, and the same locks, queues and shared memory.</param>");
        for (var number = 1; number <= count; number++)
        {
            code.Doc($"<param name=\"argument{number}\">The {Names.Ordinal(number)} argument; it is copied when the process starts.</param>");
        }

        code.Doc("<param name=\"options\">Name, environment, output, limits; <see langword=\"null\"/> for the defaults.</param>");
        code.Doc($"<returns>{returns}</returns>");
        code.Doc("<exception cref=\"ArgumentNullException\"><paramref name=\"body\"/> is <see langword=\"null\"/>.</exception>");
        exceptions?.Invoke(code);
        string[] takes = hasToken ? [.. types, "CancellationToken"] : types;
        var body = hasToken ? $"new {kind.Adapter("Stopping", types)}(Required(body)).Invoke" : "Required(body)";
        var call = $"new {Names.Generic(kind.Call, generic)}({string.Join(", ", [body, .. Names.Arguments(count)])})";
        code.Member(
            kind.Priority + (hasToken ? TokenPriority : 0),
            $"public static {type} {Names.Generic(name, generic)}",
            [$"{kind.Delegate(takes)} body", .. Names.Parameters(count), "ChildProcessOptions? options = null"],
            create(type, call));
    }
}
