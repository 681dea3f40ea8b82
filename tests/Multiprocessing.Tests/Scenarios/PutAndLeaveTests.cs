using System.Security.Cryptography;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>The items of a producer stay when it leaves, and it can leave before they are read.</summary>
public class PutAndLeaveTests : ProcessTest
{
    private static readonly TimeSpan LimitToLeave = TimeSpan.FromSeconds(60); // one that waited for a reader would never end

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public Task A_child_that_puts_much_and_is_joined_before_any_read_ends(int mebibytes) => Watchdog.Run(() =>
    {
        var size = mebibytes << 20;
        using var queue = new ProcessQueue<byte[]>().Watch();
        using var ready = new ProcessQueue<bool>().Watch("ready");
        using var child = ChildProcess.Run(
            () =>
            {
                var data = Pattern(size);
                ready.Put(true);
                queue.Put(data);
            });
        ready.Get();
        child.Join(LimitToLeave).ShouldBeTrue("the producer is not kept by its unread data");
        child.ExitStatus!.IsSuccess.ShouldBeTrue(child.ExitStatus.ToString());
        queue.Count.ShouldBe(1);
        SHA256.HashData(queue.Get()).ShouldBe(SHA256.HashData(Pattern(size)));
        queue.Count.ShouldBe(0);
    });

    [Fact]
    public Task Many_items_of_all_sizes_outlive_their_producer_in_order() => Watchdog.Run(() =>
    {
        int[] sizes = [0, 1, 7, 8, 9, 1000, 65_535, 65_536, 65_537, 262_144, 262_145, 1 << 20, (4 << 20) - 8, 4 << 20, (4 << 20) + 1, 9 << 20];
        using var queue = new ProcessQueue<byte[]>().Watch();
        ChildProcess.Run(() =>
        {
            foreach (var size in sizes)
            {
                queue.Put(Pattern(size));
            }
        }).TakeFailure().ShouldBeNull();
        queue.Count.ShouldBe(sizes.Length);
        foreach (var size in sizes)
        {
            queue.Get().AsSpan().SequenceEqual(Pattern(size)).ShouldBeTrue($"the item of {size} bytes");
        }
    });

    [Fact]
    public Task A_producer_that_is_killed_after_its_put_has_put() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<string>().Watch();
        var child = ChildProcess.Run(() =>
        {
            queue.Put("the last will");
            Posix.Signal(Environment.ProcessId, Posix.SigKill);
        });
        child.TakeFailure().ShouldBeOfType<ProcessDiedException>();
        queue.Count.ShouldBe(1);
        queue.GetNoWait().ShouldBe("the last will");
    });

    [Fact]
    public Task A_program_of_its_own_does_the_same() => Watchdog.Run(() =>
    {
        using var companion = Companion.Run(ProgramShape.AppHost, "big-put", "64");
        companion.ExitCode.ShouldBe(0, companion.ToString());
        companion.Value("joined").ShouldBe("exit code 0");
        companion.Value("same").ShouldBe("True");
    });

    private static byte[] Pattern(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }
}
