namespace Multiprocessing.Tool.Nodes;

/// <summary>The files of a published program: how it is started, and the hook that makes it a node.</summary>
internal sealed record ProgramFiles(string Command, string[] Arguments, string Hook)
{
    private const string HookName = "Multiprocessing.Cluster.dll";
    private const string ConfigurationEnd = ".runtimeconfig.json";

    /// <exception cref="CommandException">There is no such program, or it cannot be a node.</exception>
    public static ProgramFiles Find(string given)
    {
        var path = Path.GetFullPath(given);
        if (Directory.Exists(path))
        {
            path = OfDirectory(path);
        }
        else if (!File.Exists(path))
        {
            throw new CommandException(ExitCodes.NotFound, $"{path} does not exist.");
        }

        var hook = Path.Combine(Path.GetDirectoryName(path)!, HookName);
        if (!File.Exists(hook))
        {
            throw new CommandException(
                ExitCodes.Failed,
                $"{hook} does not exist. A node is a program that refers to the package Multiprocessing.Cluster, and that was not published as a "
                + "single file.");
        }

        return path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            ? new ProgramFiles("dotnet", ["exec", path], hook)
            : new ProgramFiles(path, [], hook);
    }

    private static string OfDirectory(string directory)
    {
        var programs = Directory.GetFiles(directory, $"*{ConfigurationEnd}");
        return programs is [var only]
            ? $"{only[..^ConfigurationEnd.Length]}.dll"
            : throw new CommandException(
                ExitCodes.NotFound,
                programs.Length == 0
                    ? $"{directory} contains no published program."
                    : $"{directory} contains several programs: {string.Join(", ", programs.Select(Path.GetFileName))}. "
                    + "Name one of their .dll files.");
    }
}
