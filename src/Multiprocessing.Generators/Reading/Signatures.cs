using Microsoft.CodeAnalysis;

namespace Multiprocessing.Generators;

/// <summary>
/// The texts that members are ordered by, and that the fingerprint is made of: equal for source and metadata, without names of parameters, which do
/// not cross.
/// </summary>
internal static class Signatures
{
    public static string Of(IMethodSymbol method) =>
        $"method {Owner(method)}.{method.MetadataName}`{method.Arity}({Parameters(method.Parameters)}):{Text(method.ReturnType)}";

    public static string Of(IPropertySymbol property) =>
        $"property {Owner(property)}.{property.MetadataName}({Parameters(property.Parameters)}):{Text(property.Type)}";

    public static string Of(IEventSymbol @event) => $"event {Owner(@event)}.{@event.MetadataName}:{Text(@event.Type)}";

    /// <summary>Returns the signature of a numbered call, with how each parameter crosses.</summary>
    public static string Of(ISymbol member, CallModel call)
    {
        var signature = member switch
        {
            IMethodSymbol method => Of(method),
            IPropertySymbol property => Of(property),
            IEventSymbol @event => Of(@event),
            _ => member.MetadataName,
        };
        return $"{signature} {string.Join(",", call.Parameters.Select(static parameter => parameter.Carriage))} {call.Result.Carriage}";
    }

    private static string Owner(ISymbol member) => Text(member.ContainingType);

    private static string Parameters(IEnumerable<IParameterSymbol> parameters) =>
        string.Join(",", parameters.Select(static parameter => Text(parameter.Type)));

    private static string Text(ITypeSymbol type) => Names.Signature(type);
}
