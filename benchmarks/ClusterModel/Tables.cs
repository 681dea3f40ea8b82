using System.Globalization;

namespace ClusterModel;

/// <summary>The tables of the model, as lines of cells. The first line is the head.</summary>
internal static class Tables
{
    private const int Workers = 16;
    private const int CallerProcessors = 16;
    private const int Tasks = 60_000;
    private static readonly int[] NodeCounts = [10, 100, 1_000];
    private static readonly double[] Times = [1e-3, 10e-3, 100e-3, 1];

    public static string File => Path.Combine(Places.Benchmarks, "ClusterModel", "costs.json");

    /// <summary>Two nodes with one worker each beside the caller on one machine, as they were measured.</summary>
    public static Outcome AsMeasured(Costs costs) =>
        new Simulation(costs, new Setting(2, 1, 1e-6, costs.Processors, 256, OneMachine: true), seed: 1).Run(Tasks);

    public static IReadOnlyList<string[]> Scheduler(Costs costs) =>
    [
        ["nodes", "task", "tasks a second", "of what the workers could do", "caller's processors", "looks for a node", "caller's network", "limit"],
        .. from nodes in NodeCounts
           from time in Times
           select Line(nodes, time, new Simulation(costs, new Setting(nodes, Workers, time, CallerProcessors, 2 * nodes * Workers * Room(time)), seed: 1).Run(Tasks + (4 * nodes * Workers))),
    ];

    public static IReadOnlyList<string[]> Membership(Costs costs) =>
    [
        ["members", "probes a second", "rows read from the store a second"],
        .. from nodes in NodeCounts
           let members = nodes + 1
           select (string[])[
               Number(members), Number(members * Math.Min(costs.ProbedMembers, members - 1) / costs.ProbeSeconds), Number((double)members * members / costs.TableSeconds)],
    ];

    private static int Room(double time) => time <= 3e-3 ? 4 : 1;

    private static string[] Line(int nodes, double time, Outcome outcome) =>
    [
        Number(nodes), Time(time), Number(outcome.TasksPerSecond), Percent(outcome.TasksPerSecond / outcome.Ideal),
        Percent(outcome.CallerUse), Percent(outcome.GateUse), $"{(outcome.BytesPerSecond / 1e6).ToString("0.0", CultureInfo.InvariantCulture)} MB/s", outcome.Limit,
    ];

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Percent(double value) => (100 * value).ToString("0", CultureInfo.InvariantCulture) + " %";

    private static string Time(double seconds) => (seconds * 1000).ToString("0", CultureInfo.InvariantCulture) + " ms";
}
