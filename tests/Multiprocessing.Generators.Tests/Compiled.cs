using System.Collections.Immutable;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Generators.Tests;

/// <summary>A program of a test, compiled with the generator and the analyzer.</summary>
internal sealed class Compiled
{
    public const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Multiprocessing;
        """;

    /// <summary>Places where a program asks for a proxy.</summary>
    public const string Host = """
        internal static class Host
        {
            public static void Start<[GenerateProxy] TInterface>() where TInterface : class { }

            public static void Start<[GenerateProxy] TInterface>(Func<TInterface> factory) where TInterface : class { }
        }
        """;

    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);
    private static readonly MetadataReference Library = MetadataReference.CreateFromFile(typeof(ProcessPool).Assembly.Location);

    private Compiled(CSharpCompilation source, CSharpCompilation output, GeneratorDriver driver)
    {
        Source = source;
        Output = output;
        Driver = driver;
    }

    /// <summary>Gets the program without generated code.</summary>
    public CSharpCompilation Source { get; }

    /// <summary>Gets the program with generated code.</summary>
    public CSharpCompilation Output { get; }

    public GeneratorDriver Driver { get; }

    /// <summary>Gets the generated files by name.</summary>
    public Dictionary<string, string> Generated =>
        Driver.GetRunResult().Results.Single().GeneratedSources.ToDictionary(source => source.HintName, source => source.SourceText.ToString());

    public static CSharpCompilation Compile(string name, IEnumerable<string> sources, params IEnumerable<MetadataReference> references) =>
        CSharpCompilation.Create(
            name,
            sources.Select((source, i) => CSharpSyntaxTree.ParseText(source, Options, $"{name}{i}.cs")),
            [.. Net100.References.All, Library, .. references],
            new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>Compiles sources with the generator.</summary>
    public static Compiled From(string source, params IEnumerable<MetadataReference> references) =>
        From(Compile("Program", [Usings, Host, source], references));

    public static Compiled From(CSharpCompilation compilation)
    {
        var driver = CSharpGeneratorDriver.Create(
            [new ProxyGenerator().AsSourceGenerator()], parseOptions: Options,
            driverOptions: new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        return With(driver, compilation);
    }

    /// <summary>Compiles a changed program with the same driver, as an editor does.</summary>
    public Compiled Edit(Func<CSharpCompilation, CSharpCompilation> change) => With(Driver, change(Source));

    /// <summary>Checks that the program compiles without an error or a warning.</summary>
    public Compiled ShouldCompile()
    {
        Output.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)
            .Select(diagnostic => $"{diagnostic}\n{diagnostic.Location.SourceTree?.GetText().Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line]}")
            .ShouldBeEmpty();
        return this;
    }

    /// <summary>Returns what the analyzer reports for the program.</summary>
    public async Task<ImmutableArray<Diagnostic>> AnalyzeAsync()
    {
        var found = await Output.WithAnalyzers([new ProxyAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return [.. found.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    private static Compiled With(GeneratorDriver driver, CSharpCompilation compilation)
    {
        var ran = driver.RunGeneratorsAndUpdateCompilation(compilation, out var output, out var diagnostics, TestContext.Current.CancellationToken);
        diagnostics.ShouldBeEmpty();
        return new(compilation, (CSharpCompilation)output, ran);
    }
}
