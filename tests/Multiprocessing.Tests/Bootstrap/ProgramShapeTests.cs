using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>One program in every shape: Main runs once, in the parent, and bodies of all kinds run in the children.</summary>
public class ProgramShapeTests(PublishedPrograms published) : ProcessTest, IClassFixture<PublishedPrograms>
{
    private const string NoDotnet = "The tests are published for it together with a runtime: there is no dotnet that it could be started with, or published again.";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10); // publishing included
    private static readonly string[] Checks = ["closure", "asynchronous continuations", "nested child", "exception", "queue", "entry assembly", "type of this program"];

    [Fact]
    public Task A_program_started_by_its_own_executable() => Watchdog.Run(() => RunsMainOnceAndBodiesInChildren(ProgramShape.AppHost));

    [PosixFact(NoDotnet)]
    public Task A_program_started_as_dotnet_dll() => Watchdog.Run(() => RunsMainOnceAndBodiesInChildren(ProgramShape.Library));

    [PosixFact(NoDotnet)]
    public Task A_program_published_as_a_single_file() => Watchdog.Run(() => RunsMainOnceAndBodiesInChildren(published.SingleFile), Limit);

    [PosixFact(NoDotnet)]
    public Task A_program_published_as_a_self_contained_single_file() =>
        Watchdog.Run(() => RunsMainOnceAndBodiesInChildren(published.SelfContained), Limit);

    [PosixFact("CreateProcess is given whole paths, and no shell stands between.")]
    public Task A_program_started_from_another_directory() => Watchdog.Run(() =>
        RunsMainOnceAndBodiesInChildren(new ProgramShape("by a relative path", "sh", "-c", $"cd {Path.GetDirectoryName(ProgramShape.AppHost.FileName)} && exec ./Multiprocessing.Scenarios \"$0\"")));

    [PosixFact(NoDotnet)]
    public Task A_program_whose_startup_hooks_are_switched_off_says_so_and_is_no_fork_bomb() => Watchdog.Run(
        () =>
        {
            using var companion = Companion.Run(published.SingleFileWithoutHooks, new Dictionary<string, string> { ["MULTIPROCESSING_SCENARIO"] = "one-child" });
            companion.ExitCode.ShouldBe(1, companion.ToString());
            companion.MainRuns.Count.ShouldBe(1, "no process was started in which Main could run");
            companion.ToString().ShouldContain("StartupHookSupport");
            companion.Values("error").Count.ShouldBe(1, "the start is refused before there is a child that could say anything");
        },
        Limit);

    [Fact]
    public Task A_parent_with_server_garbage_collection_has_children_without_it() => Watchdog.Run(() =>
    {
        using var companion = Companion.Run(ProgramShape.AppHost, new Dictionary<string, string> { ["DOTNET_gcServer"] = "1" }, "garbage-collector");
        companion.ExitCode.ShouldBe(0, companion.ToString());
        companion.Value("child-server").ShouldBe("False");
        companion.Value("child-variable").ShouldBe("1", "the child's own programs see what the user set");
        if (Environment.ProcessorCount > 1)
        {
            companion.Value("parent-server").ShouldBe("True");
        }
    });

    private static void RunsMainOnceAndBodiesInChildren(ProgramShape shape)
    {
        using var companion = Companion.Run(shape, "shapes");
        companion.Values("failed").ShouldBeEmpty(companion.ToString());
        companion.ExitCode.ShouldBe(0, companion.ToString());
        companion.Values("ok").ShouldBe(Checks);
        companion.MainRuns.ShouldBe([int.Parse(companion.Value("root"))]);
    }
}
