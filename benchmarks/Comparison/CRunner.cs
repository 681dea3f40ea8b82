using System.Globalization;

namespace Comparison;

/// <summary>Builds and runs the programs of <c>benchmarks/c</c>.</summary>
internal static class CRunner
{
    private static readonly string? Compiler = Programs.Find("cc", "gcc", "clang");
    private static readonly Dictionary<string, string> Built = [];

    /// <summary>The reason why there is no C limit, or <see langword="null"/>.</summary>
    public static string? Absence =>
        Compiler is null ? "There is no C compiler: the column of the limit is empty except for the bare .NET process." : null;

    public static string? Version => Compiler is null ? null : Programs.Run(Compiler, "--version").Split('\n')[0].Trim();

    /// <summary>Returns the numbers that the program prints, or <see langword="null"/> without a compiler.</summary>
    public static double[]? Run(string program, params IReadOnlyList<object> arguments) =>
        Compiler is null
            ? null
            : Programs.Numbers(
                Programs.Run(Build(program), [.. arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)!)]));

    private static string Build(string program)
    {
        if (!Built.TryGetValue(program, out var path))
        {
            var folder = Directory.CreateDirectory(Path.Combine(Places.Artifacts, "c"));
            path = Path.Combine(folder.FullName, program);
            _ = Programs.Run(Compiler!, "-O2", "-std=gnu11", "-o", path, Path.Combine(Places.Benchmarks, "c", program + ".c"));
            Built.Add(program, path);
        }

        return path;
    }
}
