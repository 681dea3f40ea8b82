using Xunit;

namespace Multiprocessing.Tests.Services;

/// <summary>Items of a stream that are larger than what may be on the way at once.</summary>
public class LargeStreamItemTests : ProcessTest
{
    private const int Size = 2 << 20;

    public interface IPages
    {
        IAsyncEnumerable<byte[]> Read(int count, int size);

        Task<int> WriteAsync(IAsyncEnumerable<byte[]> pages);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public Task All_arrive_from_a_service(int count) => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<IPages>(() => new Pages());
        var read = 0;
        await foreach (var page in service.Proxy.Read(count, Size))
        {
            Assert.Equal(Size, page.Length);
            read++;
        }

        Assert.Equal(count, read);
    });

    [Fact]
    public Task All_arrive_at_a_service() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<IPages>(() => new Pages());
        Assert.Equal(5 * Size, await service.Proxy.WriteAsync(new Pages().Read(5, Size)));
    });

    public sealed class Pages : IPages
    {
        public async IAsyncEnumerable<byte[]> Read(int count, int size)
        {
            for (var i = 0; i < count; i++)
            {
                await Task.Yield();
                yield return new byte[size];
            }
        }

        public async Task<int> WriteAsync(IAsyncEnumerable<byte[]> pages)
        {
            var sum = 0;
            await foreach (var page in pages)
            {
                sum += page.Length;
            }

            return sum;
        }
    }
}
