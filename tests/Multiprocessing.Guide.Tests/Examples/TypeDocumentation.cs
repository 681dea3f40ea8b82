using System.Text.RegularExpressions;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>The documentation comment of a public type, in the file that declares the type.</summary>
internal sealed class TypeDocumentation
{
    private const string Begin = "/// <example>";
    private const string End = "/// </example>";

    private readonly List<string> _lines;
    private readonly string _indentation;
    private readonly int _first;

    private TypeDocumentation(string path, List<string> lines, int declaration)
    {
        Path = path;
        _lines = lines;
        _indentation = lines[declaration][..^lines[declaration].TrimStart().Length];
        _first = declaration;
        while (_lines[_first - 1].TrimStart().StartsWith('['))
        {
            _first--;
        }

        while (IsComment(_first - 1))
        {
            _first--;
        }
    }

    public string Path { get; }

    private bool HasComment => IsComment(_first);

    /// <summary>The first line behind the comment.</summary>
    private int CommentEnd => _lines.FindIndex(_first, static line => !IsComment(line));

    public static TypeDocumentation Of(string type)
    {
        var (outer, inner) = type.Split('.') is [var first, var second] ? (first, second) : (type, null);
        var folder = System.IO.Path.Combine(Snippets.RepositoryRoot, "src");
        foreach (var path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (path.Contains($"{System.IO.Path.DirectorySeparatorChar}obj{System.IO.Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            {
                continue;
            }

            var lines = File.ReadAllLines(path).ToList();
            var declaration = lines.FindIndex(line => Declares(line, "", outer));
            if (declaration >= 0 && inner is not null)
            {
                declaration = lines.FindIndex(declaration, line => Declares(line, "    ", inner));
            }

            if (declaration >= 0 && new TypeDocumentation(path, lines, declaration) is { HasComment: true } found)
            {
                return found;
            }
        }

        throw new InvalidOperationException($"No file below src declares {type} with a documentation comment.");
    }

    /// <summary>The code of the example, or nothing.</summary>
    public string ReadExample()
    {
        var (begin, end) = FindExample();
        var code = _lines[begin..end].Select(static line => line.TrimStart()["///".Length..])
            .Where(static line => !Tag(line)).Select(static line => line.Length > 0 ? line[1..] : line);
        return string.Join('\n', code).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);

        static bool Tag(string line) => line.Trim() is "<example>" or "</example>" or "<code>" or "</code>";
    }

    public void WriteExample(string code)
    {
        if (ReadExample() == code)
        {
            return;
        }

        var (begin, end) = FindExample();
        var text = code.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Split('\n');
        string[] block = [Begin, "/// <code>", .. text.Select(static line => $"/// {line}".TrimEnd()), "/// </code>", End];
        _lines.RemoveRange(begin, end - begin);
        _lines.InsertRange(begin, block.Select(line => _indentation + line));
        File.WriteAllText(Path, string.Join('\n', _lines) + "\n");
    }

    private static bool Declares(string line, string indentation, string type) =>
        Regex.IsMatch(line, $@"^{indentation}public (?:[a-z]+ )*(?:class|struct|interface|enum|record) {Regex.Escape(type)}(?![\w<])");

    private static bool IsComment(string line) => line.TrimStart().StartsWith("///", StringComparison.Ordinal);

    private bool IsComment(int line) => line >= 0 && IsComment(_lines[line]);

    /// <summary>Where the example is; an empty range behind the comment if there is none.</summary>
    private (int Begin, int End) FindExample()
    {
        var end = CommentEnd;
        var begin = _lines.FindIndex(_first, end - _first, static line => line.TrimStart() == Begin);
        return begin < 0 ? (end, end) : (begin, _lines.FindIndex(begin, static line => line.TrimStart() == End) + 1);
    }
}
