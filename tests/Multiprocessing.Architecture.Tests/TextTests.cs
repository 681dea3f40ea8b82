using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Multiprocessing.Architecture.Tests;

public partial class TextTests
{
    private const int LongestLine = 150; // .editorconfig's max_line_length, which the formatter does not check

    [Fact]
    public void Comments_and_pages_are_found()
    {
        Texts.Comments().Count().ShouldBeGreaterThan(5_000);
        Texts.Pages().Count().ShouldBeGreaterThan(500);
    }

    /// <summary>Processes, threads and objects are not persons: a text that says so has to be read twice.</summary>
    [Fact]
    public void Texts_do_not_speak_of_processes_as_persons()
    {
        var lines = Texts.Comments().Concat(Texts.Pages()).Where(static line => Person().IsMatch(line.Text)).ToList();
        lines.ShouldBeEmpty($"{lines.Count} lines:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}{Environment.NewLine}");
    }

    [Fact]
    public void Lines_are_no_longer_than_the_editor_shows()
    {
        var files = Texts.Sources().ToList();
        files.Select(static file => file.Split('/')[1]).Distinct().Count().ShouldBeGreaterThan(8, "projects");
        var lines = files
            .Where(static file => !file.EndsWith(".Generated.cs", StringComparison.Ordinal))
            .SelectMany(static file => File.ReadLines(Path.Combine(Library.Repository, file)).Index()
                .Select(line => (File: file, Line: line.Index + 1, line.Item.Length)))
            .Where(static line => line.Length > LongestLine)
            .ToList();
        lines.ShouldBeEmpty($"{lines.Count} lines:{Environment.NewLine}{string.Join(Environment.NewLine, lines.Select(static line => $"{line.File}({line.Line}): {line.Length} characters"))}{Environment.NewLine}");
    }

    [GeneratedRegex(@"\b(nobody|somebody|whoever|everybody|he|him|his)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Person();
}
