using Microsoft.CodeAnalysis;

namespace Multiprocessing.Generators;

/// <summary>Reads the members of an interface and of the interfaces it inherits, and numbers them.</summary>
internal sealed class InterfaceReader
{
    private readonly INamedTypeSymbol _definition;
    private readonly Compilation _compilation;
    private readonly List<Issue> _issues = [];
    private readonly HashSet<INamedTypeSymbol> _nested = new(SymbolEqualityComparer.Default);
    private readonly List<CallDraft> _calls = [];
    private readonly List<MethodModel> _methods = [];
    private readonly List<PropertyModel> _properties = [];
    private readonly List<EventModel> _events = [];
    private readonly Carrier _carrier;

    private InterfaceReader(INamedTypeSymbol definition, Compilation compilation)
    {
        _definition = definition;
        _compilation = compilation;
        _carrier = new(_issues, _nested);
    }

    public static InterfaceReading Read(INamedTypeSymbol definition, Compilation compilation) => new InterfaceReader(definition, compilation).Read();

    private InterfaceReading Read()
    {
        if (!IsAccessible(_definition))
        {
            _issues.Add(new(Rules.Inaccessible, [_definition], [$"'{_definition.ToDisplayString(Names.Message)}'"]));
            return new(_definition, null, _issues, []);
        }

        // Numbers must be the same in both programs, one of which may see the interface as source and the other as metadata, whose order differs.
        foreach (var draft in MembersOf(_definition).OrderBy(static draft => draft.Signature, StringComparer.Ordinal).ToList())
        {
            draft.Add();
        }

        var isUsable = _issues.Count == 0 && !_carrier.IsBroken;
        return new(_definition, isUsable ? Model() : null, _issues, [.. _nested]);
    }

    private InterfaceModel Model()
    {
        var name = Names.MetadataNameOf(_definition);
        return new(
            Names.Code(_definition),
            Names.IdentifierOf(_definition),
            name,
            Fnv1A.Hash(name + "\n" + string.Join("\n", _calls.Select(static call => call.Signature))),
            TypeParameters(Names.AllTypeParameters(_definition)),
            new(_calls.Select(static call => call.Label)),
            new(_methods),
            new(_properties),
            new(_events));
    }

    private IEnumerable<MemberDraft> MembersOf(INamedTypeSymbol definition)
    {
        foreach (var type in definition.AllInterfaces.Insert(0, definition))
        {
            foreach (var member in type.GetMembers().Where(IsCalled))
            {
                var part = new Member(member, definition, member is IEventSymbol);
                switch (member)
                {
                    case IMethodSymbol method:
                        yield return new(Signatures.Of(method), () => Add(part, method));
                        break;
                    case IPropertySymbol property:
                        yield return new(Signatures.Of(property), () => Add(part, property));
                        break;
                    case IEventSymbol @event:
                        yield return new(Signatures.Of(@event), () => Add(part, @event));
                        break;
                }
            }
        }
    }

    /// <summary>Returns whether a member is one that a class must, or can, implement; the others are called without the object.</summary>
    private bool IsCalled(ISymbol member)
    {
        if (member.IsStatic)
        {
            if (member.IsAbstract && member is not IMethodSymbol { AssociatedSymbol: not null })
            {
                _issues.Add(new(Rules.StaticMember, [member, _definition], [new Member(member, _definition).Label]));
            }

            return false;
        }

        if (!member.IsAbstract && !member.IsVirtual)
        {
            return false;
        }

        var isExplicit = member switch
        {
            IMethodSymbol method => method.MethodKind != MethodKind.Ordinary || !method.ExplicitInterfaceImplementations.IsEmpty,
            IPropertySymbol property => !property.ExplicitInterfaceImplementations.IsEmpty,
            IEventSymbol @event => !@event.ExplicitInterfaceImplementations.IsEmpty,
            _ => true,
        };
        return !isExplicit && IsReachable(member);
    }

    /// <summary>Returns whether generated code can call a member. One with a body that it cannot call keeps its body.</summary>
    private bool IsReachable(ISymbol member)
    {
        if (IsAccessible(member))
        {
            return true;
        }

        if (member.IsAbstract)
        {
            _issues.Add(new(Rules.Inaccessible, [member, _definition], [new Member(member, _definition).Label]));
        }

        return false;
    }

    private bool IsAccessible(ISymbol symbol) =>
        _compilation.IsSymbolAccessibleWithin(symbol, _compilation.Assembly) && symbol is not INamedTypeSymbol { IsFileLocal: true };

    private void Add(Member member, IMethodSymbol method)
    {
        if (method.IsVararg)
        {
            _carrier.Report(Rules.ArgumentList, member, method);
        }

        if (method.RefKind != RefKind.None)
        {
            _carrier.Report(Rules.ByReference, member, method, "the result");
        }

        var call = Call(member, method.Parameters, method.ReturnType, method.GetReturnTypeAttributes(), method, method.Name);
        _methods.Add(new(member.Owner, Names.Escape(method.Name), TypeParameters(method.TypeParameters), call));
    }

    private void Add(Member member, IPropertySymbol property)
    {
        if (property.RefKind != RefKind.None)
        {
            _carrier.Report(Rules.ByReference, member, property, "its value");
        }

        CallModel? get = null, set = null;
        var label = property.IsIndexer ? "this[]" : property.Name;
        if (property.GetMethod is { } getter && IsReachable(getter))
        {
            var attributes = getter.GetReturnTypeAttributes().AddRange(property.GetAttributes());
            get = Call(member with { Symbol = getter }, getter.Parameters, property.Type, attributes, property, label + ".get");
        }

        if (property.SetMethod is { } setter && IsReachable(setter))
        {
            if (setter.IsInitOnly)
            {
                _carrier.Report(Rules.InitAccessor, member, property);
            }

            set = Call(member with { Symbol = setter }, setter.Parameters, setter.ReturnType, [], property, label + ".set");
        }

        var issues = _issues.Count;
        var index = property.IsIndexer ? _carrier.Parameters(member, property.Parameters) : EquatableArray<ParameterModel>.Empty;
        _issues.RemoveRange(issues, _issues.Count - issues); // reported with the accessors
        _properties.Add(new(
            member.Owner, property.IsIndexer ? "this" : Names.Escape(property.Name), Names.Code(property.Type), index, get, set));
    }

    private void Add(Member member, IEventSymbol @event)
    {
        if (@event.Type is not INamedTypeSymbol { DelegateInvokeMethod: { } handler })
        {
            _carrier.Broken();
            return;
        }

        if (!handler.ReturnsVoid)
        {
            _carrier.Report(Rules.EventDelegate, member, @event, handler.ReturnType.ToDisplayString(Names.Message));
        }

        var call = Call(member, handler.Parameters, handler.ReturnType, [], @event, @event.Name);
        _events.Add(new(member.Owner, Names.Escape(@event.Name), Names.Code(@event.Type), call));
    }

    private CallModel Call(
        Member member, IEnumerable<IParameterSymbol> parameters, ITypeSymbol result, IEnumerable<AttributeData> attributes, ISymbol declared,
        string label)
    {
        var call = new CallModel(
            _calls.Count,
            _carrier.Parameters(member, parameters),
            member.IsEvent ? ResultModel.Nothing : _carrier.Result(member, result, attributes),
            declared.GetAttributes().Any(static attribute => attribute.AttributeClass is { Name: "ObsoleteAttribute" }));
        _calls.Add(new(Signatures.Of(member.Symbol, call), label));
        return call;
    }

    private static EquatableArray<TypeParameterModel> TypeParameters(IEnumerable<ITypeParameterSymbol> parameters) =>
        new(parameters.Select(static parameter => new TypeParameterModel(Names.Code(parameter), Constraints.Of(parameter))));

    /// <summary>A member, before the members have their order.</summary>
    private sealed record MemberDraft(string Signature, Action Add);

    /// <summary>A numbered call, for the fingerprint and the names.</summary>
    private sealed record CallDraft(string Signature, string Label);
}
