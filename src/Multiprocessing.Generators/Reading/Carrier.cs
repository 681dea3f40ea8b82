using Microsoft.CodeAnalysis;

namespace Multiprocessing.Generators;

/// <summary>Decides how the parameters and results of one interface cross, and reports what cannot.</summary>
internal sealed class Carrier(ICollection<Issue> issues, ISet<INamedTypeSymbol> nested)
{
    /// <summary>Gets whether a type was met that the compiler does not know: there is an error already.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Notes that the compiler has reported an error.</summary>
    public void Broken() => IsBroken = true;

    /// <summary>Reads the parameters of a method, an indexer or an event's delegate.</summary>
    public EquatableArray<ParameterModel> Parameters(Member member, IEnumerable<IParameterSymbol> parameters)
    {
        var models = new List<ParameterModel>();
        var tokens = 0;
        foreach (var parameter in parameters)
        {
            if (TypeFacts.IsToken(parameter.Type) && !member.IsEvent && tokens++ > 0)
            {
                Report(
                    Rules.Misplaced, member, parameter, $"parameter '{parameter.Name}'",
                    "is a second CancellationToken, and a call has one. Combine them (CancellationTokenSource.CreateLinkedTokenSource).");
            }

            var carriage = member.IsEvent && models.Count == 0 && IsSender(parameter) ? Carriage.Sender : CarriageOf(member, parameter);
            var item = Item(parameter.Type, carriage);
            models.Add(new(
                Names.Code(parameter.Type), Names.Code(item), parameter.Name, carriage, Ensured(item, carriage)));
        }

        return new(models);
    }

    /// <summary>Reads a result.</summary>
    public ResultModel Result(Member member, ITypeSymbol type, IEnumerable<AttributeData> attributes)
    {
        var (shape, inside) = TypeFacts.ShapeOf(type);
        var code = Names.Code(type);
        if (inside is null)
        {
            return new(code, null, shape, Carriage.Value, null);
        }

        var isByValue = TypeFacts.IsByValue(attributes);
        var carriage = Carriage.Value;
        if (TypeFacts.StreamOf(inside) is { } item)
        {
            if (shape == ResultShape.Direct)
            {
                CheckValue(member, member.Symbol, item, "the result", type);
                return new(code, Names.Code(item), shape, Carriage.Stream, null);
            }

            Report(
                Rules.Misplaced, member, member.Symbol, "the result",
                "is a stream inside a task, but a stream starts with its first item. Return the IAsyncEnumerable<T> itself.");
        }
        else if (IsProxied(inside, isByValue))
        {
            carriage = Carriage.Proxied;
            CheckReference(member, member.Symbol, inside);
        }
        else
        {
            CheckValue(member, member.Symbol, inside, "the result", inside, isByValue);
        }

        return new(code, Names.Code(inside), shape, carriage, Ensured(inside, carriage));
    }

    /// <summary>Reports at the closest symbol that the source shows. A property whose accessors have the same fault is reported once.</summary>
    public void Report(DiagnosticDescriptor rule, Member member, ISymbol culprit, params string[] arguments)
    {
        var declared = member.Symbol is IMethodSymbol { AssociatedSymbol: { } property } ? property : member.Symbol;
        var place = IsValue(culprit) || SymbolEqualityComparer.Default.Equals(culprit, member.Symbol) ? declared : culprit;
        if (!issues.Any(issue => issue.Rule == rule && SymbolEqualityComparer.Default.Equals(issue.Culprits[1], declared)
            && issue.Culprits[0].Name == place.Name))
        {
            issues.Add(new(rule, [place, declared, member.Interface], [member.Label, .. arguments]));
        }
    }

    /// <summary>The handler of an event gets its proxy as the sender: the object itself stays in its process.</summary>
    private static bool IsSender(IParameterSymbol parameter) =>
        parameter is { Type.SpecialType: SpecialType.System_Object, Name: "sender", RefKind: RefKind.None };

    /// <summary>Returns whether a symbol is the value of a setter, which has no name in the source.</summary>
    private static bool IsValue(ISymbol symbol) =>
        symbol is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.PropertySet } setter } parameter
        && parameter.Ordinal == setter.Parameters.Length - 1;

    private static ITypeSymbol Item(ITypeSymbol type, Carriage carriage) => carriage switch
    {
        Carriage.Progress => TypeFacts.ProgressOf(type)!,
        Carriage.Stream => TypeFacts.StreamOf(type)!,
        _ => type,
    };

    private Carriage CarriageOf(Member member, IParameterSymbol parameter)
    {
        var type = parameter.Type;
        var description = $"parameter '{parameter.Name}'";
        if (parameter.RefKind is not RefKind.None)
        {
            Report(Rules.ByReference, member, parameter, description);
            return Carriage.Value;
        }

        if (TypeFacts.IsToken(type) && !member.IsEvent)
        {
            return Carriage.Token;
        }

        if (!member.IsEvent && (TypeFacts.ProgressOf(type) ?? TypeFacts.StreamOf(type)) is { } item)
        {
            CheckValue(member, parameter, item, description, type);
            return TypeFacts.ProgressOf(type) is null ? Carriage.Stream : Carriage.Progress;
        }

        var isByValue = TypeFacts.IsByValue(parameter.GetAttributes());
        if (IsProxied(type, isByValue))
        {
            CheckReference(member, parameter, type);
            return Carriage.Proxied;
        }

        CheckValue(member, parameter, type, description, type, isByValue);
        return Carriage.Value;
    }

    private bool IsProxied(ITypeSymbol type, bool isByValue)
    {
        if (isByValue || Refused.Named(type) is not null)
        {
            return false;
        }

        if (type is ITypeParameterSymbol)
        {
            return TypeFacts.IsMarked(type);
        }

        if (!TypeFacts.IsProxied(type))
        {
            return false;
        }

        nested.Add(((INamedTypeSymbol)type).OriginalDefinition);
        return true;
    }

    private void CheckReference(Member member, ISymbol culprit, ITypeSymbol type)
    {
        IsBroken |= TypeFacts.HasError(type);
        if (TypeFacts.RefStructIn(type) is { } refStruct)
        {
            Report(Rules.RefStruct, member, culprit, $"'{refStruct.ToDisplayString(Names.Message)}'");
        }

        if (type is ITypeParameterSymbol { IsReferenceType: false })
        {
            Report(Rules.ValueTypeProxy, member, culprit, type.Name);
        }
    }

    /// <summary>Reports what is known already, from the type, to be refused by the serializer.</summary>
    private void CheckValue(Member member, ISymbol culprit, ITypeSymbol type, string description, ITypeSymbol whole, bool isByValue = false)
    {
        IsBroken |= TypeFacts.HasError(type);
        var name = type.ToDisplayString(Names.Message);
        if (type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer)
        {
            Report(Rules.Pointer, member, culprit, $"{description} ({name})");
        }
        else if (type.IsRefLikeType || type is ITypeParameterSymbol { AllowsRefLikeType: true, DeclaringMethod: not null })
        {
            Report(Rules.RefStruct, member, culprit, $"{description} ({name})");
        }
        else if (TypeFacts.IsToken(type) || TypeFacts.ProgressOf(type) is not null || TypeFacts.StreamOf(type) is not null)
        {
            Report(
                Rules.Misplaced, member, culprit, $"{description} ({name})",
                "belongs to a call. Make it a parameter of a method"
                + (TypeFacts.StreamOf(type) is null ? "." : ", or the result of a method."));
        }
        else if (Refused.Find(type) is { } reason)
        {
            Report(Rules.Bound, member, culprit, $"{description} ({name})", reason);
        }
        else if (!isByValue && !SymbolEqualityComparer.Default.Equals(type, whole) && TypeFacts.IsProxied(type))
        {
            Report(Rules.NestedInterface, member, culprit, name, whole.ToDisplayString(Names.Message));
        }
        else
        {
            foreach (var part in TypeFacts.PartsOf(type))
            {
                CheckValue(member, culprit, part, description, whole, isByValue);
            }
        }
    }

    private static string? Ensured(ITypeSymbol type, Carriage carriage) =>
        carriage == Carriage.Proxied && type is INamedTypeSymbol named && Names.AllTypeArguments(named).Any() ? Names.ContractOf(named) : null;
}
