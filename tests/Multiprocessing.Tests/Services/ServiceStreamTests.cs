using Xunit;

namespace Multiprocessing.Tests.Services;

/// <summary>Streams as results and as arguments.</summary>
public class ServiceStreamTests : ProcessTest
{
    [Fact]
    public Task A_stream_is_read_in_order() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var expected = 0;
        await foreach (var number in service.Proxy.CountTo(100_000, TestContext.Current.CancellationToken))
        {
            Assert.Equal(expected++, number);
        }

        Assert.Equal(100_000, expected);
        Assert.Equal(1, service.Proxy.LeftStreams());
    });

    [Fact]
    public Task A_slow_reader_holds_the_iterator() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        await using var numbers = service.Proxy.CountTo(1_000_000, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await numbers.MoveNextAsync());
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.InRange(service.Proxy.Produced(), 1, 10_000);
    });

    [Fact]
    public Task Calls_run_between_the_items() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var sum = 0;
        await foreach (var number in service.Proxy.CountTo(5000, TestContext.Current.CancellationToken))
        {
            sum = service.Proxy.Add(sum, number % 2);
        }

        Assert.Equal(2500, sum);
    });

    [Fact]
    public Task A_reader_that_leaves_ends_the_iterator() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        await foreach (var number in service.Proxy.CountSlowly(1, TestContext.Current.CancellationToken))
        {
            if (number == 5)
            {
                break;
            }
        }

        Eventually.Is(() => service.Proxy.LeftStreams() == 1, "the iterator has ended"); // the reader waits a second for that, and not longer
    });

    [Fact]
    public Task A_token_ends_the_enumeration() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var number in service.Proxy.CountSlowly(5, source.Token))
            {
                if (number == 3)
                {
                    await source.CancelAsync();
                }
            }
        });
        Eventually.Is(() => service.Proxy.LeftStreams() == 1, "the iterator has ended");
    });

    [Fact]
    public Task An_exception_of_the_iterator_follows_its_items() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var read = 0;
        var exception = await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (var _ in service.Proxy.CountAndThrow(10))
            {
                read++;
            }
        });
        Assert.Equal("The stream is over.", exception.Message);
        Assert.Equal(10, read);
    });

    [Fact]
    public Task A_stream_may_be_an_argument() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        Assert.Equal(49_995_000L, await service.Proxy.SumAsync(Numbers(10_000)));
        Assert.Equal(0L, await service.Proxy.SumAsync(Numbers(0)));
    });

    [Fact]
    public Task An_exception_of_an_argument_reaches_the_service() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        await Assert.ThrowsAsync<NotSupportedException>(() => service.Proxy.SumAsync(Broken()));
    });

    [Fact]
    public Task A_stream_of_a_dead_service_ends_with_the_death() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        await Assert.ThrowsAsync<ServiceDiedException>(async () =>
        {
            await foreach (var number in service.Proxy.CountSlowly(1, TestContext.Current.CancellationToken))
            {
                if (number == 3)
                {
                    Posix.Signal(service.ProcessId, Posix.SigKill);
                }
            }
        });
        Assert.Equal(3, service.Proxy.Add(1, 2));
    });

    private static async IAsyncEnumerable<int> Numbers(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 100 == 0)
            {
                await Task.Yield();
            }

            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> Broken()
    {
        yield return 1;
        await Task.Yield();
        throw new NotSupportedException();
    }
}
