using System.Reflection;

namespace Multiprocessing.Guide.Tests;

/// <summary>The pieces of code that pages show: each is a <c>#region</c> of a file in this project, so it is compiled and run.</summary>
internal static class Snippets
{
    public static readonly string RepositoryRoot =
        typeof(Snippets).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static item => item.Key == "RepositoryRoot").Value!;

    /// <summary>Code by name, without the indentation that it has in the file.</summary>
    /// <param name="folder">The folder of this project that has the files.</param>
    public static Dictionary<string, string> Read(string folder = "")
    {
        var snippets = new Dictionary<string, string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(RepositoryRoot, "tests/Multiprocessing.Guide.Tests", folder), "*.cs", SearchOption.TopDirectoryOnly))
        {
            string? name = null;
            var lines = new List<string>();
            foreach (var line in File.ReadLines(file))
            {
                var trimmed = line.Trim();
                if (trimmed.StartsWith("#region ", StringComparison.Ordinal))
                {
                    name = trimmed["#region ".Length..].Trim();
                    lines.Clear();
                }
                else if (trimmed == "#endregion" && name is not null)
                {
                    if (!snippets.TryAdd(name, Outdented(lines)))
                    {
                        throw new InvalidOperationException($"Two snippets have the name '{name}'; the second is in {file}.");
                    }

                    name = null;
                }
                else if (name is not null)
                {
                    lines.Add(line.TrimEnd());
                }
            }
        }

        return snippets;
    }

    private static string Outdented(List<string> lines)
    {
        var indentation = lines.Where(static line => line.Length > 0).Select(static line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indentation..])).Trim('\n');
    }
}
