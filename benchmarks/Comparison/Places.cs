namespace Comparison;

/// <summary>Paths in the repository.</summary>
internal static class Places
{
    public static readonly string Root = FindRoot();

    public static string Benchmarks => Path.Combine(Root, "benchmarks");

    public static string Documents => Path.Combine(Root, "docs", "internals");

    /// <summary>The folder for intermediate files; not under version control.</summary>
    public static string Artifacts => Path.Combine(Root, "artifacts", "benchmarks");

    /// <summary>Returns the program of another project of the repository, built with the same configuration.</summary>
    public static string Neighbour(string project, string folder = "benchmarks")
    {
        // .../Comparison/bin/<configuration>/<framework>/
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(Root, folder, project, "bin", framework.Parent!.Name, framework.Name, project + ".dll");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Multiprocessing.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The comparison must run from its repository, and no folder above this program contains Multiprocessing.slnx.");
    }
}
