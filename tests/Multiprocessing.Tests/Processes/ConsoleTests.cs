using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>What stands on the console of a program whose children write there with a prefix, seen from outside the program.</summary>
public partial class ConsoleTests : ProcessTest
{
    private const int Lines = 300;

    private static readonly TimeSpan LateReader = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public Task Lines_of_two_children_and_of_the_parent_stay_whole_and_say_whose_they_are() => Watchdog.Run(
        () =>
        {
            var (output, error) = Run("together");
            var lines = Parse(output);
            foreach (var who in new[] { "first", "second", "parent" })
            {
                var own = lines.Where(line => line.Text.StartsWith(who + " ", StringComparison.Ordinal)).ToArray();
                own.Select(line => line.Text).ShouldBe(Enumerable.Range(0, Lines).Select(number => Payload(who, number)), $"all lines of {who}, whole and in order");
                own.Select(line => line.Name).Distinct().ShouldBe([who == "parent" ? "" : who]);
                own.Select(line => line.Id).Distinct().Count().ShouldBe(1);
            }

            lines.Count(line => line.Text == "no end").ShouldBe(2);
            output.ShouldEndWith("after\n");
            var ids = lines.Where(line => line.Name.Length > 0).Select(line => $"{line.Name}/{line.Id}! complained").Distinct();
            error.TrimEnd('\n').Split('\n').ShouldBe(ids, ignoreOrder: true);
        },
        Limit);

    [Fact]
    public Task Lines_of_two_workers_of_a_pool_carry_the_workers_name_and_id() => Watchdog.Run(
        () =>
        {
            var lines = Parse(Run("pool").Output);
            foreach (var who in new[] { "one", "two" })
            {
                lines.Where(line => line.Text.StartsWith(who + " ", StringComparison.Ordinal)).Select(line => line.Text)
                    .ShouldBe(Enumerable.Range(0, Lines).Select(number => Payload(who, number)));
            }

            lines.Where(line => line.Name.Length > 0).Select(line => line.Name).Distinct().ShouldBe(["crew:1", "crew:2"], ignoreOrder: true);
            lines.Where(line => line.Name.Length > 0).Select(line => line.Id).Distinct().Count().ShouldBe(2);
        },
        Limit);

    [Fact]
    public Task A_line_that_a_kill_cut_off_is_ended_before_Join_returns() => Watchdog.Run(
        () =>
        {
            var output = Run("killed").Output;
            Regex.Replace(output[output.IndexOf('[')..], @"\d+", "N").ShouldBe("[victim N] whole\n[victim N] half of a li\nafter\n");
        },
        Limit);

    [Fact]
    public Task Standard_output_without_a_reader_disturbs_neither_parent_nor_child() => Watchdog.Run(
        () =>
        {
            using var program = Start("no-reader");
            var error = program.StandardError.ReadToEndAsync();
            program.StandardOutput.ReadLine().ShouldNotBeNull();
            program.StandardOutput.Dispose();
            program.WaitForExit();
            program.ExitCode.ShouldBe(0, error.Result);
            error.Result.ReplaceLineEndings("\n").ShouldBe("result 7, next True, warnings 1\n");
            program.StandardError.Dispose();
        },
        Limit);

    private static string Payload(string who, int number) => $"{who} {number} {new string((char)('a' + (number % 26)), number * 7 % 900)} ü漢😀 .";

    private static (string Output, string Error) Run(string scenario)
    {
        using var program = Start(scenario);
        using var output = program.StandardOutput;
        using var error = program.StandardError;
        var complaints = error.ReadToEndAsync();
        Thread.Sleep(LateReader); // a full pipe: all writers stand in the middle of something, which is when lines would mix
        var text = output.ReadToEnd();
        program.WaitForExit();
        program.ExitCode.ShouldBe(0, complaints.Result);
        return (text.ReplaceLineEndings("\n"), complaints.Result.ReplaceLineEndings("\n"));
    }

    private static Process Start(string scenario) => Process.Start(
        new ProcessStartInfo(ProgramShape.AppHost.FileName, ["console", scenario]) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8 })!;

    private static Line[] Parse(string output) =>
        [.. output.TrimEnd('\n').Split('\n').Select(line => Prefixed().Match(line)).Select(match => new Line(match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value))];

    [GeneratedRegex(@"^(\[(\S+) (\d+)\] )?(.*)$")]
    private static partial Regex Prefixed();

    private sealed record Line(string Name, string Id, string Text);
}
