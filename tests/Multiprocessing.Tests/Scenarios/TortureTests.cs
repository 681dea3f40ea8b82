using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// The companion kills producers and consumers at random moments and audits their books. It is a root of its own, so that what a kill may leave until the session
/// ends is seen to go with it.
/// </summary>
public class TortureTests : ProcessTest
{
    private const int SecondsByDefault = 20;

    [Fact]
    public Task Random_kills_lose_nothing_but_what_the_dead_had_in_hand()
    {
        var seconds = LongRuns.TortureSeconds(SecondsByDefault);
        var seed = LongRuns.TortureSeed;
        return Watchdog.Run(
            () =>
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
                using var companion = Companion.Run(ProgramShape.AppHost, "torture", $"{seconds}", $"{seed}");
                TestContext.Current.TestOutputHelper?.WriteLine(companion.ToString());
                companion.ExitCode.ShouldBe(0, companion.ToString());
                companion.Values("round").ShouldNotBeEmpty();
            },
            TimeSpan.FromSeconds(seconds + 150));
    }
}
