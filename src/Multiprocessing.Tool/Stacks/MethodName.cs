using System.Text;
using System.Text.RegularExpressions;

namespace Multiprocessing.Tool.Stacks;

/// <summary>
/// Writes the name of a method as its source has it. The runtime names methods in the notation of IL, and the compiler gives lambdas, local
/// functions,
/// iterators and async methods names of its own.
/// </summary>
internal static partial class MethodName
{
    /// <summary>
    /// Turns <c>Shop.Cart+&lt;&gt;c__DisplayClass1_0.&lt;Pay&gt;b__0(class System.String)</c> into <c>Shop.Cart.Pay() lambda(string)</c>.
    /// </summary>
    public static string Format(string name)
    {
        var parameters = name.IndexOf('(');
        var (method, arguments) = parameters < 0 ? (name, "") : (name[..parameters], name[parameters..]);
        return Method(method) + Types(arguments);
    }

    private static string Method(string method)
    {
        // The state machine of an async method or an iterator: Type+<Name>d__5.MoveNext
        var machine = StateMachine().Match(method);
        if (machine.Success)
        {
            return Method(machine.Groups["type"].Value + machine.Groups["name"].Value);
        }

        method = ClosureClass().Replace(method, "");
        method = LocalFunction().Replace(method, "${outer}().${name}");
        method = Lambda().Replace(method, "${outer}() lambda");
        return Generics(TypeArguments().Replace(method, static found => $"<{Types(found.Groups["types"].Value)}>")).Replace('+', '.');
    }

    private static string Types(string arguments)
    {
        arguments = Category().Replace(arguments, "");
        arguments = Primitive().Replace(arguments, static found => found.Value switch
        {
            "int8" => "sbyte",
            "unsigned int8" => "byte",
            "int16" => "short",
            "unsigned int16" => "ushort",
            "int32" => "int",
            "unsigned int32" => "uint",
            "int64" => "long",
            "unsigned int64" => "ulong",
            "float32" => "float",
            "float64" => "double",
            "int" or "native int" => "nint",
            "unsigned int" or "unsigned native int" => "nuint",
            "System.Int32" => "int",
            "System.Int64" => "long",
            "System.Boolean" => "bool",
            "System.Byte" => "byte",
            "System.String" => "string",
            "System.Object" => "object",
            var other => other,
        });
        return Generics(arguments).Replace('+', '.').Replace(",", ", ", StringComparison.Ordinal).Replace(",  ", ", ", StringComparison.Ordinal);
    }

    /// <summary>Writes <c>List`1&lt;T&gt;</c> without the number, and <c>!0</c> and <c>!!0</c>, the type parameters of the type and of the
    /// method.</summary>
    private static string Generics(string text)
    {
        text = Arity().Replace(text, "");
        text = TypeParameter().Replace(text, "T${number}");
        return new StringBuilder(text).Replace("System.__Canon", "object").ToString();
    }

    [GeneratedRegex(@"^(?<type>.*[+.])<(?<name>(<[^<>]+>)?[^<>]+)>d(__\d+)?(`\d+)?(\[[^\]]*\])?\.MoveNext$", RegexOptions.ExplicitCapture)]
    private static partial Regex StateMachine();

    [GeneratedRegex(@"[+.]<>c(__DisplayClass\d+_\d+)?(`\d+)?(\[[^\]]*\])?(?=[+.]|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex ClosureClass();

    [GeneratedRegex(@"<(?<outer>[^<>]+)>g__(?<name>[^|]+)\|\d+(_\d+)?", RegexOptions.ExplicitCapture)]
    private static partial Regex LocalFunction();

    [GeneratedRegex(@"<(?<outer>[^<>]+)>b__\d+(_\d+)?", RegexOptions.ExplicitCapture)]
    private static partial Regex Lambda();

    [GeneratedRegex(@"\b(value )?class ", RegexOptions.ExplicitCapture)]
    private static partial Regex Category();

    [GeneratedRegex(
        @"\b((unsigned )?(native int|int(8|16|32|64)?\b)|float(32|64)\b|System\.(String|Object|Int32|Int64|Boolean|Byte)\b(?!\.))",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Primitive();

    [GeneratedRegex(@"\[(?<types>[^\[\]]+)\]", RegexOptions.ExplicitCapture)]
    private static partial Regex TypeArguments();

    [GeneratedRegex(@"`\d+", RegexOptions.ExplicitCapture)]
    private static partial Regex Arity();

    [GeneratedRegex(@"!!?(?<number>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex TypeParameter();
}
