using Xunit;

namespace Multiprocessing.Tests.Services;

/// <summary>Services whose lives a supervisor begins and ends.</summary>
public class SupervisedServiceTests : ProcessTest
{
    [Fact]
    public Task The_proxy_stays_the_same_when_the_supervisor_starts_the_service_again() => Watchdog.Run(async () =>
    {
        await using var supervisor = new ProcessSupervisor();
        var laboratory = supervisor.AddService<ILaboratory>("lab", () => new Laboratory());
        Assert.Equal(3, laboratory.Add(1, 2));
        var first = laboratory.ProcessId;
        Assert.Throws<ServiceDiedException>(() => laboratory.Kill());
        Assert.Equal(7, laboratory.Add(3, 4));
        Assert.NotEqual(first, laboratory.ProcessId);
        Assert.Contains("lab", supervisor.ToString(), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_call_beyond_its_limit_is_killed_and_the_supervisor_starts_the_service_again() => Watchdog.Run(async () =>
    {
        await using var supervisor = new ProcessSupervisor();
        var options = new ProcessServiceOptions { CallTimeout = TimeSpan.FromSeconds(10) }; // also of the last call
        var laboratory = supervisor.AddService<ILaboratory>("lab", () => new Laboratory(), options);
        Assert.Throws<TimeoutException>(() => laboratory.Sleep(60_000));
        Assert.Equal(7, laboratory.Add(3, 4));
    });

    [Fact]
    public Task Calls_throw_when_the_supervisor_has_stopped_the_service() => Watchdog.Run(async () =>
    {
        ILaboratory laboratory;
        await using (var supervisor = new ProcessSupervisor())
        {
            laboratory = supervisor.AddService<ILaboratory>("lab", () => new Laboratory());
            Assert.Equal(3, laboratory.Add(1, 2));
        }

        Assert.Throws<ObjectDisposedException>(() => laboratory.Add(1, 2));
    });
}
