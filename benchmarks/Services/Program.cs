using Services.Contenders;

namespace Services;

/// <summary>
/// Calls into another process, by this library and by others, in turn. <c>--quick</c> does less work in each turn. <c>--only name</c> runs the cases whose
/// name contains it, <c>--with name</c> the contenders; then no file is written. A quick run writes the page of the documentation only with <c>--force</c>.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [GrpcServer.Argument, var socket]:
                await GrpcServer.RunAsync(socket).ConfigureAwait(false);
                return 0;
            case [ManagerSocketServer.Argument, var socket]:
                await ManagerSocketServer.RunAsync(socket).ConfigureAwait(false);
                return 0;
            case [NamedPipeServer.Argument, var pipe]:
                NamedPipeServer.Run(pipe);
                return 0;
            case [StreamJsonRpcServer.Argument, var pipe]:
                StreamJsonRpcServer.Run(pipe);
                return 0;
            case [JsonServer.Argument]:
                JsonServer.Run();
                return 0;
        }

        if (!Settings.TryParse(args, out var settings, out var refusal))
        {
            Console.Error.WriteLine(refusal);
            return 2;
        }

        return Compare(settings);
    }

    private static int Compare(Settings settings)
    {
        var work = Catalog.Work(settings).Where(item => settings.Includes(item.Name)).ToList();
        var special = Catalog.SpecialCases.Where(item => settings.Includes(item.Name)).ToList();
        if (work.Count + special.Count == 0)
        {
            var names = Catalog.Work(settings).Select(item => item.Name).Concat(Catalog.SpecialCases.Select(item => item.Name));
            Console.Error.WriteLine($"There is no case {settings.Only}. The cases are: {string.Join(", ", names)}.");
            return 2;
        }

        var load = new LoadWatch();
        var machine = Machine.Describe(PythonRunner.Version);
        Console.WriteLine(machine);
        if (PythonRunner.Absence is { } noPython)
        {
            Console.WriteLine(noPython);
        }

        var contenders = Catalog.Contenders().Where(contender => settings.IncludesContender(contender.Name)).ToList();
        var rows = new List<Row>();
        var summaries = new List<string>();
        try
        {
            foreach (var item in work)
            {
                load.Look();
                rows.Add(Runner.Run(item, contenders, settings));
            }
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
        }

        foreach (var item in special)
        {
            load.Look();
            var (more, summary) = item.Run(settings);
            rows.AddRange(more);
            summaries.Add(summary);
        }

        load.Look();
        Print(rows, [.. contenders.Select(contender => contender.Name)], summaries, load);
        if (settings.IsWhole)
        {
            Report.Write(rows, [.. contenders.Select(contender => contender.Name)], summaries, $"{machine}. {load}", settings);
        }

        return 0;
    }

    private static void Print(IReadOnlyList<Row> rows, IReadOnlyList<string> contenders, IReadOnlyList<string> summaries, LoadWatch load)
    {
        Console.WriteLine();
        Console.WriteLine(Columns.AsText(Tables.Figures(rows, contenders)));
        Console.WriteLine();
        Console.WriteLine(Columns.AsText(Tables.Ratios(rows)));
        Console.WriteLine();
        Console.WriteLine(Columns.AsText(Tables.Aims(rows)));
        foreach (var summary in summaries)
        {
            Console.WriteLine(summary);
        }

        Console.WriteLine(load);
    }
}
