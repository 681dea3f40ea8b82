using System.Globalization;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// The progress of one <c>MapAsync</c>, <c>StreamAsync</c> or <c>ForEachAsync</c>, as <see cref="MapOptions.Progress"/> receives it. Immutable.
/// </summary>
/// <example>
/// <code>
/// var progress = new Progress&lt;PoolProgress>(now => Console.WriteLine(now)); // 581 of 1000, 103/s, 0:00:04 left
/// await using var pool = new ProcessPool();
/// int[] lengths = await pool.MapAsync(Directory.GetFiles("."), path => path.Length, new() { Progress = progress });
/// </code>
/// </example>
public sealed record PoolProgress
{
    /// <summary>Gets the number of the call, unique in this process: a receiver of several calls distinguishes them by it.</summary>
    public long CallNumber { get; init; }

    /// <summary>Gets the name of the pool.</summary>
    public string PoolName { get; init; } = "";

    /// <summary>Gets the name of the tasks: <see cref="TaskOptions.Name"/>, or the name of the body's method.</summary>
    public string TaskName { get; init; } = "";

    /// <summary>Gets a value that indicates whether the call runs, and how it ended.</summary>
    public PoolProgressState State { get; init; }

    /// <summary>Gets a value that indicates whether this is the last report of the call.</summary>
    public bool IsFinal => State != PoolProgressState.Running;

    /// <summary>
    /// Gets the number of items whose tasks have ended, including failed ones. A stream's reader may not have read all of them yet.
    /// </summary>
    public long Completed { get; init; }

    /// <summary>Gets how many of <see cref="Completed"/> failed.</summary>
    public long Failed { get; init; }

    /// <summary>
    /// Gets the number of items, or <see langword="null"/> while it is not known. It is known if the source has a count
    /// (<see cref="Enumerable.TryGetNonEnumeratedCount{TSource}"/>), if <see cref="MapOptions.ExpectedCount"/> states it, or when the source has
    /// ended.
    /// </summary>
    public long? Total { get; init; }

    /// <summary>
    /// Gets the items per second. Recent ones count more than older ones, over at least about 10 seconds and four items for each worker; the last
    /// report has the average of the whole call.
    /// </summary>
    public double Rate { get; init; }

    /// <summary>Gets the time since the call began.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>
    /// Gets the estimated time until the last item has ended, at the present <see cref="Rate"/>; <see langword="null"/> if <see cref="Total"/> is not
    /// known or no item has ended yet.
    /// </summary>
    public TimeSpan? EstimatedTimeLeft { get; init; }

    /// <summary>Gets the maximum number of workers of the pool.</summary>
    public int MaxWorkers { get; init; }

    /// <summary>Gets how many <see cref="Workers"/> have tasks, of this call or of another one.</summary>
    public int BusyWorkers => Workers.Count(static worker => worker.Activity == WorkerActivity.Busy);

    /// <summary>Gets the number of workers of the pool that have died since the call began. Their tasks failed or started again.</summary>
    public int WorkersDied { get; init; }

    /// <summary>
    /// Gets the workers of the pool that are alive, in the order of their numbers. Those of other machines (<c>ClusterPool</c>) have no process id
    /// and no task, and as many of a node are busy as it has tasks.
    /// </summary>
    public IReadOnlyList<WorkerInsights> Workers { get; init; } = [];

    /// <summary>Gets the completed share, from 0 to 1; <see langword="null"/> if <see cref="Total"/> is not known. 1 if there are no items.</summary>
    public double? Fraction => Total is not { } total ? null : total == 0 ? 1 : Math.Min(1, (double)Completed / total);

    /// <summary>Returns one line, such as <c>581 of 1000, 103/s, 0:00:04 left, 2 failed</c>.</summary>
    /// <returns>The line, in the invariant culture.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Completed}");
        if (Total is { } total)
        {
            text.Append(CultureInfo.InvariantCulture, $" of {total}");
        }

        text.Append(CultureInfo.InvariantCulture, $", {RateText}");
        if (IsFinal)
        {
            text.Append(CultureInfo.InvariantCulture, $", {(State == PoolProgressState.Stopped ? "stopped after" : "in")} {ClockText(Elapsed)}");
        }
        else if (EstimatedTimeLeft is { } left)
        {
            text.Append(CultureInfo.InvariantCulture, $", {ClockText(left)} left");
        }

        if (Failed > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", {Failed} failed");
        }

        if (WorkersDied > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", {WorkersDied} {(WorkersDied == 1 ? "worker" : "workers")} died");
        }

        return text.ToString();
    }

    // Slow items are counted by the minute or the hour: "0.0/s" says nothing.
    private string RateText => Rate switch
    {
        >= 9.95 => string.Create(CultureInfo.InvariantCulture, $"{Rate:0}/s"),
        >= 0.995 or 0 => string.Create(CultureInfo.InvariantCulture, $"{Rate:0.#}/s"),
        >= 0.995 / 60 => string.Create(CultureInfo.InvariantCulture, $"{Rate * 60:0.#}/min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Rate * 3600:0.#}/h"),
    };

    private static string ClockText(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");
}
