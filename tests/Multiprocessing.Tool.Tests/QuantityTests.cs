using Multiprocessing.Tool.Output;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary>Numbers for readers.</summary>
public class QuantityTests
{
    [Theory]
    [InlineData(0, "0 B", "0B")]
    [InlineData(1023, "1023 B", "1023B")]
    [InlineData(1024, "1.00 KiB", "1.0K")]
    [InlineData(1536 * 1024, "1.50 MiB", "1.5M")]
    [InlineData(1023 * 1024 + 900, "1.00 MiB", "1.0M")]
    [InlineData(123L << 30, "123 GiB", "123G")]
    public void Bytes(long bytes, string text, string brief)
    {
        Quantity.Bytes(bytes).ShouldBe(text);
        Quantity.ShortBytes(bytes).ShouldBe(brief);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(9_999, "9999")]
    [InlineData(10_000, "10.0k")]
    [InlineData(123_456_789, "123M")]
    [InlineData(999_600, "1.00M")]
    public void Counts(long count, string text) => Quantity.Count(count).ShouldBe(text);

    [Theory]
    [InlineData(0, "0us")]
    [InlineData(0.0123, "12ms")]
    [InlineData(1.25, "1.25s")]
    [InlineData(59.96, "60.0s")]
    [InlineData(125, "2m 05s")]
    [InlineData(7_500, "2h 05m")]
    [InlineData(200_000, "2d 07h")]
    public void Durations(double seconds, string text) => Quantity.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(text);
}
