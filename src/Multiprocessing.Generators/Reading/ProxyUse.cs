using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Multiprocessing.Generators;

/// <summary>A type argument for a type parameter with [GenerateProxy], named or inferred.</summary>
/// <param name="Argument">The type.</param>
/// <param name="Place">The place in the source.</param>
internal sealed record ProxyUse(ITypeSymbol Argument, Location Place)
{
    /// <summary>Returns whether a node may name a generic type or method, by its form alone.</summary>
    public static bool MayBe(SyntaxNode node) => node switch
    {
        GenericNameSyntax => true,
        IdentifierNameSyntax { Parent: InvocationExpressionSyntax invocation } name => invocation.Expression == name,
        IdentifierNameSyntax { Parent: MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax invocation } access } name =>
            access.Name == name && invocation.Expression == access,
        IdentifierNameSyntax { Parent: MemberBindingExpressionSyntax { Parent: InvocationExpressionSyntax } } => true,
        _ => false,
    };

    /// <summary>Returns what a node asks proxies for.</summary>
    public static IEnumerable<ProxyUse> In(SyntaxNode node, SemanticModel model, CancellationToken cancellationToken)
    {
        var name = (SimpleNameSyntax)node;
        if (!MarkedNames.Contains(model.Compilation, name.Identifier.ValueText))
        {
            yield break;
        }

        var arguments = (name as GenericNameSyntax)?.TypeArgumentList.Arguments;
        foreach (var (parameter, argument) in Arguments(Bind(model.GetSymbolInfo(name, cancellationToken))))
        {
            if (TypeFacts.IsMarked(parameter) && argument is not IErrorTypeSymbol)
            {
                var place = arguments is { } list && parameter.Ordinal < list.Count && list[parameter.Ordinal] is not OmittedTypeArgumentSyntax
                    ? list[parameter.Ordinal].GetLocation()
                    : name.GetLocation();
                yield return new(argument, place);
            }
        }
    }

    /// <summary>A call that does not compile yet may still have one candidate, whose interface is named.</summary>
    private static ISymbol? Bind(SymbolInfo info) => info.Symbol ?? (info.CandidateSymbols.Length == 1 ? info.CandidateSymbols[0] : null);

    private static IEnumerable<(ITypeParameterSymbol Parameter, ITypeSymbol Argument)> Arguments(ISymbol? symbol)
    {
        switch (symbol)
        {
            case INamedTypeSymbol { IsUnboundGenericType: false } type:
                return type.TypeParameters.Zip(type.TypeArguments, static (parameter, argument) => (parameter, argument));
            case IMethodSymbol { MethodKind: MethodKind.Constructor } constructor:
                return Arguments(constructor.ContainingType);
            case IMethodSymbol { ReducedFrom: { } original } method:
                return original.TypeParameters.Select(parameter => (parameter, Reduced(method, parameter)));
            case IMethodSymbol method:
                return method.TypeParameters.Zip(method.TypeArguments, static (parameter, argument) => (parameter, argument));
            default:
                return [];
        }
    }

    /// <summary>Returns the argument of an extension method that is called like a member: inferred from the object, or from the rest.</summary>
    private static ITypeSymbol Reduced(IMethodSymbol method, ITypeParameterSymbol parameter)
    {
        for (var i = 0; i < method.TypeParameters.Length; i++)
        {
            if (method.TypeParameters[i].Name == parameter.Name)
            {
                return method.TypeArguments[i];
            }
        }

        return method.GetTypeInferredDuringReduction(parameter) ?? parameter;
    }
}
