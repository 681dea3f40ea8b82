using System.Text;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class PrefixedOutputTests
{
    private readonly List<byte[]> _writes = [];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void However_the_bytes_are_cut_each_line_is_one_write(int size)
    {
        var bytes = "one\n\nzwei 漢😀\r\n"u8.ToArray().Concat(new byte[] { 0xff, 0x00, 0x80, 0x0a }).Concat("rest"u8.ToArray());
        Pass(bytes, size).ShouldBe(
        [
            "> one\n"u8.ToArray(), "> \n"u8.ToArray(), "> zwei 漢😀\r\n"u8.ToArray(), [0x3e, 0x20, 0xff, 0x00, 0x80, 0x0a], "> rest\n"u8.ToArray(),
        ]);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("ü")]
    [InlineData("漢")]
    [InlineData("😀")]
    public void A_long_line_is_split_between_characters_and_each_part_has_the_prefix(string character)
    {
        var text = "x" + string.Concat(Enumerable.Repeat(character, 5000));
        var parts = Pass(Encoding.UTF8.GetBytes(text + "\n"), 777).Select(Encoding.UTF8.GetString).ToArray();
        parts.ShouldAllBe(part => part.StartsWith("> ", StringComparison.Ordinal) && part.EndsWith('\n') && !part.Contains('\ufffd'));
        string.Concat(parts.Select(part => part[2..^1])).ShouldBe(text);
        _writes.ShouldAllBe(write => write.Length <= PrefixedOutput.LineLimit);
        _writes.SkipLast(1).ShouldAllBe(write => write.Length > PrefixedOutput.LineLimit - 4);
    }

    [Fact]
    public void A_line_that_just_fits_is_not_split()
    {
        var text = new string('x', PrefixedOutput.LineLimit - 3);
        Pass(Encoding.UTF8.GetBytes($"{text}\n{text}"), 1000).Count.ShouldBe(2);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_split_where_the_line_is_full() =>
        Pass(Enumerable.Repeat((byte)0x80, 10_000), 999).Sum(write => write.Length - 3).ShouldBe(10_000);

    [Fact]
    public void A_name_with_line_ends_or_of_any_length_leaves_lines_whole()
    {
        new OutputOrigin("a\nb {Id}", 12, IsError: false).Expand("{Id} {Name}: ").ShouldBe("12 a b {Id}: ");
        var output = new PrefixedOutput(new string('ü', 5000), line => _writes.Add(line.ToArray()));
        output.Write("text\n"u8);
        Encoding.UTF8.GetString(_writes.Single()).ShouldBe(new string('ü', PrefixedOutput.PrefixLimit / 2) + "text\n");
    }

    private List<byte[]> Pass(IEnumerable<byte> bytes, int size)
    {
        var output = new PrefixedOutput("> ", line => _writes.Add(line.ToArray()));
        foreach (var piece in bytes.Chunk(size))
        {
            output.Write(piece);
        }

        output.Finish();
        output.HasRest.ShouldBeFalse();
        return _writes;
    }
}
