namespace Multiprocessing.Generators;

/// <summary>Writes the contract class of an interface: the numbers of its calls, and for each number how it is called on the object.</summary>
internal static class ContractWriter
{
    public static void Write(CodeText code, InterfaceModel model)
    {
        code.Line(Library.Attributes);
        var head = $"internal sealed class {model.Contract}{model.Arguments} : {Library.Contract}{ProxyWriter.Constraints(model.TypeParameters)}";
        using (code.Open(head))
        {
            WriteConstructor(code, model);
            if (model.TypeParameters.Count > 0)
            {
                WriteEnsure(code, model);
            }

            code.Line();
            code.Line($"public override object CreateProxy({Library.Target} target) => new {model.Proxy}{model.Arguments}(target);");
            WriteDispatch(code, model);
            EventWriter.Write(code, model);
            foreach (var method in model.Methods)
            {
                WriteHelper(code, method);
            }

            foreach (var property in model.Properties)
            {
                WriteHelpers(code, property);
            }
        }
    }

    private static void WriteConstructor(CodeText code, InterfaceModel model)
    {
        var types = string.Join(", ", model.TypeParameters.Select(static parameter => $"typeof({parameter.Name})"));
        var name = model.TypeParameters.Count == 0
            ? ProxyWriter.Literal(model.DisplayName)
            : $"string.Concat({ProxyWriter.Literal(model.DisplayName + "[")}, string.Join(\",\", new object[] {{ {types} }}), \"]\")";
        var labels = string.Concat(model.Labels.Select(static label => ", " + ProxyWriter.Literal(label)));
        code.Line($"public {model.Contract}() : base(typeof({model.Reference}), {name}, 0x{model.Fingerprint:X16}UL{labels}) {{ }}");
    }

    /// <summary>A generic interface is registered with the arguments that calls meet.</summary>
    private static void WriteEnsure(CodeText code, InterfaceModel model)
    {
        code.Line();
        code.Line("private static volatile bool s_isRegistered;");
        code.Line();
        using (code.Open("internal static void Ensure()"))
        using (code.Open("if (!s_isRegistered)"))
        {
            code.Line($"{Library.Contracts}.Register(new {model.Contract}{model.Arguments}());");
            code.Line("s_isRegistered = true;");
        }
    }

    private static void WriteDispatch(CodeText code, InterfaceModel model)
    {
        var calls = model.Methods
            .Select(static method => (method.Call.Number, IsGeneric: method.TypeParameters.Count > 0))
            .Concat(model.Properties
                .SelectMany(static property => new[] { property.Get, property.Set })
                .OfType<CallModel>()
                .Select(static call => (call.Number, false)))
            .OrderBy(static call => call.Number)
            .ToList();
        code.Line();
        using (code.Open($"public override {Library.ValueTask} InvokeAsync(object instance, int member, {Library.Incoming} call)"))
        {
            using (code.Open("switch (member)"))
            {
                foreach (var (number, isGeneric) in calls)
                {
                    var target = isGeneric ? $"s_generic{number}.InvokeAsync" : $"Call{number}";
                    code.Line($"case {number}: return {target}(instance, call);");
                }

                code.Line("default: throw new global::System.ArgumentOutOfRangeException(nameof(member));");
            }
        }

        foreach (var method in model.Methods.Where(static method => method.TypeParameters.Count > 0))
        {
            code.Line();
            var number = method.Call.Number;
            var type = model.Contract + model.Arguments;
            code.Line(
                $"private static readonly {Library.Generic} s_generic{number} = "
                + $"new {Library.Generic}(typeof({type}), nameof(Call{number}), {method.TypeParameters.Count});");
        }
    }

    private static void WriteHelper(CodeText code, MethodModel method) =>
        WriteHelper(
            code, method.Call, method.TypeParameters,
            values => $"(({method.Owner})instance).{method.Name}{ProxyWriter.Generic(method.TypeParameters)}({string.Join(", ", values)})");

    private static void WriteHelpers(CodeText code, PropertyModel property)
    {
        if (property.Get is { } get)
        {
            WriteHelper(code, get, EquatableArray<TypeParameterModel>.Empty, Access);
        }

        if (property.Set is { } set)
        {
            WriteHelper(
                code, set, EquatableArray<TypeParameterModel>.Empty,
                values => $"{Access(values.Take(values.Count - 1).ToList())} = {values[values.Count - 1]}");
        }

        string Access(IReadOnlyList<string> values) => property.IsIndexer
            ? $"(({property.Owner})instance)[{string.Join(", ", values)}]"
            : $"(({property.Owner})instance).{property.Name}";
    }

    private static void WriteHelper(
        CodeText code, CallModel call, EquatableArray<TypeParameterModel> types, Func<IReadOnlyList<string>, string> invoke)
    {
        var result = call.Result;
        var isAsync = result.Shape != ResultShape.Direct;
        code.Line();
        if (call.IsObsolete)
        {
            code.Line("[global::System.Obsolete]");
        }

        var head = $"private static {(isAsync ? "async " : "")}{Library.ValueTask} "
            + $"Call{call.Number}{ProxyWriter.Generic(types)}(object instance, {Library.Incoming} call){ProxyWriter.Constraints(types)}";
        using (code.Open(head))
        {
            if (result.Ensured is not null && call.Parameters.All(parameter => parameter.Ensured != result.Ensured))
            {
                code.Line($"{result.Ensured}.Ensure();");
            }

            ProxyWriter.WriteEnsured(code, call.Parameters);
            var values = Read(code, call.Parameters);
            var expression = isAsync ? $"await {invoke(values)}.ConfigureAwait(false)" : invoke(values);
            if (result.Item is null)
            {
                code.Line($"{expression};");
                code.Line("call.Return();");
            }
            else
            {
                var give = result.Carriage switch { Carriage.Proxied => "ReturnProxied", Carriage.Stream => "ReturnStream", _ => "Return" };
                code.Line($"call.{give}<{result.Item}>({ProxyWriter.Static(expression, result.Carriage, result.Item)});");
            }

            if (!isAsync)
            {
                code.Line("return default;");
            }
        }
    }

    /// <summary>Writes the reads of the arguments and returns the expressions to pass.</summary>
    public static IReadOnlyList<string> Read(CodeText code, EquatableArray<ParameterModel> parameters)
    {
        var values = new List<string>();
        for (var i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            var read = parameter.Carriage switch
            {
                Carriage.Value => "Argument",
                Carriage.Proxied => "Proxied",
                Carriage.Progress => "Progress",
                Carriage.Stream => "Stream",
                _ => null,
            };
            if (read is not null)
            {
                code.Line($"var arg{i} = call.{read}<{parameter.Item}>();");
            }

            values.Add(parameter.Carriage switch { Carriage.Token => "call.CancellationToken", Carriage.Sender => "proxy", _ => $"arg{i}" });
        }

        return values;
    }
}
