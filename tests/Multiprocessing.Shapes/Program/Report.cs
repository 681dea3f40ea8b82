namespace Multiprocessing.Shapes;

/// <summary>What the program says to the test that started it.</summary>
public static class Report
{
    public static void Line(string key, object? value)
    {
        Console.WriteLine($"{key} {value?.ToString()?.ReplaceLineEndings(" | ")}");
        Console.Out.Flush();
    }

    /// <summary>Runs one check; what it throws becomes a line, so that the others still run.</summary>
    public static bool Check(string name, Func<string> act, string expected)
    {
        try
        {
            var actual = act();
            Line(actual == expected ? "ok" : "failed", actual == expected ? name : $"{name}: '{actual}' instead of '{expected}'");
            return actual == expected;
        }
        catch (Exception exception)
        {
            Line("failed", $"{name}: {exception}");
            return false;
        }
    }

    public static int Unknown(string[] args)
    {
        Line("failed", $"no scenario '{string.Join(' ', args)}'");
        return 64;
    }
}
