using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>Arguments, results and bodies that are larger than a message.</summary>
public class TransferTests(ITestOutputHelper output)
{
    private const int MiB = 1 << 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_argument_and_a_result_of_300_MiB_cross_with_bounded_bytes_on_the_way()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartNodeAsync("one");
        await using var pool = await cluster.ConnectAsync();
        var argument = Bytes(300 * MiB);
        var began = Stopwatch.GetTimestamp();
        var result = await ((IProcessPool)pool).RunAsync(
            static bytes =>
            {
                bytes[^1]++;
                return bytes;
            },
            argument,
            cancellationToken: Token);
        output.WriteLine($"300 MiB there and back: {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        argument[^1]++;
        SHA256.HashData(result).ShouldBe(SHA256.HashData(argument));
        pool.Connection.Credit.Peak.ShouldBeInRange(1, TransferPace.MaxCredit);
        pool.Connection.Credit.Out.ShouldBe(0);
        await NothingIsLeft(pool, node);
    }

    private static byte[] Bytes(int length)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static async Task NothingIsLeft(ClusterPool pool, Microsoft.Extensions.Hosting.IHost node)
    {
        var host = node.Services.GetRequiredService<NodeHost>();
        await TestCluster.Until(() => pool.Connection.Scheduler.Transfers == 0, "the caller has no transfer");
        await TestCluster.Until(() => host.Contents == 0, "the node has no content");
    }
}
