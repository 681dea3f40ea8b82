using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class OutputTests : ProcessTest
{
    [Fact]
    public Task Lines_arrive_whole_in_order_and_all_before_Join_returns() => Watchdog.Run(() =>
    {
        var lines = new List<string>();
        using var child = ChildProcess.Run(
            () =>
            {
                Console.Write("half ");
                Console.Out.Flush();
                Thread.Sleep(50);
                Console.WriteLine("and half");
                Console.WriteLine();
                Console.WriteLine("grüße 漢字 😀");
                Console.Write("dos\r\n");
                Console.Write("no end");
            },
            new ChildProcessOptions { StandardOutput = ProcessOutput.ToLines(lines.Add) });
        child.Join();
        lines.ShouldBe(["half and half", "", "grüße 漢字 😀", "dos", "no end"]);
    });

    [Fact]
    public Task A_character_may_be_cut_anywhere() => Watchdog.Run(() =>
    {
        var lines = new List<string>();
        using var child = ChildProcess.Run(
            () =>
            {
                using var output = Console.OpenStandardOutput();
                foreach (var value in "a漢😀b\nß\n"u8.ToArray())
                {
                    output.WriteByte(value);
                    output.Flush();
                    Thread.Sleep(2);
                }
            },
            new ChildProcessOptions { StandardOutput = ProcessOutput.ToLines(lines.Add) });
        child.Join();
        lines.ShouldBe(["a漢😀b", "ß"]);
    });

    [Theory]
    [InlineData("ü")]
    [InlineData("漢")]
    [InlineData("😀")]
    public Task Half_a_character_at_the_end_is_shown_as_the_replacement_character(string character) => Watchdog.Run(() =>
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(character);
        for (var length = 1; length < bytes.Length; length++)
        {
            var lines = new List<string>();
            var half = bytes[..length];
            using var child = ChildProcess.Run(
                () =>
                {
                    using var output = Console.OpenStandardOutput();
                    output.Write(half);
                    output.Write("\n"u8);
                    output.Write([(byte)'a', .. half, (byte)'b', (byte)'\n']);
                    output.Write([(byte)'x', .. half]);
                    using var error = Console.OpenStandardError();
                    error.Write([(byte)'y', .. half]);
                    Environment.Exit(3);
                },
                new ChildProcessOptions { StandardOutput = ProcessOutput.ToLines(lines.Add), StandardError = ProcessOutput.ToLines(line => lines.Add($"error {line}")) });
            child.TakeFailure().ShouldBeOfType<ProcessDiedException>().StandardErrorTail.ShouldBe("y\ufffd");
            lines.Where(line => !line.StartsWith("error", StringComparison.Ordinal)).ShouldBe(["\ufffd", "a\ufffdb", "x\ufffd"]);
            lines.ShouldContain("error y\ufffd");
        }
    });

    [Fact]
    public Task A_hundred_thousand_lines_arrive_one_after_another() => Watchdog.Run(() =>
    {
        var next = 0;
        var inside = 0;
        var wrong = new List<string>();
        using var child = ChildProcess.Run(
            () =>
            {
                using var output = new StreamWriter(Console.OpenStandardOutput());
                for (var i = 0; i < 100_000; i++)
                {
                    output.WriteLine($"line {i}");
                }
            },
            new ChildProcessOptions
            {
                StandardOutput = ProcessOutput.ToLines(line =>
                {
                    if (Interlocked.Increment(ref inside) != 1 || line != $"line {next}")
                    {
                        wrong.Add(line);
                    }

                    next++;
                    Interlocked.Decrement(ref inside);
                }),
            });
        child.Join();
        wrong.ShouldBeEmpty();
        next.ShouldBe(100_000);
    });

    [Fact]
    public Task Output_and_error_are_kept_apart() => Watchdog.Run(() =>
    {
        var (output, error) = (new List<string>(), new List<string>());
        using var child = ChildProcess.Run(
            () =>
            {
                Console.WriteLine("said");
                Console.Error.WriteLine("complained");
            },
            new ChildProcessOptions { StandardOutput = ProcessOutput.ToLines(output.Add), StandardError = ProcessOutput.ToLines(error.Add) });
        child.Join();
        output.ShouldBe(["said"]);
        error.ShouldBe(["complained"]);
    });

    [Fact]
    public Task A_slow_reader_slows_the_child_and_loses_nothing() => Watchdog.Run(() =>
    {
        var count = 0;
        using var child = ChildProcess.Run(
            () =>
            {
                for (var i = 0; i < 30; i++)
                {
                    Console.WriteLine(new string('x', 100_000));
                }
            },
            new ChildProcessOptions
            {
                StandardOutput = ProcessOutput.ToLines(line =>
                {
                    Thread.Sleep(10);
                    count += line.Length;
                }),
            });
        child.Join();
        count.ShouldBe(3_000_000);
    });

    [Fact]
    public Task A_callback_that_throws_loses_its_line_only() => Watchdog.Run(() =>
    {
        var lines = new List<string>();
        using var child = ChildProcess.Run(
            () => Console.Write("good\nbad\nbetter\n"),
            new ChildProcessOptions
            {
                StandardOutput = ProcessOutput.ToLines(line =>
                {
                    if (line == "bad")
                    {
                        throw new InvalidOperationException("I do not like this line.");
                    }

                    lines.Add(line);
                }),
            });
        child.Join();
        lines.ShouldBe(["good", "better"]);
        child.ExitStatus!.IsSuccess.ShouldBeTrue();
    });

    [Fact]
    public Task Discarded_output_does_not_block_the_child() => Watchdog.Run(() =>
    {
        using var child = ChildProcess.Run(
            () =>
            {
                for (var i = 0; i < 100; i++)
                {
                    Console.WriteLine(new string('o', 10_000));
                    Console.Error.WriteLine(new string('e', 10_000));
                }
            },
            new ChildProcessOptions { StandardOutput = ProcessOutput.Discard, StandardError = ProcessOutput.Discard });
        child.Join();
        child.ExitStatus!.IsSuccess.ShouldBeTrue(child.ExitStatus.ToString());
    });

    [Fact]
    public Task What_was_written_before_a_kill_arrives() => Watchdog.Run(() =>
    {
        var lines = new List<string>();
        using var child = ChildProcess.Run(
            () =>
            {
                Console.WriteLine("the last words");
                Ends.Forever();
            },
            new ChildProcessOptions { StandardOutput = ProcessOutput.ToLines(lines.Add) });
        Eventually.Is(() => lines.Count == 1, "the line is there while the child lives", TimeSpan.FromSeconds(60));
        child.Kill();
        child.Join();
        lines.ShouldBe(["the last words"]);
    });

    [PosixFact("What a child starts is in its job, and goes with it.")]
    public Task A_stranger_that_keeps_the_childs_output_open_does_not_keep_Join() => Watchdog.Run(() =>
    {
        var lines = new List<string>();
        using var child = ChildProcess.Run(
            () =>
            {
                // In a session of its own, so that it outlives its parent's group and holds the pipe.
                using var stranger = System.Diagnostics.Process.Start("setsid", ["sleep", "100"]);
                Console.WriteLine(stranger.Id);
            },
            new ChildProcessOptions { StandardOutput = ProcessOutput.ToLines(lines.Add) });
        child.Join(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        lines.Count.ShouldBe(1);
        var id = int.Parse(lines[0]);
        Posix.Signal(id, Posix.SigKill);
        Eventually.IsGone(id);
    });

    [Fact]
    public Task An_exception_of_a_body_without_a_result_is_written_to_standard_error() => Watchdog.Run(() =>
    {
        var lines = new List<string>();
        var child = ChildProcess.Run(Ends.ByException, new ChildProcessOptions { Name = "thrower", StandardError = ProcessOutput.ToLines(lines.Add) });
        child.TakeFailure().ShouldBeOfType<InvalidOperationException>();
        lines[0].ShouldContain("thrower");
        lines[0].ShouldContain("System.InvalidOperationException: left the body");
    });

    [Fact]
    public Task A_grandchilds_output_goes_where_the_childs_goes() => Watchdog.Run(() =>
    {
        var lines = new List<string>();
        using var child = ChildProcess.Run(
            () =>
            {
                using var grandchild = ChildProcess.Run(() => Console.WriteLine("from below"));
                grandchild.Join();
            },
            new ChildProcessOptions { StandardOutput = ProcessOutput.ToLines(lines.Add) });
        child.Join();
        lines.ShouldBe(["from below"]);
    });
}
