namespace Multiprocessing.Shapes;

/// <summary>What Main does: leaves its trace, then runs the scenario it was asked for. Each line it writes is "&lt;key&gt; &lt;value&gt;".</summary>
public static class Entry
{
    public static int Run(string[] args)
    {
        LeaveTrace();
        return args switch
        {
            [] => ForkBomb(), // as a child would be started in which Main ran
            ["checks"] => Checks.Run(),
            ["tree"] => Tree.Run(),
            ["one-child"] => OneChild(),
            ["where"] => Where(),
            ["time", var rounds] => Timing.Run(int.Parse(rounds)),
            _ => Report.Unknown(args),
        };
    }

    /// <summary>The side effect by which a test counts how often, and where, Main ran.</summary>
    public static void LeaveTrace()
    {
        if (Environment.GetEnvironmentVariable("MULTIPROCESSING_SCENARIO_LOG") is { } log)
        {
            // One write of few bytes with O_APPEND: lines of several processes do not mix.
            File.AppendAllText(log, $"Main {Environment.ProcessId}{Environment.NewLine}");
        }

        Report.Line("root", Environment.ProcessId);
    }

    private static int OneChild()
    {
        using var child = ChildProcess.Run(() => 1);
        Report.Line("result", child.Result.GetAwaiter().GetResult());
        return 0;
    }

    /// <summary>Starts without a guard, as a user's Main does; what is thrown ends the program.</summary>
    private static int ForkBomb()
    {
        using var first = ChildProcess.Run(() => { });
        using var second = ChildProcess.Run(() => { });
        first.Completion.GetAwaiter().GetResult();
        second.Completion.GetAwaiter().GetResult();
        return 0;
    }

    /// <summary>Which of the package's assemblies run: here, and in a child.</summary>
    private static int Where()
    {
        Report.Line("library", typeof(ChildProcess).Assembly.Location);
        using var child = ChildProcess.Run(() => (typeof(ChildProcess).Assembly.Location, File.ReadAllText("/proc/self/cmdline").Replace('\0', ' ')));
        var (library, command) = child.Result.GetAwaiter().GetResult();
        Report.Line("child-library", library);
        Report.Line("child-command", command);
        return 0;
    }
}
