using System.Reflection.PortableExecutable;
using Multiprocessing.Tests;
using Shouldly;

namespace Multiprocessing.Shapes.Tests;

internal static class ShapeAssertions
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static readonly IReadOnlyList<string> Names =
    [
        "closure", "static method with arguments", "generic body", "asynchronous continuations", "nested child", "exception", "exception of this program", "crash",
        "exit code", "killed child", "queue", "queue of two producers", "entry assembly", "values", "spare", "service", "refusal",
    ];

    /// <summary>Main runs once, every check holds, and a killed parent takes its descendants along; nothing is left behind.</summary>
    public static void ShouldHoldAllPromises(this ProgramShape shape)
    {
        shape.ShouldPassAllChecks();
        shape.ShouldTakeItsDescendantsAlong();
    }

    public static void ShouldPassAllChecks(this ProgramShape shape)
    {
        using var program = Run(shape, "checks");
        program.ShouldHavePassedAllChecks();
        program.ExitCode.ShouldBe(0, program.ToString());
        Directory.Exists(program.Value("session")).ShouldBeFalse();
    }

    public static void ShouldHavePassedAllChecks(this Companion program)
    {
        program.Values("failed").ShouldBeEmpty(program.ToString());
        program.Values("ok").ShouldBe(Names, program.ToString());
        program.MainRuns.ShouldBe([int.Parse(program.Value("root"))]);
    }

    public static void ShouldTakeItsDescendantsAlong(this ProgramShape shape)
    {
        using var program = Companion.Start(shape, "tree");
        program.WaitFor("ready");
        var pids = program.Values("pid").Select(int.Parse).ToList();
        pids.Count.ShouldBe(2);
        Posix.Signal(int.Parse(program.Value("root")), Posix.SigKill);
        foreach (var pid in pids)
        {
            Eventually.IsGone(pid);
        }

        program.MainRuns.Count.ShouldBe(1);
        using var next = Run(shape, "one-child"); // clears up what descendants that died while they removed it have left
        next.Value("result").ShouldBe("1");
        Eventually.Is(() => !Directory.Exists(program.Value("session")), "the directory of its session is removed");
    }

    /// <summary>Runs to the end, and not for ever.</summary>
    public static Companion Run(ProgramShape shape, params string[] arguments)
    {
        var program = Companion.Start(shape, arguments);
        using var watchdog = new Timer(_ => Posix.Signal(program.Id, Posix.SigKill), null, Limit, Timeout.InfiniteTimeSpan);
        program.WaitForExit();
        return program;
    }

    /// <summary>Whether an assembly carries machine code beside its IL.</summary>
    public static bool IsCompiledAheadOfTime(string file)
    {
        using var reader = new PEReader(File.OpenRead(file));
        return reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }
}
