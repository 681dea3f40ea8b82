using System.Globalization;

namespace Multiprocessing.Platform.Windows;

/// <summary>Names of kernel objects that belong to a directory. After the prefix of the session they must not contain a backslash.</summary>
internal static class LocalName
{
    public static string Of(string path)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in path)
        {
            hash = (hash ^ char.ToUpperInvariant(character)) * 1099511628211UL;
        }

        return string.Create(CultureInfo.InvariantCulture, $@"Local\mp-{hash:x16}");
    }
}
