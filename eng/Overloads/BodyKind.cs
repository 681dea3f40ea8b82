namespace Multiprocessing.Overloads;

/// <summary>A way in which a body returns.</summary>
/// <param name="Call">The class that carries a body of this kind with its arguments.</param>
/// <param name="Returns">The return type of the delegate; empty for an <see cref="Action"/>.</param>
/// <param name="Awaits">The type through which the body is awaited: none, Task or ValueTask.</param>
/// <param name="HasResult">The body returns a value to its caller.</param>
internal sealed record BodyKind(string Call, string Returns, string Awaits, bool HasResult)
{
    public static readonly BodyKind[] All =
    [
        new("ActionCall", "", "", false),
        new("AsyncActionCall", "Task", "Task", false),
        new("ValueTaskActionCall", "ValueTask", "ValueTask", false),
        new("FunctionCall", "TResult", "", true),
        new("AsyncFunctionCall", "Task<TResult>", "Task", true),
        new("ValueTaskFunctionCall", "ValueTask<TResult>", "ValueTask", true),
    ];

    public bool IsAsync => Awaits.Length > 0;

    /// <summary>
    /// An <c>async</c> lambda fits Task and ValueTask equally, and a lambda that only throws fits even more: the forms with Task have priority.
    /// </summary>
    public int Priority => Awaits == "Task" ? 1 : 0;

    /// <summary>The prefix of the classes that run a body of this kind for the items of a source.</summary>
    public string BodyPrefix => Awaits switch { "Task" => "Async", "ValueTask" => "ValueTask", _ => "" };

    /// <summary>The delegate that takes these parameters.</summary>
    public string Delegate(params IEnumerable<string> parameters) =>
        Returns.Length == 0 ? Names.Generic("Action", parameters) : Names.Generic("Func", [.. parameters, Returns]);

    /// <summary>The class that adapts a body of this kind and passes it a value besides its arguments.</summary>
    public string Adapter(string prefix, IEnumerable<string> types) =>
        Returns.Length == 0 ? Names.Generic($"{prefix}Action", types) : Names.Generic($"{prefix}Function", [.. types, Returns]);

    /// <summary>"Runs a body", "Runs an asynchronous body".</summary>
    public string Body => IsAsync ? "an asynchronous body" : "a body";
}

/// <summary>Names of type parameters, arguments and numbers.</summary>
internal static class Names
{
    public const int MostArguments = 4;

    private static readonly string[] Ordinals = ["", "first", "second", "third", "fourth"];

    public static string Ordinal(int number) => Ordinals[number];

    public static string[] Types(int count) => [.. Enumerable.Range(1, count).Select(static number => $"T{number}")];

    public static string[] Arguments(int count) => [.. Enumerable.Range(1, count).Select(static number => $"argument{number}")];

    public static string[] Parameters(int count) => [.. Enumerable.Range(1, count).Select(static number => $"T{number} argument{number}")];

    public static string Generic(string name, IEnumerable<string> types)
    {
        var list = string.Join(", ", types);
        return list.Length == 0 ? name : $"{name}<{list}>";
    }

    public static string Count(int count) => count == 1 ? "1 argument" : $"{count} arguments";
}
