using System.Globalization;
using System.Text;

namespace ClusterBenchmarks;

/// <summary>Writes <c>docs/internals/cluster-benchmarks.md</c>, and prints the same tables.</summary>
internal static class Page
{
    private const double MaxRoundTrip = 400_000;
    private const double MinTasksPerSecond = 15_000;

    public static void Write(IReadOnlyList<Row> rows, IReadOnlyList<Row> starts, IReadOnlyList<string> contenders, Costs? costs, LoadWatch load, bool isWhole)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks of the cluster");
        text.AppendLine();
        text.AppendLine("A caller and two nodes with one worker each, in processes of one machine, over its loopback with certificates on both sides. Beside them: one TLS socket to each of two processes, which run the task in the thread that reads, and RabbitMQ with a quorum queue, confirmed messages and two consumers. They take turns.");
        text.AppendLine("A figure is the median of the turns (in brackets the least). The socket is the bound: it has no members, no retry, no cancellation, and a task that dies ends its server. RabbitMQ writes each task to its disk, which the others do not.");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Measured on {DateTime.UtcNow:yyyy-MM-dd}: {Machine.Describe()}. {load}");
        text.AppendLine();
        text.AppendLine(Columns.AsMarkdown(
        [
            ["what", .. contenders],
            .. rows.Select(row => (string[])[row.What, .. contenders.Select(name => Figure(row.Of(name)))]),
            ["the same, tasks a second", .. contenders.Select(name => Count(1e9 / rows[1].Of(name).Median))],
        ]));
        text.AppendLine();
        text.AppendLine("Aims:");
        text.AppendLine();
        var (roundTrip, speed) = (rows[0].Of("cluster").Median, 1e9 / rows[1].Of("cluster").Median);
        text.AppendLine(Columns.AsMarkdown(
        [
            ["what", "aim", "measured", ""],
            [rows[0].What, "<= " + Unit.Nanoseconds.Format(MaxRoundTrip), Unit.Nanoseconds.Format(roundTrip), roundTrip <= MaxRoundTrip ? "met" : "missed"],
            ["tasks a second, 256 in flight", ">= " + Count(MinTasksPerSecond), Count(speed), speed >= MinTasksPerSecond ? "met" : "missed"],
            StartAim(starts[0], 2),
            StartAim(starts[1], 6),
        ]));
        text.AppendLine();
        text.AppendLine("The time until a task starts elsewhere is that of a cluster of three nodes with the default detection: from the signal to the first line of the body on another node.");
        if (costs is not null)
        {
            Model(text, costs);
        }

        text.AppendLine();
        text.Append(Pages.MeasureAgain("`--quick` for less work, `--only cluster` for one contender, `--no-failures` to kill no node", "dotnet run -c Release --project benchmarks/Cluster", "dotnet run -c Release --project benchmarks/ClusterModel"));
        Console.WriteLine(text);
        Pages.Write("cluster-benchmarks.md", text.ToString(), isWhole);
    }

    private static void Model(StringBuilder text, Costs costs)
    {
        var outcome = Tables.AsMeasured(costs);
        text.AppendLine();
        text.AppendLine("## More nodes than there are here");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"`benchmarks/ClusterModel` simulates the scheduler, event by event, with the costs of the fastest turn, which other programs disturbed least: each task takes {Unit.Nanoseconds.Format(costs.Measured.CallerNanoseconds)} of processor time at its caller and {Unit.Nanoseconds.Format(costs.Measured.NodeNanoseconds)} at its node, and {costs.Measured.Bytes:0} bytes on the network in both directions; looking at one node for room takes {costs.LookNanoseconds:0} ns.");
        text.AppendLine(CultureInfo.InvariantCulture, $"With two nodes on this machine it says {Count(outcome.TasksPerSecond)} tasks a second; measured were {Count(1e9 / costs.Measured.TaskNanoseconds)} in that turn. A test fails if they differ by more than a factor of 2.");
        text.AppendLine("In the table a caller with 16 processors has nodes with 16 workers and 16 processors each, and twice as many tasks in flight as its nodes take.");
        text.AppendLine();
        text.AppendLine(Columns.AsMarkdown(Tables.Scheduler(costs)));
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Members probe up to {costs.ProbedMembers} others each {costs.ProbeSeconds:0.#} s, and each reads the whole table every {costs.TableSeconds:0} s:");
        text.AppendLine();
        text.AppendLine(Columns.AsMarkdown(Tables.Membership(costs)));
        text.AppendLine();
        text.AppendLine("What bends first is the caller: short tasks are bounded by one process however many nodes there are. Send them in larger pieces, or from several callers. At 1,000 nodes the limit is the search for the least loaded one, which one thread does at a time. The model lets all else that the caller does run on all of its processors, so its figures above 200,000 tasks a second are upper bounds. What the members read from their store grows with the square of their number: it is little up to 100 of them, and too much for a small database at 1,000.");
    }

    private static string[] StartAim(Row row, double seconds)
    {
        var least = row.Of("cluster");
        var measured = double.IsNaN(least.Median) ? "-" : Figure(least);
        return [$"{row.What}: the task starts elsewhere", $"<= {seconds:0} s", measured, double.IsNaN(least.Median) ? "not measured" : least.Median <= seconds * 1e9 ? "met" : "missed"];
    }

    private static string Figure(Sample sample) =>
        double.IsNaN(sample.Median) ? "-" : $"{Unit.Nanoseconds.Format(sample.Median)} ({Unit.Nanoseconds.Format(sample.Least)})";

    private static string Count(double value) => double.IsNaN(value) ? "-" : value.ToString("#,0", CultureInfo.InvariantCulture);
}
