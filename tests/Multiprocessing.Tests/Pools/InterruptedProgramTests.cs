using System.Diagnostics;
using System.Globalization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Pools;

/// <summary>One Ctrl-C at the terminal during a long map: the program ends, and its workers with it, without a word.</summary>
public class InterruptedProgramTests : ProcessTest
{
    private const int ByInterrupt = 128 + Posix.SigInterrupt;

    [PosixFact("Ctrl-C comes from a console there, and a program under test has none.")]
    public Task One_Ctrl_C_ends_a_long_map_and_its_workers_without_stack_traces() => Watchdog.Run(() =>
    {
        using var companion = Companion.Start(ProgramShape.AppHost, "long-map");
        companion.WaitFor("ready");
        var workers = companion.Values("pid").Select(line => int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture)).ToList();
        workers.Count.ShouldBe(2);

        // The terminal signals its foreground group: that is the program's, and the workers are not in it.
        var group = GroupOf(companion.Id);
        workers.ShouldAllBe(worker => GroupOf(worker) != group);

        var watch = Stopwatch.StartNew();
        Posix.Signal(companion.Id, Posix.SigInterrupt);
        companion.WaitForExit();
        workers.ForEach(worker => Eventually.IsGone(worker));
        TestContext.Current.TestOutputHelper?.WriteLine($"all gone after {watch.ElapsedMilliseconds} ms");

        companion.ExitCode.ShouldBe(ByInterrupt);
        companion.ToString().ShouldNotContain("   at ");
        companion.ToString().ShouldNotContain("Unhandled");
    });

    private static string GroupOf(int processId)
    {
        var stat = ProcessEntry.TryRead($"/proc/{processId}/stat").ShouldNotBeNull();
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[2];
    }
}
