using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Multiprocessing.Architecture.Tests;

/// <summary>One line of a comment, of an XML documentation comment or of a page.</summary>
/// <param name="File">The file, relative to the repository.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Text">The line's text without code.</param>
internal sealed record TextLine(string File, int Line, string Text)
{
    public override string ToString() => $"{File}({Line}): {Text.Trim()}";
}

/// <summary>What the repository says to its readers: comments and XML documentation of the library, and the pages.</summary>
internal static partial class Texts
{
    public static IEnumerable<TextLine> Comments()
    {
        foreach (var tree in Library.Instance.Compilation.SyntaxTrees.Where(static tree => Library.Instance.Files.Contains(tree.FilePath)))
        {
            foreach (var trivia in tree.GetRoot().DescendantTrivia().Where(IsComment))
            {
                var first = trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
                foreach (var (index, text) in trivia.ToFullString().Split('\n').Index())
                {
                    yield return new TextLine($"src/Multiprocessing/{tree.FilePath}", first + index, WithoutCode(text));
                }
            }
        }
    }

    public static IEnumerable<TextLine> Pages()
    {
        var pages = Directory.EnumerateFiles(Library.Repository, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Library.Repository, "docs"), "*.md", SearchOption.AllDirectories));
        foreach (var page in pages.Order(StringComparer.Ordinal))
        {
            var inCode = false;
            foreach (var (index, text) in File.ReadAllLines(page).Index())
            {
                inCode ^= text.StartsWith("```", StringComparison.Ordinal);
                if (!inCode)
                {
                    yield return new TextLine(Path.GetRelativePath(Library.Repository, page).Replace('\\', '/'), index + 1, WithoutCode(text));
                }
            }
        }
    }

    /// <summary>Returns the C# files of all projects below <c>src</c>, relative to the repository.</summary>
    public static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Library.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(Library.Repository, path).Replace('\\', '/'))
            .Where(static file => file.Split('/')[2] is not ("obj" or "bin"))
            .Order(StringComparer.Ordinal);

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia) || trivia.GetStructure() is DocumentationCommentTriviaSyntax;

    private static string WithoutCode(string line) => Code().Replace(line, " ");

    [GeneratedRegex("`[^`]*`|<[^>]*>")]
    private static partial Regex Code();
}
