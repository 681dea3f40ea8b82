using System.Diagnostics;
using System.Globalization;
using System.Text;
using Shouldly;

namespace Multiprocessing.ClusterTests;

/// <summary>
/// Every start and every end of every attempt, written by the tasks themselves: one write of one line each, to a file of the worker's process. The
/// times are those of the machine's monotonic clock, which all its processes have.
/// </summary>
internal sealed class TaskLedger
{
    private TaskLedger(string folder) => Folder = folder;

    public string Folder { get; }

    public static TaskLedger Create(string parent)
    {
        var folder = Path.Combine(parent, $"run-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        return new TaskLedger(folder);
    }

    /// <summary>The body of the tasks.</summary>
    public static int Work(string folder, int id)
    {
        Note(folder, $"start {id} {CurrentTask.Attempt} {Stopwatch.GetTimestamp()}\n");
        Thread.Sleep(2 + (id % 5 * 5)); // some shorter than what a node gets ahead, some longer
        Note(folder, $"end {id} {CurrentTask.Attempt} {Stopwatch.GetTimestamp()}\n");
        return id * 2;
    }

    public IReadOnlyList<Entry> Read() =>
    [
        .. Directory.EnumerateFiles(Folder).SelectMany(ReadLines).Select(static line => line.Split(' ')).Where(static parts => parts.Length == 4)
            .Select(static parts => new Entry(parts[0] == "start", Number(parts[1]), Number(parts[2]), long.Parse(parts[3], CultureInfo.InvariantCulture))),
    ];

    public int CountEnds() => Read().Count(static entry => !entry.IsStart);

    /// <summary>Checks all that holds for each fault.</summary>
    /// <param name="tasks">The number of tasks.</param>
    /// <param name="attempts">How many each may have.</param>
    /// <param name="outcomes">What the caller got.</param>
    /// <returns>The tasks that started more than once.</returns>
    public int Check(int tasks, int attempts, IReadOnlyCollection<Outcome<int>> outcomes)
    {
        var entries = Read();
        var starts = entries.Where(static entry => entry.IsStart).ToLookup(static entry => entry.Task);
        var ends = entries.Where(static entry => !entry.IsStart).ToLookup(static entry => entry.Task);

        // One reply for each call, and the right one.
        outcomes.Select(static outcome => outcome.Index).Order().ShouldBe(Enumerable.Range(0, tasks).Select(static index => (long)index));
        foreach (var outcome in outcomes)
        {
            var task = (int)outcome.Index;
            if (outcome.IsSuccess)
            {
                outcome.Result.ShouldBe(task * 2);
                ends[task].ShouldNotBeEmpty($"task {task} has a result, so it has ended");
            }
            else
            {
                outcome.Error.ShouldBeOfType<NodeLostException>().Attempts.ShouldBe(attempts);
            }
        }

        // Each attempt starts and ends at most once, and what has ended has started.
        foreach (var of in starts)
        {
            of.Select(static entry => entry.Attempt).ShouldBeUnique($"attempts of task {of.Key} that started");
            of.Count().ShouldBeLessThanOrEqualTo(attempts);
            of.ShouldAllBe(entry => entry.Attempt >= 1 && entry.Attempt <= attempts);
        }

        foreach (var of in ends)
        {
            of.Select(static entry => entry.Attempt).ShouldBeUnique($"attempts of task {of.Key} that ended");
            of.Select(static entry => entry.Attempt).ShouldBeSubsetOf(starts[of.Key].Select(static entry => entry.Attempt));
        }

        return starts.Count(static of => of.Count() > 1);
    }

    private static void Note(string folder, string line)
    {
        using var file = new FileStream(Path.Combine(folder, $"{Environment.ProcessId}"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(Encoding.ASCII.GetBytes(line));
    }

    /// <summary>A line without an end is one that is just being written.</summary>
    private static IEnumerable<string> ReadLines(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    internal sealed record Entry(bool IsStart, int Task, int Attempt, long Time);
}
