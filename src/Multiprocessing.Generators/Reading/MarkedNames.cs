using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Multiprocessing.Generators;

/// <summary>
/// The names of generic types and methods that may have a type parameter with [GenerateProxy]. Only uses of these names are bound: binding every
/// generic name of a program after every key would make an editor slow.
/// </summary>
internal static class MarkedNames
{
    private static readonly ConditionalWeakTable<Compilation, HashSet<string>> ByCompilation = new();
    private static readonly ConditionalWeakTable<SyntaxTree, string[]> ByTree = new();
    private static readonly ConditionalWeakTable<IAssemblySymbol, string[]> ByAssembly = new();

    public static bool Contains(Compilation compilation, string name) => ByCompilation.GetValue(compilation, Collect).Contains(name);

    private static HashSet<string> Collect(Compilation compilation)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tree in compilation.SyntaxTrees)
        {
            names.UnionWith(ByTree.GetValue(tree, InTree));
        }

        foreach (var module in compilation.Assembly.Modules)
        {
            foreach (var assembly in module.ReferencedAssemblySymbols.Where(IsConcerned))
            {
                names.UnionWith(ByAssembly.GetValue(assembly, InAssembly));
            }
        }

        return names;
    }

    /// <summary>Only the library and assemblies that refer to it can have the attribute.</summary>
    private static bool IsConcerned(IAssemblySymbol assembly) =>
        assembly.Name == "Multiprocessing"
        || assembly.Modules.Any(static module => module.ReferencedAssemblies.Any(static reference => reference.Name == "Multiprocessing"));

    /// <summary>Any attribute on a type parameter counts: an alias may hide its name.</summary>
    private static string[] InTree(SyntaxTree tree)
    {
        List<string>? names = null;
        foreach (var node in tree.GetRoot().DescendantNodes())
        {
            if (node is TypeParameterSyntax { AttributeLists.Count: > 0, Parent.Parent: { } declaration } && NameOf(declaration) is { } name)
            {
                (names ??= []).Add(name);
            }
        }

        return names?.ToArray() ?? [];
    }

    private static string? NameOf(SyntaxNode declaration) => declaration switch
    {
        TypeDeclarationSyntax type => type.Identifier.ValueText,
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        DelegateDeclarationSyntax type => type.Identifier.ValueText,
        LocalFunctionStatementSyntax function => function.Identifier.ValueText,
        _ => null,
    };

    private static string[] InAssembly(IAssemblySymbol assembly)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Add(assembly.GlobalNamespace);
        return [.. names];

        void Add(INamespaceOrTypeSymbol container)
        {
            if (container is INamedTypeSymbol type && type.TypeParameters.Any(TypeFacts.IsMarked))
            {
                names.Add(type.Name);
            }

            foreach (var member in container.GetMembers())
            {
                switch (member)
                {
                    case INamespaceOrTypeSymbol inner:
                        Add(inner);
                        break;
                    case IMethodSymbol { IsGenericMethod: true } method when method.TypeParameters.Any(TypeFacts.IsMarked):
                        names.Add(method.Name);
                        break;
                }
            }
        }
    }
}
