namespace Multiprocessing.Overloads;

/// <summary>The parameters that a body takes from an item.</summary>
/// <param name="Parts">The number of parts of a tuple; 1 for the item itself.</param>
/// <param name="HasState">The first parameter is the worker's state.</param>
/// <param name="HasToken">The last parameter is the task's token.</param>
internal sealed record Shape(int Parts, bool HasState, bool HasToken)
{
    public const int MostParts = 3;

    public static readonly Shape[] OfPool = [.. from hasToken in (bool[])[false, true] from parts in (int[])[1, 2, 3] select new Shape(parts, false, hasToken)];

    public static readonly Shape[] OfStatePool = [new(1, true, false), new(1, true, true)];

    public bool IsTuple => Parts > 1;

    public string[] Types => IsTuple ? Names.Types(Parts) : ["TItem"];

    public string Item => IsTuple ? $"({string.Join(", ", Types)})" : "TItem";

    public string[] Takes => [.. HasState ? (string[])["TState"] : [], .. Types, .. HasToken ? (string[])["CancellationToken"] : []];

    /// <summary>
    /// Two parameters fit the parts of a pair, and an item with the token: the parts have priority. A method that has an overload with the token is
    /// called with it.
    /// </summary>
    public int Priority => (IsTuple ? 4 : 0) + (HasToken ? 2 : 0);

    public string Adapter => (HasState ? "State" : IsTuple ? "Tuple" : "") + (HasToken ? "Token" : "");

    public string[] AdapterTypes => HasState ? ["TState", .. Types] : Types;

    public string Each => Parts switch { 2 => "each pair", 3 => "each triple", _ => "each item" };

    public string Receives => (HasState, IsTuple, HasToken) switch
    {
        (true, _, true) => " The body receives the worker's state, the item and the task's cancellation token.",
        (true, _, false) => " The body receives the worker's state and the item.",
        (false, true, true) => " The body receives the parts as its arguments, and the task's cancellation token as its last.",
        (false, true, false) => " The body receives the parts as its arguments.",
        (false, false, true) => " The body receives the item and the task's cancellation token.",
        _ => "",
    };
}

/// <summary>Members that run a body for each item of a source.</summary>
/// <param name="Name">The name of the members.</param>
/// <param name="File">The middle of the file's name.</param>
/// <param name="What">The text about the results.</param>
/// <param name="Returns">The return type.</param>
/// <param name="HasResult">The body returns a value.</param>
/// <param name="TakesAsyncSources">There are also members for <c>IAsyncEnumerable</c>.</param>
/// <param name="InheritsFrom">The member whose documentation is inherited; empty for that member itself.</param>
internal sealed record SourceFamily(string Name, string File, string What, string Returns, bool HasResult, bool TakesAsyncSources, string InheritsFrom)
{
    private const string MapCref = "MapAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)";
    private const string StreamCref = "StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)";
    private const string ForEachCref = "ForEachAsync{TItem}(IEnumerable{TItem}, Action{TItem}, MapOptions?, CancellationToken)";

    public static readonly SourceFamily[] All =
    [
        new("MapAsync", "Map", "and returns all results in the order of the source", "Task<TResult[]>", true, false, MapCref),
        new("MapOutcomesAsync", "MapOutcomes", "and returns the outcome of each: an error, or the death of a worker, affects that item only", "Task<Outcome<TResult>[]>", true, false, MapCref),
        new("StreamAsync", "Stream", "and returns the results while the source is read", "IAsyncEnumerable<TResult>", true, true, StreamCref),
        new("StreamOutcomesAsync", "StreamOutcomes", "and returns the outcome of each while the source is read", "IAsyncEnumerable<Outcome<TResult>>", true, true, StreamCref),
        new("ForEachAsync", "ForEach", "with a bounded number of items in flight", "Task", false, true, ForEachCref),
    ];

    public string Expression(Shape shape, string body, bool isAsyncSource)
    {
        var result = HasResult ? "TResult" : "bool";
        var from = isAsyncSource ? "From(source, cancellationToken)" : "From(source)";
        var stream = $"StreamCore<{shape.Item}, {result}>({from}, {body}, body, {(HasResult ? "true" : "false")}, options, cancellationToken)";
        return Name switch
        {
            "MapAsync" => $"MapResultsAsync<{shape.Item}, TResult>(source, {body}, body, true, options, cancellationToken)",
            "MapOutcomesAsync" => $"OutcomesAsync<{shape.Item}, TResult>(source, {body}, body, options, cancellationToken)",
            "StreamAsync" => $"ResultsOf({stream})",
            "StreamOutcomesAsync" => stream,
            _ => $"DrainAsync({stream})",
        };
    }

    /// <summary>The documentation that the members of this family share.</summary>
    public IEnumerable<string> Documentation() => Name switch
    {
        "MapAsync" =>
        [
            "<typeparam name=\"TItem\">Type of the items.</typeparam>",
            "<typeparam name=\"TResult\">Type of the results.</typeparam>",
            $"<param name=\"source\">The items; this call reads all of them. For endless or large sources use <see cref=\"{StreamCref}\"/>.</param>",
            "<param name=\"body\">The code that the workers run. It may capture variables; they are sent to each worker once.</param>",
            "<param name=\"options\">Name, priority, time limit of each item; <see langword=\"null\"/> for the pool's defaults.</param>",
            "<param name=\"cancellationToken\">Ends the map: items that wait do not start; the token of those that run is cancelled, and after the grace their workers are killed.</param>",
            "<returns>The results. The first error of any item ends the map: items that wait do not start, and the token of those that run is cancelled.</returns>",
            "<exception cref=\"NotSerializableException\">The body cannot be sent to another process; or, as the error of the map, an item or a result.</exception>",
            "<exception cref=\"WorkerDiedException\">A worker died while it ran an item, and no more attempts are allowed.</exception>",
            "<exception cref=\"TimeoutException\">An item did not finish within its time limit; its worker was killed.</exception>",
            "<exception cref=\"ObjectDisposedException\">The pool was shut down or disposed.</exception>",
        ],
        "StreamAsync" =>
        [
            "<typeparam name=\"TItem\">Type of the items.</typeparam>",
            "<typeparam name=\"TResult\">Type of the results.</typeparam>",
            "<param name=\"source\">The items; read only while there is room (<see cref=\"MapOptions.MaxInFlight\"/>), and by one thread at a time.</param>",
            "<param name=\"body\">The code that the workers run. It may capture variables; they are sent to each worker once.</param>",
            "<param name=\"options\">Order, room, name, priority, time limit of each item; <see langword=\"null\"/> for the defaults.</param>",
            "<param name=\"cancellationToken\">Ends the stream: items that wait do not start; the token of those that run is cancelled, and after the grace their workers are killed.</param>",
            "<returns>The results. The first error ends the stream; leaving the loop cancels the items in flight.</returns>",
        ],
        _ =>
        [
            "<typeparam name=\"TItem\">Type of the items.</typeparam>",
            "<param name=\"source\">The items; read only while there is room (<see cref=\"MapOptions.MaxInFlight\"/>), and by one thread at a time.</param>",
            "<param name=\"body\">The code that the workers run. It may capture variables; they are sent to each worker once.</param>",
            "<param name=\"options\">Room, name, priority, time limit of each item; <see langword=\"null\"/> for the defaults.</param>",
            "<param name=\"cancellationToken\">Ends the call: items that wait do not start; the token of those that run is cancelled, and after the grace their workers are killed.</param>",
            "<returns>A task that completes with the last item, or with the first error.</returns>",
        ],
    };
}

/// <summary>The members of both pools that work on sources.</summary>
internal static class PoolSourceMembers
{
    public static string OfPool(SourceFamily family) => Write(family, "public partial class ProcessPool", Shape.OfPool, "");

    public static string OfStatePool(SourceFamily family) => Write(family, "public sealed partial class ProcessPool<TState>", Shape.OfStatePool, "ProcessPool.");

    private static string Write(SourceFamily family, string declaration, Shape[] shapes, string crefPrefix)
    {
        var code = new CodeWriter(usesPriorities: true);
        code.Line();
        if (crefPrefix.Length > 0)
        {
            code.Line("// Where a body of several parameters could as well take the parts of a tuple, the state is meant: the compiler prefers the members of");
            code.Line("// the derived class.");
        }

        code.Open(declaration);
        var isFirst = crefPrefix.Length == 0 && family.InheritsFrom.StartsWith(family.Name + "{", StringComparison.Ordinal);
        foreach (var shape in shapes)
        {
            foreach (var isAsyncSource in family.TakesAsyncSources ? (bool[])[false, true] : [false])
            {
                foreach (var kind in BodyKind.All.Where(kind => kind.HasResult == family.HasResult))
                {
                    code.Separate();
                    Write(code, family, shape, kind, isAsyncSource, isFirst ? null : crefPrefix);
                    isFirst = false;
                }
            }
        }

        code.Close();
        return code.ToString();
    }

    private static void Write(CodeWriter code, SourceFamily family, Shape shape, BodyKind kind, bool isAsyncSource, string? inheritPrefix)
    {
        var of = isAsyncSource ? " of an asynchronous source" : "";
        code.Doc($"<summary>Runs {kind.Body} for {shape.Each}{of}, {family.What}.{shape.Receives}</summary>");
        if (inheritPrefix is null)
        {
            foreach (var line in family.Documentation())
            {
                code.Doc(line);
            }
        }
        else
        {
            for (var number = 1; shape.IsTuple && number <= shape.Parts; number++)
            {
                code.Doc($"<typeparam name=\"T{number}\">Type of the {Names.Ordinal(number)} part.</typeparam>");
            }

            if (shape.IsTuple && family.HasResult)
            {
                code.Doc("<typeparam name=\"TResult\">Type of the results.</typeparam>");
            }

            if (family.Name == "MapOutcomesAsync")
            {
                code.Doc("<returns>The outcomes in the order of the source.</returns>");
            }
            else if (family.Name == "StreamOutcomesAsync")
            {
                code.Doc("<returns>The outcomes; leaving the loop cancels the items in flight.</returns>");
            }

            code.Doc($"<inheritdoc cref=\"{inheritPrefix}{family.InheritsFrom}\"/>");
        }

        var each = family.HasResult ? "MapBody" : "EachBody";
        var body = shape.Adapter.Length == 0 ? "Required(body)" : $"new {kind.Adapter(shape.Adapter, shape.AdapterTypes)}(Required(body)).Invoke";
        var generic = family.HasResult ? Names.Generic($"{kind.BodyPrefix}{each}", [shape.Item, "TResult"]) : Names.Generic($"{kind.BodyPrefix}{each}", [shape.Item]);
        string[] types = family.HasResult ? [.. shape.Types, "TResult"] : shape.Types;
        code.Member(
            kind.Priority + shape.Priority,
            $"public {family.Returns} {Names.Generic(family.Name, types)}",
            [
                $"{(isAsyncSource ? "IAsyncEnumerable" : "IEnumerable")}<{shape.Item}> source",
                $"{kind.Delegate(shape.Takes)} body",
                "MapOptions? options = null",
                "CancellationToken cancellationToken = default",
            ],
            family.Expression(shape, $"new {generic}({body})", isAsyncSource));
    }
}
