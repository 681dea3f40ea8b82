using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Multiprocessing.Generators;

/// <summary>The names in generated code.</summary>
internal static class Names
{
    public const string Namespace = "Multiprocessing.Generated";

    /// <summary>Fully qualified, tuple names and keywords as declared, no annotations of nullable references.</summary>
    private static readonly SymbolDisplayFormat CodeFormat = SymbolDisplayFormat.FullyQualifiedFormat;

    /// <summary>
    /// A type in a signature: the same text whether the interface is source or metadata, without the names of a tuple's elements and without
    /// annotations.
    /// </summary>
    private static readonly SymbolDisplayFormat SignatureFormat = new(
        SymbolDisplayGlobalNamespaceStyle.Omitted,
        SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.ExpandNullable | SymbolDisplayMiscellaneousOptions.ExpandValueTuple);

    /// <summary>A type in a diagnostic.</summary>
    public static readonly SymbolDisplayFormat Message = SymbolDisplayFormat.CSharpErrorMessageFormat;

    /// <summary>Returns a type as generated code writes it.</summary>
    public static string Code(ISymbol type) => Text(type, CodeFormat);

    /// <summary>Returns a type as a signature has it.</summary>
    public static string Signature(ISymbol type) => Text(type, SignatureFormat);

    public static string Proxy(string identifier) => identifier + "_Proxy";

    public static string Contract(string identifier) => identifier + "_Contract";

    /// <summary>Returns the part of generated names that stands for an interface. Different interfaces of one program get different texts.</summary>
    public static string IdentifierOf(INamedTypeSymbol definition)
    {
        var metadata = MetadataNameOf(definition);
        var text = new StringBuilder();
        foreach (var c in metadata)
        {
            text.Append(SyntaxFacts.IsIdentifierPartCharacter(c) ? c : '_');
        }

        if (text.Length > 0 && !SyntaxFacts.IsIdentifierStartCharacter(text[0]))
        {
            text.Insert(0, '_');
        }

        // "A.B_C" and "A_B.C" would be the same text.
        return metadata.IndexOf('_') < 0 ? text.ToString() : $"{text}_{Fnv1A.Hash(metadata):x16}";
    }

    /// <summary>Returns the full name as metadata has it: <c>Namespace.Outer+IName`1</c>.</summary>
    public static string MetadataNameOf(INamedTypeSymbol definition)
    {
        var name = definition.MetadataName;
        for (var outer = definition.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            name = outer.MetadataName + "+" + name;
        }

        return definition.ContainingNamespace is { IsGlobalNamespace: false } space
            ? Signature(space) + "." + name
            : name;
    }

    /// <summary>Returns an identifier as source needs it: with @ if it is a keyword.</summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    /// <summary>Returns the type parameters of a type and of the types around it, outermost first.</summary>
    public static IEnumerable<ITypeParameterSymbol> AllTypeParameters(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? AllTypeParameters(outer).Concat(type.TypeParameters) : type.TypeParameters;

    /// <summary>Returns the type arguments of a type and of the types around it, outermost first.</summary>
    public static IEnumerable<ITypeSymbol> AllTypeArguments(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? AllTypeArguments(outer).Concat(type.TypeArguments) : type.TypeArguments;

    /// <summary>Returns the contract of an interface with its type arguments, as source in the generated namespace writes it.</summary>
    public static string ContractOf(INamedTypeSymbol type)
    {
        var arguments = AllTypeArguments(type).Select(static argument => Code(argument)).ToList();
        var name = Contract(IdentifierOf(type.OriginalDefinition));
        return arguments.Count == 0 ? name : $"{name}<{string.Join(", ", arguments)}>";
    }

    /// <summary>With <c>object</c> for <c>dynamic</c>, the same type at run time: a dynamic argument would make the library's call dynamic.</summary>
    private static string Text(ISymbol type, SymbolDisplayFormat format)
    {
        var text = new StringBuilder();
        foreach (var part in type.ToDisplayParts(format))
        {
            text.Append(part.Symbol is IDynamicTypeSymbol ? "object" : part.ToString());
        }

        return text.ToString();
    }
}
