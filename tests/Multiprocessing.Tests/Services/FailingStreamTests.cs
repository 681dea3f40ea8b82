using Xunit;

namespace Multiprocessing.Tests.Services;

/// <summary>
/// A stream that fails delivers all items before the failure. The iterators here do not wait between an item and the failure, so the items are in an
/// unsent batch when it occurs.
/// </summary>
public class FailingStreamTests : ProcessTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(512)] // a full batch
    [InlineData(5000)] // more than the window
    public Task An_exception_right_behind_an_item_follows_all_items(int count) => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var read = 0;
        var exception = await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (var number in service.Proxy.CountAndThrowAtOnce(count))
            {
                Assert.Equal(read++, number);
            }
        });
        Assert.Equal("The stream is over.", exception.Message);
        Assert.Equal(count, read);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(5000)]
    public Task An_exception_of_an_argument_follows_all_items(int count) => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        Assert.Equal(count, await service.Proxy.CountUntilFailureAsync(Items(count, null)));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public Task An_item_that_cannot_cross_follows_the_items_before_it(int count) => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var read = 0;
        await Assert.ThrowsAsync<NotSerializableException>(async () =>
        {
            await foreach (var item in service.Proxy.CountAndReturnThread(count))
            {
                Assert.Equal(read++, item);
            }
        });
        Assert.Equal(count, read);
        Assert.Equal(count, await service.Proxy.CountUntilFailureAsync(Items(count, Thread.CurrentThread)));
    });

    [Fact]
    public Task A_reader_that_leaves_before_the_failure_does_not_get_it() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        await foreach (var number in service.Proxy.CountAndThrowAtOnce(10))
        {
            if (number == 5)
            {
                // The iterator is ahead of the reader: it has failed already.
                Assert.Equal(1, service.Proxy.LeftStreams());
                break;
            }
        }

        Assert.Equal(3, service.Proxy.Add(1, 2));
    });

    private static async IAsyncEnumerable<object> Items(int count, object? last)
    {
        await Task.CompletedTask;
        for (var i = 0; i < count; i++)
        {
            yield return i;
        }

        yield return last ?? throw new FormatException("The stream is over.");
    }
}
