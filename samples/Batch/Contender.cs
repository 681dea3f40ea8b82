using System.Collections.Concurrent;
using System.Diagnostics;
using Multiprocessing;

namespace Batch;

/// <summary>One way to process all files.</summary>
/// <param name="Name">The name of the way in the table.</param>
/// <param name="Time">The time from the first file to the last.</param>
/// <param name="Reports">The reports in the order of the files, without failed ones.</param>
/// <param name="Errors">The errors of the files that failed.</param>
/// <param name="Insights">Where the time of a pool was spent.</param>
internal sealed record Contender(
    string Name, TimeSpan Time, IReadOnlyList<FileReport> Reports, IReadOnlyList<Exception> Errors, PoolInsights? Insights = null)
{
    private const int Attempts = 3;

    /// <summary>Runs in worker processes. Each of them may crash: its file is repeated in another worker.</summary>
    public static async Task<Contender> PoolAsync(IReadOnlyList<string> files, Settings settings)
    {
        var (folder, crashShare) = (settings.Folder, settings.CrashShare);
        var (reports, errors) = (new List<FileReport>(files.Count), new List<Exception>());
        var watch = Stopwatch.StartNew();
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = settings.Workers, MaxAttempts = Attempts });
        var options = new MapOptions { Name = "examine", Progress = new ConsoleProgress("hashing") };
        await foreach (var outcome in pool.StreamOutcomesAsync(files, path => FileJob.ExamineOrCrash(folder, path, crashShare), options))
        {
            if (outcome.IsSuccess)
            {
                reports.Add(outcome.Result);
            }
            else
            {
                errors.Add(outcome.Error);
            }
        }

        return new Contender($"ProcessPool, {settings.Workers} workers", watch.Elapsed, reports, errors, pool.GetInsights());
    }

    /// <summary>Runs on the threads of this process. One crash would end all of them, so nothing crashes here.</summary>
    public static Contender Threads(IReadOnlyList<string> files, Settings settings)
    {
        var errors = new ConcurrentQueue<Exception>();
        var reports = new FileReport?[files.Count];
        var watch = Stopwatch.StartNew();
        Parallel.For(
            0, files.Count, new ParallelOptions { MaxDegreeOfParallelism = settings.Workers }, i => Examine(files, settings, reports, errors, i));
        return new Contender($"Parallel.For, {settings.Workers} threads", watch.Elapsed, [.. reports.OfType<FileReport>()], [.. errors]);
    }

    public static Contender Single(IReadOnlyList<string> files, Settings settings)
    {
        var errors = new ConcurrentQueue<Exception>();
        var reports = new FileReport?[files.Count];
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < files.Count; i++)
        {
            Examine(files, settings, reports, errors, i);
        }

        return new Contender("one thread", watch.Elapsed, [.. reports.OfType<FileReport>()], [.. errors]);
    }

    private static void Examine(IReadOnlyList<string> files, Settings settings, FileReport?[] reports, ConcurrentQueue<Exception> errors, int index)
    {
        try
        {
            reports[index] = FileJob.Examine(settings.Folder, files[index]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.Enqueue(exception);
        }
    }
}
