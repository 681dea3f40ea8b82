using System.Text.RegularExpressions;

namespace Multiprocessing.Guide.Tests;

/// <summary>Finds the links of a page that lead to files of the repository.</summary>
internal static partial class Links
{
    public static IEnumerable<string> In(string page) => Link().Matches(page)
        .Select(static match => match.Groups["target"].Value)
        .Where(static target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#') && !target.StartsWith("mailto:", StringComparison.Ordinal))
        .Select(static target => target.Split('#')[0]);

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}
