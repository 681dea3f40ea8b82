using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Multiprocessing.Generators;

/// <summary>Reports what a proxy cannot carry, at the member if it is in the program's source, otherwise where the proxy is asked for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ProxyAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = Rules.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var reported = new ConcurrentDictionary<Issue, bool>();
            start.RegisterSyntaxNodeAction(
                node => AnalyzeUse(node, reported), SyntaxKind.GenericName, SyntaxKind.IdentifierName);
            start.RegisterSymbolAction(symbol => AnalyzeMarked(symbol, reported), SymbolKind.NamedType);
        });
    }

    private static void AnalyzeUse(SyntaxNodeAnalysisContext context, ConcurrentDictionary<Issue, bool> reported)
    {
        if (!ProxyUse.MayBe(context.Node))
        {
            return;
        }

        foreach (var use in ProxyUse.In(context.Node, context.SemanticModel, context.CancellationToken))
        {
            switch (use.Argument)
            {
                case ITypeParameterSymbol parameter:
                    if (!TypeFacts.IsMarked(parameter))
                    {
                        context.ReportDiagnostic(Diagnostic.Create(Rules.OpenType, use.Place, $"the type parameter '{parameter.Name}'"));
                    }

                    break;
                case INamedTypeSymbol { TypeKind: TypeKind.Interface } type:
                    if (TypeFacts.IsOpen(type))
                    {
                        context.ReportDiagnostic(Diagnostic.Create(Rules.OpenType, use.Place, $"'{type.ToDisplayString(Names.Message)}'"));
                    }

                    if (TypeFacts.RefStructIn(type) is { } refStruct)
                    {
                        context.ReportDiagnostic(Diagnostic.Create(
                            Rules.RefStruct, use.Place, $"'{type.ToDisplayString(Names.Message)}'", $"'{refStruct.ToDisplayString(Names.Message)}'"));
                    }

                    Report(type, use.Place, context.Compilation, context.ReportDiagnostic, reported, context.CancellationToken);
                    break;
                default:
                    context.ReportDiagnostic(Diagnostic.Create(Rules.NotAnInterface, use.Place, $"'{use.Argument.ToDisplayString(Names.Message)}'"));
                    break;
            }
        }
    }

    private static void AnalyzeMarked(SymbolAnalysisContext context, ConcurrentDictionary<Issue, bool> reported)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind == TypeKind.Interface && TypeFacts.IsMarked(type))
        {
            Report(type, type.Locations[0], context.Compilation, context.ReportDiagnostic, reported, context.CancellationToken);
        }
    }

    private static void Report(
        INamedTypeSymbol type, Location use, Compilation compilation, Action<Diagnostic> report, ConcurrentDictionary<Issue, bool> reported,
        CancellationToken cancellationToken)
    {
        foreach (var issue in InterfaceReading.Closure(type, compilation, cancellationToken).SelectMany(static reading => reading.Issues))
        {
            // At the member once; at each use of an interface from metadata, because the use is what must change.
            var place = issue.PlaceIn(compilation);
            if (place is null || reported.TryAdd(issue, true))
            {
                report(Diagnostic.Create(issue.Rule, place ?? use, issue.Arguments));
            }
        }
    }
}
