using Multiprocessing;

namespace Tour.Lessons;

/// <summary>A program is a file that does nothing by itself. A process is a running program, with a number and a memory of its own.</summary>
internal static class ProcessAndProgram
{
    private static string _note = "nothing yet";

    public static async Task Run(Check check)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Tour.dll");
        program = File.Exists(program) ? program : Environment.ProcessPath!; // published as a single file, the program is its own executable
        Screen.Say($"The program is a file: {program}");
        var written = File.GetLastWriteTimeUtc(program);

        _note = "the parent was here";
        using var first = ChildProcess.Run(Introduce);
        using var second = ChildProcess.Run(Introduce, new ChildProcessOptions { Name = "anna" });
        Introduction[] all = [Introduce(), await first.Result, await second.Result];

        Screen.Say("Three processes run it, this one and two children:");
        Screen.Table(
            ["process", "pid", "parent's pid", "depth", "Main has run", "found in its memory", "code (build)"],
            all.Select(one => new[]
            {
                one.Name, $"{one.Id}", one.ParentId?.ToString() ?? "-", $"{one.Depth}", $"{one.MainRuns} x", one.Note, $"{one.Build}"[..8],
            }));

        check.Equal("three processes ran", 3, all.DistinctBy(one => one.Id).Count());
        check.Equal("... all of them the same program", 1, all.DistinctBy(one => one.Build).Count());
        check.Equal("... and the program file has not changed", written, File.GetLastWriteTimeUtc(program));
        check.Sequence(
            "both children have this process as their parent", [CurrentProcess.Id, CurrentProcess.Id], all[1..].Select(one => one.ParentId!.Value));
        check.Equal("a name that was given is the process's name", "anna", all[2].Name);
        check.Sequence("Main ran once, here, and never in a child", [1, 0, 0], all.Select(one => one.MainRuns));
        check.Sequence(
            "each has its own memory: a child begins with the program's values", ["the parent was here", "nothing yet", "nothing yet"],
            all.Select(one => one.Note));
        check.Equal("... and no other process sees what it writes there", "MainProcess was here", _note);
    }

    private static Introduction Introduce()
    {
        var found = _note;
        _note = $"{CurrentProcess.Name} was here";
        var build = typeof(ProcessAndProgram).Module.ModuleVersionId;
        return new Introduction(
            CurrentProcess.Name, CurrentProcess.Id, CurrentProcess.Parent?.Id, CurrentProcess.Depth, Program.MainRuns, found, build);
    }

    private sealed record Introduction(string Name, int Id, int? ParentId, int Depth, int MainRuns, string Note, Guid Build);
}
