using ClusterModel;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>The simulation of the scheduler (<c>benchmarks/ClusterModel</c>), with the costs that the benchmark has measured last.</summary>
public class ModelTests
{
    /// <summary>The page of the benchmark states it.</summary>
    private const double Factor = 2;

    private static readonly Costs Measured = Costs.Read(Path.Combine(AppContext.BaseDirectory, "costs.json"));

    private static ClusterModel.Outcome Run(int nodes, double task, int seed = 1) =>
        new Simulation(Measured, new Setting(nodes, 16, task, 16, 2 * nodes * 16), seed).Run(20_000);

    [Fact]
    public void With_two_nodes_it_agrees_with_what_was_measured()
    {
        var measured = 1e9 / Measured.Measured.TaskNanoseconds;
        var model = new Simulation(Measured, new Setting(2, 1, 1e-6, Measured.Processors, 256, OneMachine: true), seed: 1).Run(20_000).TasksPerSecond;
        (model / measured).ShouldBeInRange(1 / Factor, Factor);
    }

    [Fact]
    public void The_same_seed_gives_the_same_outcome_and_another_seed_a_similar_one()
    {
        Run(10, 0.01).ShouldBe(Run(10, 0.01));
        Run(10, 0.01, seed: 2).ShouldNotBe(Run(10, 0.01));
        Run(10, 0.01, seed: 2).TasksPerSecond.ShouldBe(Run(10, 0.01).TasksPerSecond, 0.1 * Run(10, 0.01).TasksPerSecond);
    }

    [Fact]
    public void Long_tasks_keep_all_workers_busy_and_short_ones_do_not_where_the_caller_is_the_limit()
    {
        Run(10, 1).Limit.ShouldBe("workers");
        var bent = Run(1_000, 1e-3);
        (bent.TasksPerSecond / bent.Ideal).ShouldBeLessThan(0.5);
        bent.Limit.ShouldStartWith("caller");
    }
}
