using System.Runtime.InteropServices;

namespace Tour.Lessons;

/// <summary>Files that every machine with the .NET SDK has.</summary>
internal static class RealFiles
{
    private const int Most = 400;
    private const int LargestSize = 1024 * 1024;

    private static readonly string[] Kinds = [".xml", ".targets", ".txt"];

    /// <summary>Returns the first few hundred files below the folder of the dotnet installation, ordered by path, with relative paths.</summary>
    public static (string Root, string[] Files) Find()
    {
        var root = FindDotnet();
        var files = new DirectoryInfo(root)
            .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .Where(file => Kinds.Contains(file.Extension) && file.Length is > 0 and <= LargestSize)
            .Select(file => Path.GetRelativePath(root, file.FullName).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .Take(Most);
        return (root, [.. files]);
    }

    /// <summary>
    /// Returns the folder of the running .NET. A self-contained program has its own runtime: then the environment names the folder.
    /// </summary>
    private static string FindDotnet()
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/
        var running = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        string?[] candidates = [running, Environment.GetEnvironmentVariable("DOTNET_ROOT"), "/usr/share/dotnet", "/usr/lib/dotnet"];
        return candidates.FirstOrDefault(folder => folder is not null && Directory.Exists(Path.Combine(folder, "shared", "Microsoft.NETCore.App")))
            ?? throw new InvalidOperationException(
                "This lesson serves the files of a .NET installation, and found none. Set DOTNET_ROOT to its folder.");
    }
}
