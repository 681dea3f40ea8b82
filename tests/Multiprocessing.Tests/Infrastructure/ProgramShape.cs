namespace Multiprocessing.Tests;

/// <summary>A way in which the companion program can be started.</summary>
/// <param name="Name">What a user would call it.</param>
/// <param name="FileName">What is executed.</param>
/// <param name="Arguments">What stands before the scenario's name.</param>
public sealed record ProgramShape(string Name, string FileName, params string[] Arguments)
{
    private const string Project = "Multiprocessing.Scenarios";

    // Where programs were published that cannot be built beside the tests: those for another system.
    private static readonly string? Published = Environment.GetEnvironmentVariable("MULTIPROCESSING_TEST_PROGRAMS");

    /// <summary>The same configuration as these tests, so that both were built by the same command.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>The program that kills at each numbered point of the kernel, with a library of its own.</summary>
    public static ProgramShape Steps { get; } = new(
        "steps",
        Published is null
            ? Path.Combine(ProjectDirectoryOf("Multiprocessing.Steps"), "bin", Configuration, "net10.0", "Multiprocessing.Steps")
            : Path.Combine(Published, "steps", "Multiprocessing.Steps.exe"));

    public static string ProjectDirectory => ProjectDirectoryOf(Project);

    public static ProgramShape AppHost { get; } = new("apphost", Output(Project));

    public static ProgramShape Library { get; } = new("dotnet x.dll", "dotnet", Output(Project + ".dll"));

    public override string ToString() => Name;

    private static string ProjectDirectoryOf(string project) => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", project));

    private static string Output(string file) => Published is not null
        ? Path.Combine(Published, Path.GetExtension(file) is ".dll" ? file : file + ".exe")
        : Path.Combine(ProjectDirectory, "bin", Configuration, "net10.0", file);
}
