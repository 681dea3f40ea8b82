using System.Globalization;

namespace Comparison;

/// <summary>Runs the scripts of <c>benchmarks/python</c>.</summary>
internal static class PythonRunner
{
    public static readonly string? Command = Programs.Find("python3");

    /// <summary>The reason why there are no figures of CPython, or <see langword="null"/>.</summary>
    public static string? Absence => Command is null ? "There is no python3: its column is empty." : null;

    public static string? Version =>
        Command is null ? null : Programs.Run(Command, "--version").Trim().Replace("Python", "CPython", StringComparison.Ordinal);

    public static string Script(string name) => Path.Combine(Places.Benchmarks, "python", name + ".py");

    /// <summary>Returns the numbers that the script prints, or <see langword="null"/> without python3.</summary>
    public static double[]? Run(string script, params IReadOnlyList<object> arguments) =>
        Command is null ? null : Programs.Numbers(Programs.Run(Command, [Script(script), .. arguments.Select(Text)]));

    private static string Text(object argument) => Convert.ToString(argument, CultureInfo.InvariantCulture)!;
}
