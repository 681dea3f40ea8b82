using System.Reflection;
using Multiprocessing.Overloads;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Telemetry;

/// <summary>docs/reference/telemetry.md lists what the code has, and nothing else.</summary>
public sealed class TelemetryPageTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(GeneratedFiles.RepositoryRoot(), "docs", "reference", "telemetry.md"));

    [Theory]
    [InlineData(true, "## Metrics of the whole program")]
    [InlineData(false, "## Metrics of one process")]
    public void Every_instrument_has_its_row(bool isOfTree, string section) =>
        Rows(section).ShouldBe((isOfTree ? Instruments.OfTree : Instruments.OfProcess).Select(Row));

    [Fact]
    public void Every_attribute_has_its_row()
    {
        var attributes = typeof(TelemetryTags).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Where(static field => field.Name != nameof(TelemetryTags.System)).Select(static field => $"| `{field.GetRawConstantValue()}` ");
        Rows("## Attributes").Select(static row => row[..(row.IndexOf('|', 1))]).ShouldBe(attributes, ignoreOrder: true);
    }

    private static string Row(InstrumentDefinition definition)
    {
        var kind = definition.Kind switch
        {
            InstrumentKind.Counter => "counter",
            InstrumentKind.UpDownCounter => "up-down counter",
            _ => "histogram",
        };
        var attributes = string.Join(", ", definition.Attributes.Select(static attribute => $"`{attribute}`"));
        return $"| `{definition.Name}` | {kind} | `{definition.Unit}` | {definition.Description} | {attributes} |";
    }

    /// <summary>The rows of a section's table, without its head.</summary>
    private static IEnumerable<string> Rows(string section) =>
        Lines.SkipWhile(line => line != section).Skip(1).TakeWhile(static line => !line.StartsWith('#')).Where(static line => line.StartsWith('|')).Skip(2);
}
