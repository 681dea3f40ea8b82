using System.Collections.Concurrent;
using System.Diagnostics;
using Multiprocessing;

namespace Batch;

/// <summary>One way to do all files.</summary>
/// <param name="Name">For readers.</param>
/// <param name="Time">From the first file to the last.</param>
/// <param name="Reports">In the order of the files, those that failed left out.</param>
/// <param name="Errors">Of those that failed.</param>
/// <param name="Insights">Where a pool's time went.</param>
internal sealed record Contender(string Name, TimeSpan Time, IReadOnlyList<FileReport> Reports, IReadOnlyList<Exception> Errors, PoolInsights? Insights = null)
{
    private const int Attempts = 3;

    /// <summary>In worker processes, of which each may crash: its file is tried again in another one.</summary>
    public static async Task<Contender> PoolAsync(IReadOnlyList<string> files, Settings settings, Action<Step> report)
    {
        var (folder, crashShare) = (settings.Folder, settings.CrashShare);
        var (reports, errors) = (new List<FileReport>(files.Count), new List<Exception>());
        var watch = Stopwatch.StartNew();
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = settings.Workers, MaxAttempts = Attempts });
        await foreach (var outcome in pool.StreamOutcomesAsync(files, path => FileJob.ExamineOrCrash(folder, path, crashShare), new() { Name = "examine" }))
        {
            if (outcome.IsSuccess)
            {
                reports.Add(outcome.Result);
            }
            else
            {
                errors.Add(outcome.Error);
            }

            report(new Step(reports.Count + errors.Count, errors.Count, pool.BusyWorkers, settings.Workers));
        }

        return new Contender($"ProcessPool, {settings.Workers} workers", watch.Elapsed, reports, errors, pool.GetInsights());
    }

    /// <summary>On the threads of this process. One crash would end it all, so nothing crashes here.</summary>
    public static Contender Threads(IReadOnlyList<string> files, Settings settings)
    {
        var errors = new ConcurrentQueue<Exception>();
        var reports = new FileReport?[files.Count];
        var watch = Stopwatch.StartNew();
        Parallel.For(0, files.Count, new ParallelOptions { MaxDegreeOfParallelism = settings.Workers }, i => Examine(files, settings, reports, errors, i));
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
