using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>A program that asks for logged output and has nowhere to log to.</summary>
public class LogWithoutFactoryTests : ProcessTest
{
    [Fact]
    public Task The_lines_are_written_with_a_prefix_and_what_is_missing_is_said_once() => Watchdog.Run(() =>
    {
        using var program = Companion.Run(ProgramShape.AppHost, "console", "log-without-factory");
        var text = program.ToString();
        program.ExitCode.ShouldBe(0, text);
        var lines = text.Split('\n', StringSplitOptions.TrimEntries);
        lines.Count(static line => line.StartsWith("[talker ", StringComparison.Ordinal) && line.EndsWith("] said", StringComparison.Ordinal)).ShouldBe(2, text);
        lines.Count(static line => line.StartsWith("[talker ", StringComparison.Ordinal) && line.EndsWith("] complained", StringComparison.Ordinal)).ShouldBe(2, text);
        lines.Count(static line => line.Contains("ProcessOutput.Log has no logger", StringComparison.Ordinal) && line.Contains("MultiprocessingLogging.Factory", StringComparison.Ordinal)).ShouldBe(1, text);
    });
}
