using Multiprocessing.Platform;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Platform;

/// <summary>The suites run once with the system's own means and once with the fallback forced; these say that each run is what it is called.</summary>
public class MeansTests : ProcessTest
{
    private static readonly bool IsForced = Environment.GetEnvironmentVariable(Facilities.ForceVariable) is "1";

    [Fact]
    public void The_fallback_is_used_when_it_is_forced_and_only_then()
    {
        Facilities.IsPortableForced.ShouldBe(IsForced);
        Facilities.ParksSleepers.ShouldBe(IsForced || !OperatingSystem.IsLinux());
    }

    [Fact]
    public async Task Children_use_the_same_means()
    {
        using var child = ChildProcess.Run(() => (Facilities.IsPortableForced, Facilities.ParksSleepers));
        (await child.Result).ShouldBe((Facilities.IsPortableForced, Facilities.ParksSleepers));
    }

    [Fact]
    public async Task Children_use_the_same_means_whatever_their_environment_is_said_to_be()
    {
        using var child = ChildProcess.Run(() => Facilities.ParksSleepers, new ChildProcessOptions { Environment = { [Facilities.ForceVariable] = null } });
        (await child.Result).ShouldBe(Facilities.ParksSleepers);
    }
}
