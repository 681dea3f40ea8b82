using Multiprocessing.Tests.Synchronization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

public sealed class SharedAtomicsOnThreadsTests() : SharedAtomicsConformance(Crew.Threads);

[Collection(ProcessCollection.Name)]
public sealed class SharedAtomicsInProcessesTests() : SharedAtomicsConformance(Crew.Processes);

/// <summary>Atomic operations by four at once: nothing is lost, nothing is seen half.</summary>
public abstract class SharedAtomicsConformance(Crew crew) : CrewTest(crew)
{
    private const int Times = 50_000;

    [Fact]
    public Task Four_add_to_numbers_of_all_kinds() => Watchdog.Run(() =>
    {
        using var bytes = new SharedArray<byte>(3);
        using var shorts = new SharedArray<short>(3);
        using var integers = new SharedArray<int>(3);
        using var longs = new SharedArray<long>(3);
        using var floats = new SharedArray<float>(3);
        using var doubles = new SharedArray<double>(3);
        using var value = new SharedValue<double>();
        void Work()
        {
            for (var i = 0; i < Times; i++)
            {
                bytes.Add(1, 3);
                shorts.Increment(1);
                integers.Add(1, 2);
                longs.Increment(1);
                floats.Add(1, 0.5f);
                doubles.Increment(1);
                value.Add(0.25);
            }
        }

        Crew.Do(Work, Work, Work, Work);
        bytes.ToArray().ShouldBe([0, unchecked((byte)(4 * Times * 3)), 0]);
        shorts.ToArray().ShouldBe([0, unchecked((short)(4 * Times)), 0]);
        integers.ToArray().ShouldBe([0, 8 * Times, 0]);
        longs.ToArray().ShouldBe([0, 4 * Times, 0]);
        floats.ToArray().ShouldBe([0, 2 * Times, 0]);
        doubles.ToArray().ShouldBe([0, 4 * Times, 0]);
        value.Value.ShouldBe(Times);
    });

    [Fact]
    public Task Four_change_a_value_of_two_fields_and_no_reader_sees_half_of_it() => Watchdog.Run(() =>
    {
        using var pair = new SharedValue<(int Up, int Down)>();
        void Work()
        {
            for (var i = 0; i < Times; i++)
            {
                var seen = pair.Value;
                while (true)
                {
                    seen.Down.ShouldBe(-seen.Up);
                    var before = pair.CompareExchange((seen.Up + 1, seen.Down - 1), seen);
                    if (before == seen)
                    {
                        break;
                    }

                    seen = before;
                }
            }
        }

        Crew.Do(Work, Work, Work, Work);
        pair.Value.ShouldBe((4 * Times, -4 * Times));
    });

    [Fact]
    public Task Four_set_their_own_bits_and_take_a_place_each() => Watchdog.Run(() =>
    {
        using var bits = new SharedValue<uint>();
        using var places = new SharedArray<ushort>(32);
        using var next = new SharedValue<int>(-1);
        void Work()
        {
            while (next.Increment() is var place && place < 32)
            {
                bits.Or(1U << place);
                places.Exchange(place, (ushort)(place + 1)).ShouldBe((ushort)0);
            }
        }

        Crew.Do(Work, Work, Work, Work);
        bits.Value.ShouldBe(uint.MaxValue);
        places.ShouldBe(Enumerable.Range(1, 32).Select(number => (ushort)number));
    });

    [Fact]
    public Task A_reader_that_sees_a_flag_sees_what_was_written_before_it() => Watchdog.Run(() =>
    {
        using var data = new SharedArray<long>(512);
        using var round = new SharedValue<int>();
        using var seen = new SharedValue<int>();
        Crew.Do(
            () =>
            {
                for (var i = 1; i <= 500; i++)
                {
                    data.Fill(i);
                    round.Value = i;
                    while (seen.Value != i)
                    {
                        Thread.Yield();
                    }
                }
            },
            () =>
            {
                for (var i = 1; i <= 500; i++)
                {
                    while (round.Value != i)
                    {
                        Thread.Yield();
                    }

                    data.Span.ContainsAnyExcept((long)i).ShouldBeFalse();
                    seen.Value = i;
                }
            });
        GC.KeepAlive(data);
    });
}
