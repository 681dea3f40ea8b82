using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary>What every command has in common.</summary>
public class CommandLineTests
{
    [Theory]
    [InlineData("bogus")]
    [InlineData("stack")]
    [InlineData("stack", "many")]
    [InlineData("stack", "-1")]
    [InlineData("stack", "1", "--timeout", "0")]
    [InlineData("completion", "cmd")]
    public async Task A_wrong_command_line_exits_with_2(params string[] arguments)
    {
        var run = await Mp.RunAsync(arguments);
        run.ExitCode.ShouldBe(2);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldStartWith("mp: ");
        run.Error.ShouldContain("--help");
    }

    [Fact]
    public async Task Help_names_every_command()
    {
        var run = await Mp.RunAsync("--help");
        run.ExitCode.ShouldBe(0);
        foreach (var command in new[] { "stack", "doctor", "completion" })
        {
            run.Output.ShouldContain($"  {command}");
        }
    }

    [Fact]
    public async Task The_program_starts_and_prints_its_version()
    {
        var run = await Mp.RunProgramAsync("--version");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldMatch(@"^\d+\.\d+\.\d+");
    }
}
