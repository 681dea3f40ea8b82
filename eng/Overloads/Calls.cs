namespace Multiprocessing.Overloads;

/// <summary>The classes that carry a body with its arguments to another process: one for each number of arguments.</summary>
internal static class Calls
{
    public static string Of(BodyKind kind)
    {
        var code = new CodeWriter(usesPriorities: false);
        code.Line();
        code.Line("// One sealed class for each number of arguments: the child invokes the delegate as it was typed, without reflection, and the body and its");
        code.Line("// arguments cross as one object, so that objects that both refer to stay one object.");
        for (var count = 0; count <= Names.MostArguments; count++)
        {
            code.Line();
            Write(code, kind, count);
        }

        return code.ToString();
    }

    private static void Write(CodeWriter code, BodyKind kind, int count)
    {
        var types = Names.Types(count);
        var body = kind.Delegate(types);
        var name = Names.Generic(kind.Call, kind.HasResult ? [.. types, "TResult"] : types);
        var parent = kind.Call + "Base" + (kind.HasResult ? "<TResult>" : "");
        code.Open($"internal sealed class {name}", string.Join(", ", [$"{body} body", .. Names.Parameters(count)]), $" : {parent}");
        code.Line("    [PathName(null)]");
        code.Line($"    private readonly {body} _body = body;");
        for (var number = 1; number <= count; number++)
        {
            code.Line();
            code.Line($"    [PathName(\"argument {number}\")]");
            code.Line($"    private readonly T{number} _argument{number} = argument{number};");
        }

        code.Line();
        code.Line("    public override Delegate Body => _body;");
        code.Line();
        var arguments = string.Join(", ", Names.Arguments(count).Select(static argument => $"_{argument}"));
        var returns = kind.Returns.Length == 0 ? "void" : kind.Returns;
        code.Line($"    protected override {returns} {(kind.IsAsync ? "InvokeAsync" : "Invoke")}() => _body({arguments});");
        code.Close();
    }
}
