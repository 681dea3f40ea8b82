namespace Comparison;

/// <summary>Runs the cases of the table of contenders.</summary>
internal static class Table
{
    public static int Run(Settings settings, Circumstances circumstances)
    {
        var cases = Catalog.All(settings).Where(item => settings.Includes(item.Name)).ToList();
        var rows = new List<Row>();
        foreach (var item in cases)
        {
            circumstances.Load.Look();
            rows.AddRange(Runner.Run(item, settings.Rounds));
        }

        circumstances.Load.Look();
        Console.WriteLine();
        Console.WriteLine(TextTable.Of(rows));
        if (Missed.Table(rows) is { Count: > 0 } missed)
        {
            Console.WriteLine();
            Console.WriteLine(Columns.AsText(missed));
        }

        Console.WriteLine(circumstances.Load);
        if (settings.Mode is Mode.Gate)
        {
            return Gate.Pass(cases, rows, item => Runner.Run(item, settings.Rounds)) ? 0 : 1;
        }

        if (settings.Mode is Mode.Record)
        {
            Gate.Record(rows);
        }

        if (settings.Only is null)
        {
            Report.Write(rows, circumstances);
        }

        return 0;
    }
}
