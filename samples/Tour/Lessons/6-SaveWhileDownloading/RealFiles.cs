namespace Tour.Lessons;

/// <summary>Files that every machine with the .NET SDK has.</summary>
internal static class RealFiles
{
    private const int Most = 400;
    private const int LargestSize = 1024 * 1024;

    private static readonly string[] Kinds = [".xml", ".targets", ".txt"];

    /// <summary>The first few hundred below the folder of the dotnet installation, in the order of their paths, with paths from there.</summary>
    public static (string Root, string[] Files) Find()
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/System.Private.CoreLib.dll
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        var files = new DirectoryInfo(root)
            .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .Where(file => Kinds.Contains(file.Extension) && file.Length is > 0 and <= LargestSize)
            .Select(file => Path.GetRelativePath(root, file.FullName).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .Take(Most);
        return (root, [.. files]);
    }
}
