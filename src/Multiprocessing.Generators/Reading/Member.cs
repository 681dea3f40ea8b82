using Microsoft.CodeAnalysis;

namespace Multiprocessing.Generators;

/// <summary>A member that is being read.</summary>
/// <param name="Symbol">The member.</param>
/// <param name="Interface">The interface that the proxy is for; the member may be inherited.</param>
/// <param name="IsEvent">Whether the parameters are those of an event's delegate.</param>
internal sealed record Member(ISymbol Symbol, INamedTypeSymbol Interface, bool IsEvent = false)
{
    /// <summary>Gets the name for messages: <c>IOcr.Read</c>.</summary>
    public string Label => $"'{Symbol.ContainingType.ToDisplayString(Names.Message)}.{Name}'";

    /// <summary>Gets the interface that declares the member, as generated code writes it.</summary>
    public string Owner => Names.Code(Symbol.ContainingType);

    private string Name => Symbol switch
    {
        IPropertySymbol { IsIndexer: true } => "this[]",
        IMethodSymbol { AssociatedSymbol: IPropertySymbol { IsIndexer: true } } method => "this[]" + Accessor(method),
        IMethodSymbol { AssociatedSymbol: { } property } method => property.Name + Accessor(method),
        _ => Symbol.Name,
    };

    private static string Accessor(IMethodSymbol method) => method.MethodKind == MethodKind.PropertyGet ? ".get" : ".set";
}
