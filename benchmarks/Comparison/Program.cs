namespace Comparison;

/// <summary>
/// This library, CPython and a raw C limit do the same work in turn. <c>--quick</c> does less work in each turn. <c>--only name</c> runs the cases
/// whose name contains it, and writes no file. <c>--record</c> records the ratios of a run, and <c>--gate</c> fails if a later one is slower.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (!Settings.TryParse(args, out var settings, out var refusal))
        {
            Console.Error.WriteLine(refusal);
            return 2;
        }

        var cases = Catalog.All(settings).Where(item => settings.Only is null || item.Name.Contains(settings.Only, StringComparison.OrdinalIgnoreCase)).ToList();
        if (cases.Count == 0)
        {
            Console.Error.WriteLine($"There is no case {settings.Only}. The cases are: {string.Join(", ", Catalog.All(settings).Select(item => item.Name))}.");
            return 2;
        }

        var load = new LoadWatch();
        var machine = Machine.Describe(PythonRunner.Version, CRunner.Version);
        Console.WriteLine(machine);
        if (PythonRunner.Absence is { } noPython)
        {
            Console.WriteLine(noPython);
        }

        if (CRunner.Absence is { } noCompiler)
        {
            Console.WriteLine(noCompiler);
        }

        var rows = new List<Row>();
        foreach (var item in cases)
        {
            load.Look();
            rows.AddRange(Runner.Run(item, settings.Rounds));
        }

        load.Look();
        Console.WriteLine();
        Console.WriteLine(TextTable.Of(rows));
        Console.WriteLine(load);
        if (settings.Mode is Mode.Gate)
        {
            return Gate.Pass(cases, rows, item => Runner.Run(item, settings.Rounds)) ? 0 : 1;
        }

        if (settings.Mode is Mode.Record)
        {
            Gate.Record(rows);
        }
        else if (settings.Only is null)
        {
            Report.Write(rows, machine, load);
        }

        return 0;
    }
}
