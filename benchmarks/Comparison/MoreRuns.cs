using System.Text;

namespace Comparison;

/// <summary>The part of <c>benchmarks.md</c> that names the other runs, with links to the pages that they have written.</summary>
internal static class MoreRuns
{
    private static readonly (string Command, string Page, string What)[] Runs =
    [
        ("Comparison -- --pairs 30", "benchmarks-pairs.md", "throughput and round trip over 30 pairs of new processes, beside the limit in turn: least, median, p95, and whether both are slow in the same turns"),
        ("Comparison -- --cold", "benchmarks-cold.md", "the first 100,000 operations of a program that has just started, and as many when its code is fully compiled"),
        ("Comparison -- --curves", "benchmarks-growth.md", "how times and memory grow with processes, workers, tasks, queues and bytes, beside CPython and threads; with a picture of each curve"),
        ("Comparison -- --latency", "benchmarks-latency.md", "p50, p99 and p99.9 of a queue, a lock and a pool, alone and while another program uses all processors, beside CPython"),
        ("Services", "service-benchmarks.md", "calls into another process, beside gRPC, StreamJsonRpc, named pipes, lines of JSON, CPython, and channels of one process as the bound"),
        ("Cluster", "cluster-benchmarks.md", "tasks on other nodes, beside a TLS socket and RabbitMQ; when tasks of a killed or frozen node start elsewhere; and a model of more nodes than there are here"),
    ];

    public static string Markdown()
    {
        var text = new StringBuilder();
        text.AppendLine("## Other runs");
        text.AppendLine();
        text.AppendLine("Each writes a page of its own into `docs/internals`; a run with `--quick` or of a part writes into `artifacts/benchmarks`. `benchmarks/all.sh` runs all of them, one after the other; leave the machine alone meanwhile.");
        text.AppendLine();
        text.AppendLine("| command | what it measures | page |");
        text.AppendLine("|---|---|---|");
        foreach (var (command, page, what) in Runs)
        {
            var link = File.Exists(Path.Combine(Places.Documents, page)) ? $"[{page}]({page})" : "not measured yet";
            text.AppendLine($"| `dotnet run -c Release --project benchmarks/{command}` | {what} | {link} |");
        }

        return text.ToString().TrimEnd();
    }
}
