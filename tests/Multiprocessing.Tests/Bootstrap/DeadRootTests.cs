using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>When the root exits, in whatever way, all processes below it exit, and nothing of it stays on disk.</summary>
public class DeadRootTests : ProcessTest
{
    private const int Crash = 134;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // the promise is 2 s; the rest is for a loaded machine

    [Fact]
    public Task A_killed_root_takes_its_whole_tree_along() => Watchdog.Run(() => KillRoot("tree", expectedProcesses: 10));

    [Fact]
    public Task A_killed_root_takes_its_only_child_along_though_it_is_stopped() => Watchdog.Run(() => KillRoot("stopped-child", expectedProcesses: 1));

    [Theory]
    [InlineData("return", 5)]
    [InlineData("exit", 6)]
    public Task A_program_that_forgets_its_children_ends_them(string way, int exitCode) => Watchdog.Run(() =>
    {
        using var companion = Companion.Run(ProgramShape.AppHost, "forgotten", way);
        companion.ExitCode.ShouldBe(exitCode, companion.ToString());
        ShouldBeGone(companion, 4);
        Directory.Exists(companion.Value("session")).ShouldBeFalse();
    });

    [Fact]
    public Task A_program_that_crashes_takes_its_children_along() => Watchdog.Run(() =>
    {
        using var companion = Companion.Run(ProgramShape.AppHost, "forgotten", "throw");
        companion.ExitCode.ShouldBe(CodeOf(Crash), companion.ToString());
        ShouldBeGone(companion, 4);
        ShouldBeGoneOrReaped(companion.Value("session"));
    });

    [Fact]
    public Task Spares_go_with_a_killed_root() => Watchdog.Run(() => KillRoot("spares", expectedProcesses: 3, "wait"));

    [Theory]
    [InlineData("return", 5)]
    [InlineData("throw", Crash)]
    public Task Spares_go_with_a_root_that_ends(string way, int exitCode) => Watchdog.Run(() =>
    {
        using var companion = Companion.Run(ProgramShape.AppHost, "spares", way);
        companion.ExitCode.ShouldBe(CodeOf(exitCode), companion.ToString());
        ShouldBeGone(companion, 3);
        ShouldBeGoneOrReaped(companion.Value("session"));
    });

    private static int CodeOf(int code) => code == Crash && OperatingSystem.IsWindows() ? unchecked((int)0xE0434352) : code;

    private static void KillRoot(string scenario, int expectedProcesses, params string[] way)
    {
        using var companion = Companion.Start(ProgramShape.AppHost, [scenario, .. way]);
        companion.WaitFor("ready");
        foreach (var pid in Pids(companion))
        {
            ProcessEntry.IsGone(pid).ShouldBeFalse(companion.ToString());
        }

        Posix.Signal(companion.Id, Posix.SigKill);
        companion.WaitForExit();
        ShouldBeGone(companion, expectedProcesses);
        ShouldBeGoneOrReaped(companion.Value("session"));
    }

    private static void ShouldBeGone(Companion companion, int expectedProcesses)
    {
        var pids = Pids(companion);
        pids.Count.ShouldBe(expectedProcesses, companion.ToString());
        var time = Eventually.Is(
            () => pids.All(ProcessEntry.IsGone),
            $"all descendants of the dead root are gone:{Environment.NewLine}{string.Join(Environment.NewLine, companion.Values("pid"))}{Environment.NewLine}",
            Patience);
        TestContext.Current.TestOutputHelper?.WriteLine($"{pids.Count} descendants gone {time.TotalMilliseconds:0} ms after the root's end was seen.");
    }

    private static void ShouldBeGoneOrReaped(string session)
    {
        var isGone = !Directory.Exists(session);
        TestContext.Current.TestOutputHelper?.WriteLine(isGone ? "The session's directory is gone." : "The session's directory is left to the next start.");
        using var next = Companion.Run(ProgramShape.AppHost, "one-child");
        next.Value("result").ShouldBe("1");
        Directory.Exists(session).ShouldBeFalse();
    }

    private static List<int> Pids(Companion companion) => [.. companion.Values("pid").Select(line => int.Parse(line.Split(' ')[0]))];
}
