using Spectre.Console;
using Spectre.Console.Rendering;

namespace Multiprocessing;

/// <summary>The workers of a pool: one line for each, or one character for each if they are many.</summary>
internal static class WorkerLines
{
    // A task that is over sooner flickers, and its name cannot be read.
    private static readonly TimeSpan ReadableTime = TimeSpan.FromMilliseconds(200);

    private static readonly Style Busy = new(foreground: Color.Aqua);
    private static readonly Style Dim = new(foreground: Color.Grey);
    private static readonly Style Starting = new(foreground: Color.Yellow);

    public static List<List<Segment>> Of(PoolProgress progress, RenderOptions options, int width, int maxLines)
    {
        var workers = progress.Workers;
        if (maxLines < 1 || workers.Count == 0 || width < 8)
        {
            return [];
        }

        return workers.Count <= maxLines
            ? [.. workers.OrderBy(static worker => worker.Number).Select(worker => LineOf(worker, options, width))]
            : [Strip(progress, options, width)];
    }

    private static List<Segment> LineOf(WorkerInsights worker, RenderOptions options, int width)
    {
        var style = StyleOf(worker.Activity);
        var number = Texts.Invariant($"{worker.Number,4} ");
        var state = worker.Activity switch
        {
            WorkerActivity.Busy when worker.CurrentTask is { } task && worker.CurrentTaskTime is { } time && time >= ReadableTime =>
                $"{Texts.Clean(task)} {Texts.Seconds(time)}",
            WorkerActivity.Busy => "busy",
            WorkerActivity.Idle => "idle",
            WorkerActivity.Starting => "starting",
            _ => "ending",
        };
        List<Segment> line = [new(number, Dim), new(Glyph(worker.Activity, options), style), new(" ")];
        var room = width - Segment.CellCount(line);
        var tail = Texts.Invariant($" {worker.TasksCompleted} done, pid {worker.ProcessId}");
        if (room < 16 + tail.Length || worker.ProcessId is null)
        {
            tail = Texts.Invariant($" {worker.TasksCompleted} done");
        }

        if (room < 8 + tail.Length)
        {
            tail = "";
        }

        // In a column of its own, which a long name makes wider as far as there is room.
        state = BarLine.Cut(state, room - tail.Length);
        var cells = BarLine.CellsOf(state);
        var column = Math.Clamp(32, cells, Math.Max(room - tail.Length, cells));
        line.Add(new Segment(state + new string(' ', tail.Length > 0 ? column - cells : 0), style));
        line.Add(new Segment(tail, Dim));
        return Segment.CellCount(line) <= width ? line : Segment.Truncate(line, width);
    }

    /// <summary>Neighbours in the same state are one segment.</summary>
    private static List<Segment> Strip(PoolProgress progress, RenderOptions options, int width)
    {
        var workers = progress.Workers;
        var starting = workers.Count(static worker => worker.Activity == WorkerActivity.Starting);
        var text = Texts.Invariant($" {progress.BusyWorkers} of {workers.Count} busy")
            + (starting > 0 ? Texts.Invariant($", {starting} starting") : "");
        List<Segment> line = [new("     ")];
        if (workers.Count + text.Length + 5 <= width)
        {
            foreach (var run in Runs(workers.OrderBy(static worker => worker.Number).Select(static worker => worker.Activity)))
            {
                line.Add(new Segment(BarLine.Repeat(Glyph(run.Activity, options), run.Count), StyleOf(run.Activity)));
            }
        }
        else
        {
            text = text[1..].Replace(" busy", " workers busy", StringComparison.Ordinal);
        }

        line.Add(new Segment(text, Dim));
        return Segment.CellCount(line) <= width ? line : Segment.Truncate(line, width);
    }

    private static IEnumerable<(WorkerActivity Activity, int Count)> Runs(IEnumerable<WorkerActivity> activities)
    {
        (WorkerActivity Activity, int Count) run = default;
        foreach (var activity in activities)
        {
            if (run.Count > 0 && activity != run.Activity)
            {
                yield return run;
                run = default;
            }

            run = (activity, run.Count + 1);
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    private static string Glyph(WorkerActivity activity, RenderOptions options) => (activity, options.Unicode) switch
    {
        (WorkerActivity.Busy, true) => "■",
        (WorkerActivity.Busy, false) => "#",
        (WorkerActivity.Starting, true) => "▪",
        (WorkerActivity.Starting, false) => "+",
        (WorkerActivity.Idle, true) => "□",
        (_, true) => "·",
        _ => ".",
    };

    private static Style StyleOf(WorkerActivity activity) => activity switch
    {
        WorkerActivity.Busy => Busy,
        WorkerActivity.Starting => Starting,
        _ => Dim,
    };
}
