using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>
/// A block of C# in a page follows a line <c>&lt;!-- snippet: name --&gt;</c> and is the region of that name. To bring the pages up to date after a change of the code:
/// <c>MULTIPROCESSING_UPDATE_SNIPPETS=1 dotnet test tests/Multiprocessing.Guide.Tests</c>.
/// </summary>
public class PageTests
{
    private const string Mark = "<!-- snippet: ";
    private const string Begin = "```csharp";
    private const string End = "```";

    public static TheoryData<string> Pages() => [.. Directory.EnumerateFiles(Path.Combine(Snippets.RepositoryRoot, "docs"), "*.md", SearchOption.AllDirectories)
        .Append(Path.Combine(Snippets.RepositoryRoot, "README.md"))
        .Concat(Directory.GetDirectories(Path.Combine(Snippets.RepositoryRoot, "src")).Select(static folder => Path.Combine(folder, "README.md")).Where(File.Exists))
        .Select(static path => Path.GetRelativePath(Snippets.RepositoryRoot, path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_code_of_a_page_is_code_that_runs(string page)
    {
        var path = Path.Combine(Snippets.RepositoryRoot, page);
        var text = File.ReadAllText(path);
        var current = WithSnippets(text, page);
        if (Environment.GetEnvironmentVariable("MULTIPROCESSING_UPDATE_SNIPPETS") is "1" && current != text)
        {
            File.WriteAllText(path, current);
            text = current;
        }

        text.ShouldBe(current);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_between_pages_lead_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Snippets.RepositoryRoot, page))!;
        foreach (var target in Links.In(File.ReadAllText(Path.Combine(Snippets.RepositoryRoot, page))))
        {
            Path.Exists(Path.Combine(folder, target)).ShouldBeTrue($"{page} links to {target}, which does not exist.");
        }
    }

    [Fact]
    public void Every_snippet_is_shown_somewhere()
    {
        var shown = Pages().SelectMany(static row => File.ReadLines(Path.Combine(Snippets.RepositoryRoot, row.Data))).Where(static line => line.StartsWith(Mark, StringComparison.Ordinal)).Select(NameIn).ToHashSet();
        Snippets.Read().Keys.Where(name => !shown.Contains(name)).ShouldBeEmpty();
    }

    private static string NameIn(string mark) => mark[Mark.Length..].Replace("-->", "", StringComparison.Ordinal).Trim();

    private static string WithSnippets(string text, string page)
    {
        var snippets = Snippets.Read();
        var lines = text.Split('\n');
        var result = new List<string>();
        for (var i = 0; i < lines.Length; i++)
        {
            result.Add(lines[i]);
            if (lines[i].Trim() != Begin)
            {
                continue;
            }

            var mark = i > 0 ? lines[i - 1].Trim() : "";
            mark.StartsWith(Mark, StringComparison.Ordinal).ShouldBeTrue($"{page}, line {i + 1}: the code has no line '{Mark}name -->' before it, so no test compiles it.");
            snippets.ShouldContainKey(NameIn(mark), $"{page}, line {i}: there is no such snippet.");
            result.AddRange(snippets[NameIn(mark)].Split('\n'));
            while (lines[++i].Trim() != End)
            {
            }

            result.Add(lines[i]);
        }

        return string.Join('\n', result);
    }
}
