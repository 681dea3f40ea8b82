using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Multiprocessing.Generators;

/// <summary>
/// Generates a proxy and a contract for each interface that is used for a type parameter with [GenerateProxy], or has the attribute itself, and for
/// the interfaces that its members mention. Docs: docs/internals/proxies.md.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ProxyGenerator : IIncrementalGenerator
{
    /// <summary>The step in which places of the program become models, for tests of the cache.</summary>
    internal const string NeedsStep = "Needs";

    /// <summary>The step with one item for each interface, for tests of the cache.</summary>
    internal const string InterfacesStep = "Interfaces";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var used = context.SyntaxProvider.CreateSyntaxProvider(
            static (node, _) => ProxyUse.MayBe(node),
            static (use, cancellationToken) => NeedOf(
                ProxyUse.In(use.Node, use.SemanticModel, cancellationToken).Select(static found => found.Argument), use.SemanticModel.Compilation,
                cancellationToken))
            .Where(static need => need.Interfaces.Count > 0)
            .WithTrackingName(NeedsStep);
        var marked = context.SyntaxProvider.ForAttributeWithMetadataName(
            TypeFacts.GenerateProxy,
            static (node, _) => node.IsKind(SyntaxKind.InterfaceDeclaration),
            static (found, cancellationToken) => NeedOf([(ITypeSymbol)found.TargetSymbol], found.SemanticModel.Compilation, cancellationToken))
            .Where(static need => need.Interfaces.Count > 0);
        var needs = used.Collect().Combine(marked.Collect()).Select(static (both, _) => both.Left.AddRange(both.Right));

        context.RegisterSourceOutput(
            needs.SelectMany(static (all, _) => Interfaces(all)).WithTrackingName(InterfacesStep),
            static (output, model) => output.AddSource($"{model.Identifier}.g.cs", SourceText.From(ProxyFile.Interface(model), Encoding.UTF8)));
        context.RegisterSourceOutput(
            needs.Select(static (all, _) => Registrations(all)),
            static (output, contracts) =>
            {
                if (contracts.Count > 0)
                {
                    output.AddSource("ProxyRegistration.g.cs", SourceText.From(ProxyFile.Registration(contracts), Encoding.UTF8));
                }
            });
    }

    private static ProxyNeed NeedOf(IEnumerable<ITypeSymbol> types, Compilation compilation, CancellationToken cancellationToken)
    {
        List<InterfaceModel>? models = null;
        List<string>? registrations = null;
        foreach (var type in types.OfType<INamedTypeSymbol>().Where(static type => type.TypeKind == TypeKind.Interface))
        {
            foreach (var reading in InterfaceReading.Closure(type, compilation, cancellationToken))
            {
                if (reading.Model is { } model)
                {
                    (models ??= []).Add(model);
                    var closed = SymbolEqualityComparer.Default.Equals(reading.Definition, type.OriginalDefinition) ? type : reading.Definition;
                    if (!TypeFacts.IsOpen(closed) && !TypeFacts.HasError(closed) && TypeFacts.RefStructIn(closed) is null)
                    {
                        (registrations ??= []).Add(Names.ContractOf(closed));
                    }
                }
            }
        }

        return models is null ? ProxyNeed.None : new(new(models), new(registrations ?? []));
    }

    private static IEnumerable<InterfaceModel> Interfaces(ImmutableArray<ProxyNeed> needs)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return needs.SelectMany(static need => need.Interfaces)
            .Where(model => seen.Add(model.Identifier))
            .OrderBy(static model => model.Identifier, StringComparer.Ordinal)
            .ToList();
    }

    private static EquatableArray<string> Registrations(ImmutableArray<ProxyNeed> needs) =>
        new(needs.SelectMany(static need => need.Registrations)
            .Distinct(StringComparer.Ordinal)
            .OrderBy(static name => name, StringComparer.Ordinal));
}
