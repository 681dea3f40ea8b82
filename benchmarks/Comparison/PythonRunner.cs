using System.Globalization;

namespace Comparison;

/// <summary>Runs the scripts of <c>benchmarks/python</c>.</summary>
internal static class PythonRunner
{
    public static readonly string? Command = Programs.Find("python3");

    /// <summary>Why there is nothing of CPython, or null.</summary>
    public static string? Absence => Command is null ? "There is no python3 here: its column stays empty." : null;

    public static string? Version => Command is null ? null : Programs.Run(Command, "--version").Trim().Replace("Python", "CPython", StringComparison.Ordinal);

    public static string Script(string name) => Path.Combine(Places.Benchmarks, "python", name + ".py");

    /// <summary>The numbers that the script prints, or null without python3.</summary>
    public static double[]? Run(string script, params IReadOnlyList<object> arguments) =>
        Command is null ? null : Programs.Numbers(Programs.Run(Command, [Script(script), .. arguments.Select(Text)]));

    private static string Text(object argument) => Convert.ToString(argument, CultureInfo.InvariantCulture)!;
}
