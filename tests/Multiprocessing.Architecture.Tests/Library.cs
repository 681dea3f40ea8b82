using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Multiprocessing.Architecture.Tests;

/// <summary>The library's sources as the compiler understands them.</summary>
internal sealed class Library
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly Lazy<Library> Loaded = new(static () => new Library());

    private Library()
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview, preprocessorSymbols: ["NET", "NET10_0", "NET10_0_OR_GREATER", "DEBUG"]);
        Files = [.. Directory.EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories).Select(Relative).Where(static file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        var trees = Files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(Folder, file)), options, file)).ToArray();
        Compilation = CSharpCompilation.Create(
            "Multiprocessing",
            [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings, options, "ImplicitUsings.cs")],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(static path => Path.GetFileNameWithoutExtension(path) != "Multiprocessing")
                .Select(static path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        References = [.. trees.SelectMany(ReferencesOf)];
    }

    public static string Repository { get; } =
        Path.GetFullPath(typeof(Library).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static item => item.Key == "Repository").Value!);

    /// <summary>The folder of the library's sources.</summary>
    public static string Folder { get; } = Path.Combine(Repository, "src", "Multiprocessing");

    public static Library Instance => Loaded.Value;

    /// <summary>Every file, relative to the source folder.</summary>
    public IReadOnlyList<string> Files { get; }

    public CSharpCompilation Compilation { get; }

    /// <summary>Every place that names something which another file declares.</summary>
    public IReadOnlyList<Reference> References { get; }

    private static string Relative(string path) => Path.GetRelativePath(Folder, path).Replace('\\', '/');

    private IEnumerable<Reference> ReferencesOf(SyntaxTree tree)
    {
        var model = Compilation.GetSemanticModel(tree);
        foreach (var node in tree.GetRoot().DescendantNodes())
        {
            if (node is not (SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax or ConstructorInitializerSyntax or ElementAccessExpressionSyntax or BinaryExpressionSyntax or CastExpressionSyntax))
            {
                continue;
            }

            foreach (var target in FilesOf(model.GetSymbolInfo(node)))
            {
                if (target != tree.FilePath)
                {
                    yield return new Reference(
                        Rooms.Of(tree.FilePath), Rooms.Of(target), tree.FilePath, node.GetLocation().GetLineSpan().StartLinePosition.Line + 1, Shortened(node.ToString()), target);
                }
            }
        }
    }

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "...";

    /// <summary>The file that declares the symbol; for a partial type without a main part the first of its room. A namespace is declared nowhere.</summary>
    private static IEnumerable<string> FilesOf(SymbolInfo info)
    {
        var symbol = info.Symbol ?? (info.CandidateSymbols.Length > 0 ? info.CandidateSymbols[0] : null);
        symbol = symbol switch
        {
            null or INamespaceSymbol => null,
            IMethodSymbol { ReducedFrom: { } reduced } => reduced.OriginalDefinition,
            IAliasSymbol alias => alias.Target.OriginalDefinition,
            _ => symbol.OriginalDefinition,
        };
        if (symbol is null or ILocalSymbol or IParameterSymbol or ITypeParameterSymbol or IRangeVariableSymbol or ILabelSymbol)
        {
            return [];
        }

        // A default constructor or a record's member that the compiler writes is its type's.
        var declarations = symbol.DeclaringSyntaxReferences.Length > 0 ? symbol.DeclaringSyntaxReferences : symbol.ContainingType?.DeclaringSyntaxReferences ?? [];
        return declarations.Select(static declaration => declaration.SyntaxTree.FilePath).OrderBy(static path => path.Length).Take(1);
    }
}
