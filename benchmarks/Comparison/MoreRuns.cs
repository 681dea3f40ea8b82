namespace Comparison;

/// <summary>The part of <c>benchmarks.md</c> that names the other runs.</summary>
internal static class MoreRuns
{
    public const string Markdown =
        """
        ## Other runs

        Each writes a page of its own into `docs/internals`; a run with `--quick` or of a part writes into `artifacts/benchmarks`. `benchmarks/all.sh` runs all of them, one after the other; leave the machine alone meanwhile.

        | command | what it measures |
        |---|---|
        | `dotnet run -c Release --project benchmarks/Comparison -- --pairs 30` | throughput and round trip over 30 pairs of new processes, beside the limit in turn: least, median, p95, and whether both are slow in the same turns |
        | `dotnet run -c Release --project benchmarks/Comparison -- --cold` | the first 100,000 operations of a program that has just started, and as many when its code is fully compiled |
        | `dotnet run -c Release --project benchmarks/Comparison -- --curves` | how times and memory grow with processes, workers, tasks, queues and bytes, beside CPython and threads; with a picture of each curve |
        | `dotnet run -c Release --project benchmarks/Comparison -- --latency` | p50, p99 and p99.9 of a queue, a lock and a pool, alone and while another program uses all processors, beside CPython |
        | `dotnet run -c Release --project benchmarks/Services` | [calls into another process](service-benchmarks.md), beside gRPC, StreamJsonRpc, named pipes, lines of JSON, CPython, and channels of one process as the bound |
        """;
}
