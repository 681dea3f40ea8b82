using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// A task with wild unsafe code writes over the memory through which its worker and the pool talk. The program lives, the task ends, the worker is
/// killed if what it wrote cannot be, the pool continues or reports that it is broken, and its disposal never hangs.
/// </summary>
public class DamagedChannelTests : ProcessTest
{
    private const int Seeds = 150;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private enum Place
    {
        Head,
        Words,
        Replies,
        Requests,
        Everything,
        Bell,
    }

    [Fact]
    public Task A_pool_outlives_any_damage_that_its_workers_do() => Watchdog.Run(
        async () =>
        {
            ProcessPool? pool = null;
            var breaks = 0;
            var deaths = 0;
            for (var seed = 0; seed < Seeds; seed++)
            {
                pool ??= new ProcessPool(new ProcessPoolOptions { Workers = 2, Process = Ends.Quiet, ShutdownGrace = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(3) });
                var round = seed;
                try
                {
                    var damage = pool.RunAsync(() => DamageAll(round));
                    var beside = pool.MapOutcomesAsync(Enumerable.Range(0, 20), static item => item + 1);
                    deaths += await Ended(damage, seed) is WorkerDiedException ? 1 : 0;
                    _ = await Ended(beside, seed);
                    (await pool.RunAsync(static () => 7).WaitAsync(Patience)).ShouldBe(7, $"seed {seed}");
                    (await pool.MapAsync(Enumerable.Range(0, 100), static item => item + 1).WaitAsync(Patience)).Sum().ShouldBe(5050, $"seed {seed}");
                }
                catch (Exception exception) when (exception is PoolBrokenException or WorkerDiedException or TimeoutException && pool is not null)
                {
                    if (exception is TimeoutException && !exception.Message.Contains("did not end within", StringComparison.Ordinal))
                    {
                        throw new InvalidOperationException($"seed {seed} hangs", exception);
                    }

                    // A later task of the same worker may meet what was left there.
                    breaks++;
                    await pool.DisposeAsync().AsTask().WaitAsync(Patience);
                    pool = null;
                }

                if (seed % 10 == 9 && pool is not null)
                {
                    await pool.DisposeAsync().AsTask().WaitAsync(Patience);
                    pool = null;
                }
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"{Seeds} seeds, {deaths} workers killed or dead, {breaks} rounds whose pool was made anew");
            deaths.ShouldBeGreaterThan(Seeds / 20);
            if (pool is not null)
            {
                await pool.DisposeAsync().AsTask().WaitAsync(Patience);
            }
        },
        TimeSpan.FromMinutes(8));

    [Fact]
    public Task A_worker_that_goes_on_writing_there_is_killed_or_ends_with_its_pool() => Watchdog.Run(
        async () =>
        {
            for (var seed = 0; seed < 15; seed++)
            {
                var round = seed;
                var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1, Process = Ends.Quiet, ShutdownGrace = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(3) });
                await using (pool.ConfigureAwait(false))
                {
                    var started = await Ended(pool.RunAsync(() => DamageForever(round)), seed);
                    _ = await Ended(pool.MapOutcomesAsync(Enumerable.Range(0, 200), static item => item + 1), seed);
                    await pool.DisposeAsync().AsTask().WaitAsync(Patience);
                }
            }
        },
        TimeSpan.FromMinutes(5));

    [Theory]
    [InlineData("claim of more than was published")]
    [InlineData("claim that falls")]
    [InlineData("replies that end before they begin")]
    [InlineData("replies that end far behind")]
    [InlineData("more bytes read than written")]
    [InlineData("header of another task")]
    [InlineData("header with a negative length")]
    [InlineData("header with a segment that is none")]
    [InlineData("kind that is none")]
    public Task What_cannot_be_is_found_and_said(string what) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1, Process = Ends.Quiet, Timeout = TimeSpan.FromSeconds(20) });
        await pool.RunAsync(static () => 7);
        var error = (await Ended(pool.RunAsync(() => Damage(what)), 0)).ShouldNotBeNull();
        if (what == "header with a segment that is none")
        {
            error.ShouldBeOfType<InvalidDataException>(); // it looked like the task's own result until its memory was looked for
        }
        else
        {
            error.ShouldBeOfType<WorkerDiedException>(what).InnerException.ShouldNotBeNull().Message.ShouldContain("was overwritten");
        }

        (await pool.RunAsync(static () => 8)).ShouldBe(8);
    });

    /// <summary>Its worker found an older task's bytes there, ran them, and replied with their result.</summary>
    [Fact]
    public Task A_request_that_was_overwritten_is_not_run() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1, Process = Ends.Quiet, Timeout = TimeSpan.FromSeconds(20) });
        var outcomes = await pool.MapOutcomesAsync(Enumerable.Range(0, 2000), IncrementOrDamage);

        var lost = outcomes.Index().Where(static item => item.Item.Error is not null).ShouldHaveSingleItem();
        lost.Item.Error.ShouldBeOfType<WorkerDiedException>().Message.ShouldContain("was overwritten");
        foreach (var (index, outcome) in outcomes.Index().Where(item => item.Index != lost.Index))
        {
            outcome.Result.ShouldBe(index + 1);
        }
    });

    private static unsafe int IncrementOrDamage(int item)
    {
        if (item == 1000)
        {
            // What is written later, by a pool that stood still until now, is not damaged.
            var channel = (ChannelLayout*)PoolWorker.Current!.Channel.Base;
            while (Volatile.Read(ref channel->Claim) is var claim && (uint)(claim >> 32) == (uint)claim)
            {
                Thread.Sleep(1);
            }

            Thread.Sleep(100); // so that the pool has written all that it assigns ahead
            new Span<byte>(PoolWorker.Current!.Channel.Base + ChannelLayout.RequestRing, ChannelLayout.RingBytes).Fill(1);
        }

        return item + 1;
    }

    private static async Task<Exception?> Ended(Task task, int seed)
    {
        try
        {
            await task.WaitAsync(Patience);
            return null;
        }
        catch (TimeoutException exception) when (!task.IsCompleted)
        {
            throw new InvalidOperationException($"seed {seed}: a task has not ended", exception);
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private static unsafe void Damage(string what)
    {
        var channel = (ChannelLayout*)PoolWorker.Current!.Channel.Base;
        var reply = (ReplyHeader*)((byte*)channel + ChannelLayout.ReplyRing + (channel->ReplyHead & (ChannelLayout.RingBytes - 1)));
        var header = new ReplyHeader { Kind = ReplyKind.Result, Length = 0, Number = (uint)channel->Claim - 1 };
        switch (what)
        {
            case "claim of more than was published":
                Volatile.Write(ref channel->Claim, channel->Claim + 1000);
                break;
            case "claim that falls":
                Volatile.Write(ref channel->Claim, channel->Claim - 1);
                break;
            case "replies that end before they begin":
                Volatile.Write(ref channel->ReplyHead, 0);
                break;
            case "replies that end far behind":
                Volatile.Write(ref channel->ReplyHead, 1L << 40);
                break;
            case "more bytes read than written":
                Volatile.Write(ref channel->RequestTail, 1L << 40);
                Volatile.Write(ref channel->Claim, -1);
                break;
            case "header of another task":
                *reply = header with { Number = header.Number + 5 };
                Volatile.Write(ref channel->ReplyHead, channel->ReplyHead + 16);
                break;
            case "header with a negative length":
                *reply = header with { Length = -1000 };
                Volatile.Write(ref channel->ReplyHead, channel->ReplyHead + 16);
                break;
            case "header with a segment that is none":
                *reply = header with { IsInSegment = 1, Length = 16 };
                ((long*)(reply + 1))[0] = 0x7fffffff7fffffff;
                ((long*)(reply + 1))[1] = 1L << 50;
                Volatile.Write(ref channel->ReplyHead, channel->ReplyHead + 32);
                break;
            case "kind that is none":
                *reply = header with { Kind = (ReplyKind)200 };
                Volatile.Write(ref channel->ReplyHead, channel->ReplyHead + 16);
                break;
        }

        Thread.Sleep(Timeout.Infinite);
    }

    private static int DamageAll(int seed)
    {
        var random = new Random(seed);
        Place[] places = [Place.Words, Place.Words, Place.Words, Place.Head, Place.Replies, Place.Requests, Place.Bell, Place.Everything];
        var place = places[seed % places.Length];
        for (var i = place == Place.Everything ? 5000 : random.Next(1, 60); i > 0; i--)
        {
            DamageOne(random, place);
        }

        Thread.Sleep(random.Next(0, 30)); // so that the pool looks before the worker itself writes there again
        return seed;
    }

    private static void DamageForever(int seed) => new Thread(() =>
    {
        var random = new Random(seed);
        while (true)
        {
            DamageOne(random, (Place)(seed % 6));
            if (seed % 2 == 0)
            {
                Thread.Sleep(1);
            }
        }
    })
    { IsBackground = true }.Start();

    private static unsafe void DamageOne(Random random, Place place)
    {
        var start = place == Place.Bell ? PoolWorker.Current!.Bell.Base : PoolWorker.Current!.Channel.Base;
        var (from, to) = place switch
        {
            Place.Head => (128, 1152),
            Place.Replies => (ChannelLayout.ReplyRing, ChannelLayout.ReplyRing + 8192),
            Place.Requests => (ChannelLayout.RequestRing, ChannelLayout.RequestRing + 8192),
            Place.Bell => (128, 520),
            _ => (0, ChannelLayout.Bytes),
        };
        int[] words = [128, 256, 264, 272, 280, 384, 512, 640, 648, 768, 776, 780, 784, 896, 904, 908, 912, 1024, 1032];
        var offset = place == Place.Words ? words[random.Next(words.Length)] : random.Next(from, to - 8) & ~7;
        var value = random.Next(5) switch
        {
            0 => random.NextInt64(),
            1 => random.Next(-100, 100),
            2 => long.MinValue,
            3 => -1,
            _ => *(long*)(start + offset) + random.Next(-64, 64),
        };
        Volatile.Write(ref Unsafe.AsRef<long>(start + offset), value);
    }
}
