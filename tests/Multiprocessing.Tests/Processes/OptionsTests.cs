using System.Diagnostics;
using System.Runtime;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class OptionsTests : ProcessTest
{
    [Fact]
    public Task Environment_variables_can_be_set_and_removed() => Watchdog.Run(() =>
    {
        const string Mine = "MULTIPROCESSING_TEST_VARIABLE";
        Environment.SetEnvironmentVariable(Mine, "the parent's");
        try
        {
            var options = new ChildProcessOptions { Environment = { ["ADDED"] = "löwe = 1", [Mine] = null } };
            var seen = ChildProcess.Run(() => (Environment.GetEnvironmentVariable("ADDED"), Environment.GetEnvironmentVariable(Mine)), options);
            seen.Take().ShouldBe(("löwe = 1", null));
            ChildProcess.Run(() => Environment.GetEnvironmentVariable(Mine)).Take().ShouldBe("the parent's");
        }
        finally
        {
            Environment.SetEnvironmentVariable(Mine, null);
        }
    });

    [Fact]
    public Task A_child_sees_the_parents_environment_and_nothing_of_the_librarys_own() => Watchdog.Run(() =>
    {
        static SortedDictionary<string, string> All()
        {
            var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
            {
                all[(string)variable.Key] = (string)variable.Value!;
            }

            return all;
        }

        ChildProcess.Run(All).Take().ShouldBe(All());
        var stranger = ChildProcess.Run(() =>
        {
            var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd.exe", ["/c", "set"]) : new ProcessStartInfo("env");
            start.RedirectStandardOutput = true;
            using var env = Process.Start(start)!;
            return env.StandardOutput.ReadToEnd();
        }).Take();
        stranger.ShouldNotContain("MULTIPROCESSING_CONTROL");
        stranger.ShouldNotContain("DOTNET_gcServer");
        stranger.ShouldNotContain("DOTNET_STARTUP_HOOKS");
    });

    [Fact]
    public Task The_working_directory_is_the_childs_alone() => Watchdog.Run(() =>
    {
        using var directory = new TemporaryDirectory();
        var before = Environment.CurrentDirectory;
        ChildProcess.Run(() => Environment.CurrentDirectory, new ChildProcessOptions { WorkingDirectory = directory.Path }).Take().ShouldBe(directory.Path);
        ChildProcess.Run(() => Environment.CurrentDirectory).Take().ShouldBe(before);
    });

    [Fact]
    public Task A_child_that_eats_more_than_its_heap_limit_gets_OutOfMemoryException() => Watchdog.Run(() =>
    {
        var child = ChildProcess.Run(
            () =>
            {
                var hoard = new List<byte[]>();
                while (true)
                {
                    hoard.Add(new byte[1 << 20]);
                }
            },
            new ChildProcessOptions { HeapLimit = 64 << 20, StandardError = ProcessOutput.Discard });
        child.TakeFailure().ShouldBeOfType<OutOfMemoryException>();
        child.ExitStatus!.Reason.ShouldBe(ExitReason.UnhandledException);
    });

    [Fact]
    public Task The_heap_limit_is_what_the_child_sees() => Watchdog.Run(() =>
        ChildProcess.Run(() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, new ChildProcessOptions { HeapLimit = 100 << 20 }).Take().ShouldBe(100 << 20));

    [Fact]
    public Task A_child_runs_on_the_processors_given() => Watchdog.Run(() =>
    {
        var allowed = AllowedProcessors();
        foreach (var processor in allowed.Take(2))
        {
            ChildProcess.Run(AllowedProcessors, new ChildProcessOptions { ProcessorAffinity = [processor] }).Take().ShouldBe([processor]);
        }

        ChildProcess.Run(AllowedProcessors).Take().ShouldBe(allowed);
        AllowedProcessors().ShouldBe(allowed);
    });

    [Fact]
    public Task A_child_runs_at_the_nice_value_of_its_options() => Watchdog.Run(() =>
    {
        ChildProcess.Run(Niceness, new ChildProcessOptions { Nice = 11 }).Take().ShouldBe(OperatingSystem.IsWindows() ? (int)ProcessPriorityClass.Idle : 11);
        ChildProcess.Run(Niceness).Take().ShouldBe(Niceness());
    });

    [Fact]
    public Task A_child_uses_workstation_garbage_collection_unless_configured_otherwise() => Watchdog.Run(() =>
    {
        ChildProcess.Run(() => (GCSettings.IsServerGC, GCSettings.LatencyMode)).Take().ShouldBe((false, GCLatencyMode.Batch));
        ChildProcess.Run(() => GCSettings.IsServerGC, new ChildProcessOptions { ServerGarbageCollection = true }).Take().ShouldBe(Environment.ProcessorCount > 1);
    });

    [Fact]
    public Task Options_are_read_once() => Watchdog.Run(() =>
    {
        var options = new ChildProcessOptions { Name = "before", Environment = { ["WHEN"] = "before" } };
        using var child = new ChildProcess<string?>(() => $"{CurrentProcess.Name} {Environment.GetEnvironmentVariable("WHEN")}", options);
        options.Name = "after";
        options.Environment["WHEN"] = "after";
        child.Start();
        child.Take().ShouldBe("before before");
    });

    [Fact]
    public Task A_child_that_does_not_come_up_in_time_is_killed_and_reported() => Watchdog.Run(() =>
    {
        // It never comes up: the timer of a busy parent may be later than a child that does.
        var options = new ChildProcessOptions { StartTimeout = TimeSpan.FromMilliseconds(1), Initializer = Ends.Forever };
        var child = ChildProcess.Run(Ends.ByReturn, options);
        child.TakeFailure().ShouldBeOfType<ProcessStartException>().Message.ShouldContain("0.001 s");
        child.ExitStatus!.Reason.ShouldBe(ExitReason.StartFailed);
    });

    private static int Niceness()
    {
        if (OperatingSystem.IsWindows())
        {
            return (int)Process.GetCurrentProcess().PriorityClass; // has five steps for the forty
        }

        var stat = File.ReadAllText("/proc/self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16]);
    }

    private static int[] AllowedProcessors()
    {
        if (OperatingSystem.IsWindows())
        {
            var mask = Process.GetCurrentProcess().ProcessorAffinity;
            return [.. Enumerable.Range(0, 64).Where(processor => (mask >> processor & 1) != 0)];
        }

        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
        return [.. line.Split(':')[1].Trim().Split(',').SelectMany(range =>
        {
            var ends = range.Split('-').Select(int.Parse).ToArray();
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
        })];
    }
}
