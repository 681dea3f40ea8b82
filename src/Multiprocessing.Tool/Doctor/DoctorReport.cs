using System.Text.Json;
using Multiprocessing.Tool.Output;
using Spectre.Console;

namespace Multiprocessing.Tool.Doctor;

/// <summary>Prints findings: the serious ones last, where a person looks first in a terminal.</summary>
internal static class DoctorReport
{
    public static void Write(CommandOutput output, IReadOnlyList<Finding> findings)
    {
        var grid = new Grid()
            .AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(2))
            .AddColumn(new GridColumn().NoWrap().PadRight(2))
            .AddColumn(new GridColumn().PadRight(0));
        foreach (var finding in findings.OrderBy(static finding => finding.Severity))
        {
            var (mark, style) = Mark(finding.Severity);
            grid.AddRow(new Text(mark, style), new Text(finding.Subject), new Text(finding.Observed));
            if (finding.Cure is not null)
            {
                grid.AddRow(Text.Empty, new Text("-> cure", new Style(Color.Grey)), new Text(finding.Cure, new Style(Color.Aqua)));
            }
        }

        output.Text.Write(grid);
        output.WriteLine();
        output.Text.MarkupLine(Verdict(findings));
    }

    public static void WriteJson(Utf8JsonWriter json, IReadOnlyList<Finding> findings)
    {
        json.WriteStartObject();
        json.WriteNumber("problems", Count(findings, Severity.Problem));
        json.WriteNumber("warnings", Count(findings, Severity.Warning));
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("id", finding.Id);
            json.WriteString("subject", finding.Subject);
            json.WriteString("severity", finding.Severity switch
            {
                Severity.Ok => "ok",
                Severity.Note => "note",
                Severity.Warning => "warning",
                _ => "problem",
            });
            json.WriteString("observed", finding.Observed);
            json.WriteString("cure", finding.Cure);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Verdict(IReadOnlyList<Finding> findings)
    {
        var problems = Count(findings, Severity.Problem);
        var warnings = Count(findings, Severity.Warning);
        var text = (problems, warnings) switch
        {
            (0, 0) => "[green]This machine is set up.[/]",
            (0, _) => "[yellow]This machine works.[/]",
            _ => "[red]This machine is not set up.[/]",
        };
        return $"{text} {Number(problems, "problem")}, {Number(warnings, "warning")}, {findings.Count} checks.";
    }

    private static string Number(int count, string name) => $"{(count == 0 ? "no" : count)} {name}{(count == 1 ? "" : "s")}";

    private static int Count(IReadOnlyList<Finding> findings, Severity severity) => findings.Count(finding => finding.Severity == severity);

    private static (string Mark, Style Style) Mark(Severity severity) => severity switch
    {
        Severity.Ok => ("ok", new Style(Color.Green)),
        Severity.Note => ("note", new Style(Color.Aqua)),
        Severity.Warning => ("WARN", new Style(Color.Yellow)),
        _ => ("FAIL", new Style(Color.Red, decoration: Decoration.Bold)),
    };
}
