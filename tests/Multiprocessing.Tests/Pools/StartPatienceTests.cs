using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Pools;

/// <summary>The pauses between failed starts, by a clock that the test moves.</summary>
public class StartPatienceTests
{
    private long _now = Stopwatch.Frequency;

    [Fact]
    public void Pauses_grow_to_five_seconds_and_the_default_survives_a_shortage_of_ten()
    {
        var patience = new StartPatience(new ProcessPoolOptions().MaxFailedStarts);
        var begun = _now;
        var pauses = new List<double>();
        while (!patience.IsExhausted)
        {
            patience.Count(StartFailure.Refused, _now, _now).ShouldBeTrue();
            pauses.Add(patience.Pause.TotalMilliseconds);
            _now = patience.NextAt;
        }

        pauses.Select(static pause => Math.Round(pause)).ShouldBe([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        Stopwatch.GetElapsedTime(begun, _now - (5 * Stopwatch.Frequency)).ShouldBeGreaterThan(TimeSpan.FromSeconds(10));
        patience.Failed.ShouldBe(8);
    }

    [Fact]
    public void Starts_that_were_under_way_together_count_as_one()
    {
        var patience = new StartPatience(2);
        var begun = _now;
        patience.Count(StartFailure.Refused, begun, begun + 10).ShouldBeTrue();
        for (var i = 0; i < 10; i++)
        {
            patience.Count(StartFailure.Refused, begun + i, begun + 20 + i).ShouldBeFalse();
        }

        patience.Failed.ShouldBe(1);
        patience.IsExhausted.ShouldBeFalse();
        patience.TriesOneByOne.ShouldBeTrue();
        patience.Count(StartFailure.Refused, begun + 30, begun + 40).ShouldBeTrue();
        patience.IsExhausted.ShouldBeTrue();
    }

    [Fact]
    public void Kills_from_outside_count_for_a_twentieth_also_among_others()
    {
        var patience = new StartPatience(2);
        for (var i = 0; i < 19; i++)
        {
            patience.Count(StartFailure.FromOutside, ++_now, ++_now);
        }

        patience.Count(StartFailure.Initializer, ++_now, ++_now);
        patience.IsExhausted.ShouldBeFalse();
        patience.Count(StartFailure.FromOutside, ++_now, ++_now);
        patience.IsExhausted.ShouldBeTrue();
    }

    [Fact]
    public void A_worker_that_is_ready_resets_everything()
    {
        var patience = new StartPatience(2);
        patience.Count(StartFailure.Refused, _now, _now + 1);
        patience.Reset();
        patience.NextAt.ShouldBe(0);
        patience.TriesOneByOne.ShouldBeFalse();
        patience.Count(StartFailure.Refused, _now + 2, _now + 3).ShouldBeTrue();
        patience.IsExhausted.ShouldBeFalse();
        patience.Pause.TotalMilliseconds.ShouldBe(100, 1);
    }
}
