namespace Multiprocessing.Overloads;

/// <summary>The members of <c>ProcessPool</c> as extension methods of <c>IProcessPool</c>.</summary>
internal static class PoolExtensionMembers
{
    private const string Declaration = "public static partial class ProcessPoolExtensions";
    private const int TokenPriority = 2;

    public static string OfRun()
    {
        var code = Begin();
        foreach (var kind in BodyKind.All)
        {
            foreach (var hasToken in (bool[])[false, true])
            {
                for (var count = 0; count <= Names.MostArguments; count++)
                {
                    WriteRun(code, kind, hasToken, count, hasOptions: true);
                }
            }

            WriteRun(code, kind, hasToken: true, 0, hasOptions: false);
        }

        code.Close();
        return code.ToString();
    }

    public static string OfSource(SourceFamily family)
    {
        var code = Begin();
        foreach (var shape in Shape.OfPool)
        {
            foreach (var isAsyncSource in family.TakesAsyncSources ? (bool[])[false, true] : [false])
            {
                foreach (var kind in BodyKind.All.Where(kind => kind.HasResult == family.HasResult))
                {
                    WriteSource(code, family, shape, kind, isAsyncSource);
                }
            }
        }

        code.Close();
        return code.ToString();
    }

    private static CodeWriter Begin()
    {
        var code = new CodeWriter(usesPriorities: true);
        code.Line();
        code.Open(Declaration);
        return code;
    }

    private static void WriteRun(CodeWriter code, BodyKind kind, bool hasToken, int count, bool hasOptions)
    {
        var types = Names.Types(count);
        string[] generic = kind.HasResult ? [.. types, "TResult"] : types;
        string[] takes = [.. types, .. hasToken ? (string[])["CancellationToken"] : []];
        var delegateType = kind.Delegate(takes);
        var body = hasToken ? $"new {kind.Adapter("Token", types)}(Required(body)).Invoke" : "Required(body)";
        var call = $"new {Names.Generic(kind.Call, generic)}({string.Join(", ", [body, .. Names.Arguments(count)])})";
        var made = kind.HasResult ? $"CallOf<TResult>({call}, body)" : $"ActionOf({call}, body)";
        string[] settings = hasOptions ? ["TaskOptions? options = null", "CancellationToken cancellationToken = default"] : ["CancellationToken cancellationToken"];
        var with = count == 0 ? "" : $" with {Names.Count(count)}";
        var receives = hasToken ? " The body receives the task's cancellation token as its last argument." : "";
        Document(
            code,
            $"Runs {kind.Body}{with} in a worker{(kind.HasResult ? " and returns its result" : "")}.{receives}",
            kind.HasResult ? "RunAsync{TResult}(Func{TResult}, TaskOptions?, CancellationToken)" : "RunAsync(Action, TaskOptions?, CancellationToken)");
        code.Member(
            kind.Priority + (hasToken ? TokenPriority : 0),
            $"public static {(kind.HasResult ? "Task<TResult>" : "Task")} {Names.Generic("RunAsync", generic)}",
            ["this IProcessPool pool", $"{delegateType} body", .. Names.Parameters(count), .. settings],
            $"Run(pool, {made}, {(hasOptions ? "options" : "null")}, cancellationToken)");
    }

    private static void WriteSource(CodeWriter code, SourceFamily family, Shape shape, BodyKind kind, bool isAsyncSource)
    {
        var each = family.HasResult ? "MapBody" : "EachBody";
        var body = shape.Adapter.Length == 0 ? "Required(body)" : $"new {kind.Adapter(shape.Adapter, shape.AdapterTypes)}(Required(body)).Invoke";
        string[] bodyTypes = family.HasResult ? [shape.Item, "TResult"] : [shape.Item];
        string[] types = family.HasResult ? [.. shape.Types, "TResult"] : shape.Types;
        var made = family.HasResult
            ? $"BodyOf<{shape.Item}, TResult>(new {Names.Generic(kind.BodyPrefix + each, bodyTypes)}({body}), body)"
            : $"ActionOf<{shape.Item}>(new {Names.Generic(kind.BodyPrefix + each, bodyTypes)}({body}), body)";
        var helper = family.Name == "ForEachAsync" ? "DrainAsync" : family.Name[..^"Async".Length];
        var source = $"{(isAsyncSource ? "IAsyncEnumerable" : "IEnumerable")}<{shape.Item}>";
        var delegateType = kind.Delegate(shape.Takes);
        var of = isAsyncSource ? " of an asynchronous source" : "";
        Document(code, $"Runs {kind.Body} for {shape.Each}{of}, {family.What}.{shape.Receives}", family.InheritsFrom);
        code.Member(
            kind.Priority + shape.Priority,
            $"public static {family.Returns} {Names.Generic(family.Name, types)}",
            [
                "this IProcessPool pool",
                $"{source} source",
                $"{delegateType} body",
                "MapOptions? options = null",
                "CancellationToken cancellationToken = default",
            ],
            $"{helper}(pool, source, {made}, options, cancellationToken)");
    }

    private static void Document(CodeWriter code, string summary, string inheritsFrom)
    {
        code.Separate();
        code.Doc($"<summary>{summary}</summary>");
        code.Doc($"<inheritdoc cref=\"ProcessPool.{inheritsFrom}\"/>");
    }
}
