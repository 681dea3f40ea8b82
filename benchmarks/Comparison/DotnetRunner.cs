namespace Comparison;

/// <summary>Runs a neighbouring project's program as <c>dotnet x.dll</c>.</summary>
internal static class DotnetRunner
{
    /// <summary>The dotnet command that runs this program, or the one of the path.</summary>
    public static readonly string Command =
        Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : Programs.Find("dotnet") ?? "dotnet";

    public static double[] Run(string project, params IReadOnlyList<string> arguments) =>
        Programs.Numbers(Programs.Run(Command, [Places.Neighbour(project), .. arguments]));
}
