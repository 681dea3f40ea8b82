using Multiprocessing;
using Spectre.Console;

namespace Batch;

/// <summary>Runs the batch, from the list of files to the comparison.</summary>
internal sealed class BatchRun(Settings settings)
{
    private const int ErrorsShown = 5;

    /// <returns>0 if all files were examined and all ways had the same result.</returns>
    public async Task<int> RunAsync()
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        var files = Directory.EnumerateFiles(settings.Folder, "*", all).Select(path => Path.GetRelativePath(settings.Folder, path)).Order(StringComparer.Ordinal).ToList();
        var crashes = files.Count(path => FileJob.IsUnlucky(path, settings.CrashShare));
        Say($"{files.Count} files below {settings.Folder}{(crashes > 0 ? $"; at {crashes} of them the worker will crash" : "")}.");

        var pool = await RunPoolAsync(files);
        CsvFile.Write(settings.Output, pool.Reports);
        Say($"{pool.Reports.Count} files, {pool.Reports.Sum(report => report.Bytes) / 1e6:0} MB, {pool.Reports.Sum(report => report.Words):#,0} words: {settings.Output}");
        foreach (var error in pool.Errors.Take(ErrorsShown))
        {
            Say($"failed: {error.Message}");
        }

        Console.WriteLine($"{Environment.NewLine}{pool.Insights}{Environment.NewLine}"); // a table of its own, which is not to be broken
        var isSame = !settings.Compare || Compare(pool, [Contender.Threads(files, settings), Contender.Single(files, settings)], crashes);
        return isSame && pool.Errors.Count == 0 ? 0 : 1;
    }

    private async Task<Contender> RunPoolAsync(IReadOnlyList<string> files)
    {
        await using (settings.Report is { } path ? ProgramRecorder.StartCurrent(new() { ReportPath = path }) : null)
        {
            return await Contender.PoolAsync(files, settings);
        }
    }

    private static bool Compare(Contender pool, IReadOnlyList<Contender> others, int crashes)
    {
        var table = new Table().AddColumns("", "time", "files", "crashes survived", "result");
        table.AddRow(Cells(pool, $"{crashes}", "-"));
        var isSame = true;
        foreach (var other in others)
        {
            var same = other.Reports.SequenceEqual(pool.Reports);
            isSame &= same;
            table.AddRow(Cells(other, crashes > 0 ? "would end at the first" : "-", same ? "the same" : "DIFFERENT"));
        }

        AnsiConsole.Write(table);
        return isSame;
    }

    private static string[] Cells(Contender contender, string crashes, string result) =>
        [contender.Name, $"{contender.Time.TotalSeconds:0.00} s", $"{contender.Reports.Count}", crashes, result];

    // A path may contain square brackets, which are markup elsewhere.
    private static void Say(string text) => AnsiConsole.Write(new Text(text + Environment.NewLine));
}
