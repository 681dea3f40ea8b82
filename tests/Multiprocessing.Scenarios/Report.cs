namespace Multiprocessing.Scenarios;

/// <summary>What the companion says to the test that started it.</summary>
internal static class Report
{
    public const string MainLogVariable = "MULTIPROCESSING_SCENARIO_LOG";
    public const string ScenarioVariable = "MULTIPROCESSING_SCENARIO";

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

    /// <summary>Waits until this process is killed, but not forever.</summary>
    public static void WaitToBeKilled()
    {
        Thread.Sleep(TimeSpan.FromMinutes(2));
        Environment.Exit(99);
    }
}
