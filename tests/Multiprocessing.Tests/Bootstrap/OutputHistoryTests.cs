using System.Text;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class OutputHistoryTests
{
    private const string Mark = "bytes left out";

    [Theory]
    [InlineData("Stack overflow.\n", RuntimeCrash.StackOverflow)]
    [InlineData("Process terminated. The disk is gone.\n", RuntimeCrash.FailFast)]
    [InlineData("Unhandled exception. System.FormatException: The disk is gone.\n", null)]
    [InlineData("Fatal error.\nThe disk is gone.\n", null)]
    internal void However_the_bytes_are_cut_a_crash_is_kept_from_its_first_word_on_and_to_its_last(string cause, RuntimeCrash? expected)
    {
        foreach (var earlier in (int[])[0, 1, 100, 4095, 4096, 4097, 20_000])
        {
            foreach (var frames in (int[])[0, 10, 50, 100, 3000])
            {
                foreach (var size in (int[])[1, 2, 7, 19, 20, 21, 1000, 16_384])
                {
                    if (size < 19 && frames + (earlier / 50) > 150)
                    {
                        continue; // a megabyte in single bytes shows nothing more
                    }

                    var log = string.Concat(Enumerable.Range(0, (earlier / 20) + 1).Select(line => $"{line:d5} progress line\n"))[^earlier..];
                    var stack = cause + string.Concat(Enumerable.Range(0, frames).Select(frame => $"   at A.Deep.Stack.Frame{frame:d6}()\n")) + "   at Program.Main()\n";
                    var kept = Pass(log + stack, size, out var words);
                    words.ShouldBe(expected);
                    kept.Whole.ShouldContain(cause.TrimEnd());
                    kept.Whole.ShouldEndWith("   at Program.Main()\n");
                    (kept.Head.StartsWith(cause, StringComparison.Ordinal) || kept.Tail.Contains(cause)).ShouldBeTrue($"{earlier} {frames} {size}: {kept.Head}");
                    kept.Tail.ShouldBe((log + stack)[^Math.Min(4096, (log + stack).Length)..]);
                    kept.Whole.Contains(Mark).ShouldBe(stack.Length > 8192 || (!kept.Whole.Contains(stack) && stack.Length > 4096), $"{earlier} {frames} {size}");
                    if (stack.Length <= 8192)
                    {
                        kept.Whole.ShouldContain(stack);
                    }
                    else
                    {
                        kept.Whole.ShouldStartWith(cause);
                        kept.Whole.Length.ShouldBeLessThan(9000);
                    }
                }
            }
        }
    }

    [Fact]
    public void Without_a_crash_the_head_is_where_the_output_began()
    {
        var text = string.Concat(Enumerable.Range(0, 10_000).Select(line => $"line {line}\n"));
        var kept = Pass(text, 1000, out var words);
        words.ShouldBeNull();
        kept.Head.ShouldBe(text[..4096]);
        kept.Tail.ShouldBe(text[^4096..]);
        kept.Whole.ShouldContain(Mark);
        kept.Whole.Split('\n').Where(line => !line.Contains(Mark)).SkipLast(1).ShouldAllBe(line => text.Contains(line));
    }

    [Fact]
    public void Words_that_were_logged_long_before_the_crash_are_not_taken_for_it()
    {
        var log = "Unhandled exception. An old one.\n" + new string('x', 10_000) + "\n";
        foreach (var size in (int[])[100, 16_384, 100_000])
        {
            var kept = Pass(log + "Stack overflow.\n" + string.Concat(Enumerable.Repeat("   at A.Deep.Frame()\n", 2000)), size, out var words);
            words.ShouldBe(RuntimeCrash.StackOverflow);
            kept.Head.ShouldStartWith("Stack overflow.\n");
        }
    }

    [Theory]
    [InlineData("ü")]
    [InlineData("漢")]
    [InlineData("😀")]
    public void No_character_is_cut(string character)
    {
        for (var shift = 0; shift < 4; shift++)
        {
            var kept = Pass(new string('x', shift) + string.Concat(Enumerable.Repeat(character, 6000)), 333, out _);
            kept.Head.ShouldNotContain("\ufffd");
            kept.Tail.ShouldNotContain("\ufffd");
            kept.Whole.ShouldNotContain("\ufffd");
            kept.Tail.Length.ShouldBeGreaterThan(1000);
        }
    }

    [Theory]
    [InlineData("ü")]
    [InlineData("漢")]
    [InlineData("😀")]
    public void The_beginning_of_a_character_at_the_very_end_is_shown_as_the_replacement_character(string character)
    {
        var bytes = Encoding.UTF8.GetBytes(character);
        for (var length = 1; length < bytes.Length; length++)
        {
            var history = new OutputHistory();
            history.Add("the disk is gone "u8);
            history.Add(bytes.AsSpan(0, length));
            history.Tail().ShouldBe("the disk is gone \ufffd");
            history.Keep().Whole.ShouldBe("the disk is gone \ufffd");
        }
    }

    private static KeptOutput Pass(string text, int size, out RuntimeCrash? words)
    {
        var history = new OutputHistory();
        foreach (var piece in Encoding.UTF8.GetBytes(text).Chunk(size))
        {
            history.Add(piece);
        }

        words = history.Crash;
        return history.Keep();
    }
}
