using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// The companion kills producers and consumers at random moments and audits their books. It is a root of its own, so that what a kill may leave until the session
/// ends is seen to go with it.
/// </summary>
public class TortureTests : ProcessTest
{
    /// <summary>How long, for runs of hours; and the seed of a run that is to be repeated.</summary>
    private const string SecondsVariable = "MULTIPROCESSING_TORTURE_SECONDS";
    private const string SeedVariable = "MULTIPROCESSING_TORTURE_SEED";
    private const int SecondsByDefault = 20;

    [Fact]
    public Task Random_kills_lose_nothing_but_what_the_dead_had_in_hand()
    {
        var seconds = ValueOf(SecondsVariable, SecondsByDefault);
        var seed = ValueOf(SeedVariable, Environment.TickCount);
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

    private static int ValueOf(string variable, int otherwise) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text) : otherwise;
}
