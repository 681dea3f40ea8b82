using System.CommandLine;
using Multiprocessing.Tool.Nodes;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary>How a member detects that another one is down: from the command line to the line that the member's program reads.</summary>
public class MemberOptionsTests
{
    [Fact]
    public void The_detection_of_the_command_line_is_read_by_the_program_of_the_member()
    {
        var read = NodeSettings.Read(Line("--localhost", "--probe-interval", "1.5", "--missed-probes", "6", "--votes", "3"));
        read.ProbeInterval.ShouldBe(1.5);
        read.MissedProbes.ShouldBe(6);
        read.Votes.ShouldBe(3);
    }

    [Fact]
    public void A_detection_that_the_command_line_does_not_set_is_not_in_the_line()
    {
        // The program has the default values. One of an older version would refuse fields that it does not know.
        var line = Line("--localhost");
        line.ShouldContain(nameof(NodeSettings.Localhost));
        foreach (var field in new[] { nameof(NodeSettings.ProbeInterval), nameof(NodeSettings.MissedProbes), nameof(NodeSettings.Votes) })
        {
            line.ShouldNotContain(field);
        }
    }

    [Theory]
    [InlineData("--probe-interval", "0.01", "mp: --probe-interval must be between 0.05 and 3600 seconds.")]
    [InlineData("--probe-interval", "3601", "mp: --probe-interval must be between 0.05 and 3600 seconds.")]
    [InlineData("--probe-interval", "NaN", "mp: --probe-interval must be between 0.05 and 3600 seconds.")]
    [InlineData("--probe-interval", "often", "often")]
    [InlineData("--missed-probes", "0", "mp: --missed-probes must be 1 or more.")]
    [InlineData("--missed-probes", "1.5", "1.5")]
    [InlineData("--votes", "0", "mp: --votes must be 1 or more.")]
    public async Task A_value_that_no_member_can_have_is_refused_by_each_command(string option, string value, string error)
    {
        string[][] commands = [["node", "published"], ["top", "published", "--cluster", "images"], ["dash", "published", "--cluster", "images"]];
        foreach (var command in commands)
        {
            var run = await Mp.RunAsync([.. command, "--localhost", option, value]);
            run.ExitCode.ShouldBe(2, string.Join(' ', command));
            run.Output.ShouldBeEmpty();
            run.Error.ShouldContain(error);
        }
    }

    [Theory]
    [InlineData("--probe-interval", "1")]
    [InlineData("--missed-probes", "6")]
    [InlineData("--votes", "3")]
    public async Task A_program_of_this_machine_has_no_detection(string option, string value)
    {
        foreach (var command in new[] { "top", "dash" })
        {
            var run = await Mp.RunAsync(command, option, value);
            run.ExitCode.ShouldBe(2, command);
            run.Error.ShouldContain($"mp: {option} is an option of a cluster");
        }
    }

    private static string Line(params string[] arguments)
    {
        var member = new MemberOptions();
        var command = new RootCommand();
        member.AddTo(command);
        command.Validators.Add(member.Validate);
        var result = command.Parse(arguments);
        result.Errors.ShouldBeEmpty();
        return member.Of(result, new NodeSettings { Cluster = "images" }).ToLine();
    }
}
