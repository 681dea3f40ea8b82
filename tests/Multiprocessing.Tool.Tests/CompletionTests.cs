using System.Diagnostics;
using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary>Completion in a shell.</summary>
public class CompletionTests
{
    [Theory]
    [InlineData("mp sta", "stack")]
    [InlineData("mp doctor --no", "--no-trial")]
    [InlineData("mp completion ", "zsh")]
    [InlineData("mp stack 1 --ti", "--timeout")]
    [InlineData("mp node published --mis", "--missed-probes")]
    public async Task The_command_completes_a_line(string line, string completed)
    {
        var run = await Mp.RunAsync($"[suggest:{line.Length}]", line);
        run.Output.Split('\n').Select(static text => text.TrimEnd('\r')).ShouldContain(completed);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task There_is_a_script_for(string shell)
    {
        var run = await Mp.RunAsync("completion", shell);
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("[suggest:");
        (await Mp.RunAsync("completion", shell, "--json")).Json.GetProperty("script").GetString().ShouldBe(run.Output.TrimEnd('\r', '\n'));
    }

    [Fact]
    public async Task Bash_completes_with_the_script()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash here.");
        using var directory = new TemporaryDirectory();
        File.CreateSymbolicLink(directory.File("mp"), Mp.Path);
        var script = """
            source <(mp completion bash)
            COMP_LINE="mp doctor --str"; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(mp doctor --str); COMP_CWORD=2
            _mp_complete
            echo "${COMPREPLY[@]}"
            """;
        var start = new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{directory.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        using var bash = Process.Start(start)!;
        var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        output.Trim().ShouldBe("--strict");
    }
}
