namespace Multiprocessing.Generators;

/// <summary>
/// Writes the proxy class of an interface. Every member is an explicit implementation, so that members of the same name from several interfaces, and
/// hidden ones, stay apart; default values and annotations are those of the interface.
/// </summary>
internal static class ProxyWriter
{
    public static void Write(CodeText code, InterfaceModel model)
    {
        code.Line(Library.Attributes);
        var head = $"internal sealed class {model.Proxy}{model.Arguments} : {Library.Base}, {model.Reference}{Constraints(model.TypeParameters)}";
        using (code.Open(head))
        {
            code.Line($"public {model.Proxy}({Library.Target} target) : base(target) {{ }}");
            foreach (var method in model.Methods)
            {
                Write(code, method);
            }

            foreach (var property in model.Properties)
            {
                Write(code, property);
            }

            foreach (var @event in model.Events)
            {
                code.Line();
                using (code.Open($"event {@event.Type} {@event.Owner}.{@event.Name}"))
                {
                    code.Line($"add => AddHandler({@event.Call.Number}, value);");
                    code.Line($"remove => RemoveHandler({@event.Call.Number}, value);");
                }
            }
        }
    }

    /// <summary>Returns the constraint clauses of a declaration, each after a space.</summary>
    public static string Constraints(EquatableArray<TypeParameterModel> parameters) =>
        string.Concat(parameters.Where(static parameter => parameter.Constraints.Length > 0).Select(static parameter => " " + parameter.Constraints));

    /// <summary>Returns the type parameters or arguments of a method with angle brackets; an empty text if there are none.</summary>
    public static string Generic(EquatableArray<TypeParameterModel> parameters) =>
        parameters.Count == 0 ? "" : $"<{string.Join(", ", parameters.Select(static parameter => parameter.Name))}>";

    private static void Write(CodeText code, MethodModel method)
    {
        code.Line();
        var head = $"{method.Call.Result.Type} {method.Owner}.{method.Name}{Generic(method.TypeParameters)}({Declare(method.Call.Parameters)})";
        using (code.Open(head))
        {
            WriteCall(code, method.Call, method.TypeParameters, method.Call.Parameters.Select(static (_, i) => $"arg{i}").ToList());
        }
    }

    private static void Write(CodeText code, PropertyModel property)
    {
        code.Line();
        var index = property.IsIndexer ? $"[{Declare(property.Index)}]" : "";
        using (code.Open($"{property.Type} {property.Owner}.{property.Name}{index}"))
        {
            Accessor("get", property.Get);
            Accessor("set", property.Set);
        }

        void Accessor(string keyword, CallModel? call)
        {
            if (call is not null)
            {
                using (code.Open(keyword))
                {
                    WriteCall(
                        code, call, EquatableArray<TypeParameterModel>.Empty,
                        call.Parameters.Select((_, i) => i < property.Index.Count ? $"arg{i}" : "value").ToList());
                }
            }
        }
    }

    private static string Declare(EquatableArray<ParameterModel> parameters) =>
        string.Join(", ", parameters.Select(static (parameter, i) => $"{parameter.Type} arg{i}"));

    private static void WriteCall(CodeText code, CallModel call, EquatableArray<TypeParameterModel> types, IReadOnlyList<string> values)
    {
        var result = call.Result;
        if (result.Ensured is { } ensured)
        {
            code.Line($"{ensured}.Ensure();");
        }

        var token = "default";
        WriteEnsured(code, call.Parameters);
        code.Line($"var call = Begin({call.Number});");
        foreach (var type in types)
        {
            code.Line($"call.Argument<global::System.Type>(typeof({type.Name}), {Literal(type.Name)});");
        }

        for (var i = 0; i < values.Count; i++)
        {
            if (call.Parameters[i].Carriage == Carriage.Token)
            {
                token = values[i];
            }
            else
            {
                WriteArgument(code, "call", call.Parameters[i], values[i]);
            }
        }

        var keyword = result is { Item: null, Shape: ResultShape.Direct } ? "" : "return ";
        var item = result.Item is null ? "" : $"<{result.Item}>";
        var proxied = result.Carriage == Carriage.Proxied ? "Proxied" : "";
        var invoke = result switch
        {
            { Carriage: Carriage.Stream } => "InvokeStream",
            { Shape: ResultShape.Direct } => $"Invoke{proxied}",
            { Shape: ResultShape.Task } => $"Invoke{proxied}Async",
            _ => $"Invoke{proxied}ValueAsync",
        };
        code.Line($"{keyword}call.{invoke}{item}({token});");
    }

    public static void WriteEnsured(CodeText code, EquatableArray<ParameterModel> parameters)
    {
        foreach (var ensured in parameters.Select(static parameter => parameter.Ensured).Distinct())
        {
            if (ensured is not null)
            {
                code.Line($"{ensured}.Ensure();");
            }
        }
    }

    /// <summary>Writes one argument into a call; nothing for a token or a sender.</summary>
    public static void WriteArgument(CodeText code, string call, ParameterModel parameter, string value)
    {
        var write = parameter.Carriage switch
        {
            Carriage.Value => "Argument",
            Carriage.Proxied => "Proxied",
            Carriage.Progress => "Progress",
            Carriage.Stream => "Stream",
            _ => null,
        };
        if (write is not null)
        {
            code.Line($"{call}.{write}<{parameter.Item}>({Static(value, parameter.Carriage, parameter.Item)}, {Literal(parameter.Name)});");
        }
    }

    /// <summary>Returns an expression whose type is not <c>dynamic</c>: the call that it is an argument of would be bound at run time.</summary>
    public static string Static(string expression, Carriage carriage, string? item) =>
        carriage == Carriage.Value && item == "object" ? $"(object)({expression})" : expression;

    public static string Literal(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);
}
