using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Large arguments and results of children travel through shared memory that is used again, and leave none of it.</summary>
public sealed class LargeArgumentTests : ProcessTest
{
    private int _before;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync(); // trims the pool of what a test of another class has left in it
        _before = Session.Current.Segments.CountLive(SegmentKind.Buffer);
    }

    [Fact]
    public Task Large_arrays_arrive_whole_in_both_directions() => Watchdog.Run(() =>
    {
        foreach (var length in (int[])[SharedContent.From - 1000, SharedContent.From, 3_000_000, 40_000_000])
        {
            var data = new byte[length];
            new Random(length).NextBytes(data);
            var result = ChildProcess.Run(static (byte[] received) => received, data).Take();
            result.AsSpan().SequenceEqual(data).ShouldBeTrue($"{length} bytes");
        }
    });

    [Fact]
    public Task The_memory_of_one_child_serves_the_next() => Watchdog.Run(() =>
    {
        var data = new double[500_000];
        for (var i = 0; i < 5; i++)
        {
            data[^1] = i;
            var watch = Stopwatch.StartNew();
            var result = ChildProcess.Run(static (double[] numbers) => numbers, data).Take();
            result[^1].ShouldBe(i);
            var buffers = Buffers();
            buffers.ShouldBeLessThanOrEqualTo(1);

            // The pool frees what was not rented for ten seconds: that may be so after a child that took longer.
            (buffers == 1 || watch.Elapsed > TimeSpan.FromSeconds(9)).ShouldBeTrue($"{buffers} buffers after {watch.Elapsed}");
        }
    });

    [Fact]
    public Task A_result_larger_than_the_argument_arrives() => Watchdog.Run(() =>
    {
        ChildProcess.Run(static (byte[] data) => new byte[data.Length * 5], new byte[1 << 20]).Take().Length.ShouldBe(5 << 20);
        ChildProcess.Run(static () => new int[1 << 20]).Take().Length.ShouldBe(1 << 20);
    });

    [Fact]
    public Task A_body_that_fails_or_is_killed_leaves_no_memory() => Watchdog.Run(() =>
    {
        var data = new byte[2 << 20];
        ChildProcess.Run((byte[] _) => Posix.Signal(Environment.ProcessId, Posix.SigKill), data).TakeFailure().ShouldBeOfType<ProcessDiedException>();
        ChildProcess.Run((byte[] received) => throw new InvalidOperationException($"{received.Length}"), data).TakeFailure()
            .ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("2097152");
        using (var child = ChildProcess.Run((byte[] _) => Thread.Sleep(Timeout.Infinite), data))
        {
            child.Kill();
            child.Join();
        }

        SharedMemoryPool.Shared.Trim();
        Buffers().ShouldBe(0);
    });

    [Fact]
    public Task An_argument_may_contain_buffers_and_much_else() => Watchdog.Run(() =>
    {
        using var buffer = new SharedBuffer<int>([7]);
        var text = ChildProcess.Run(
            static (Load load) => $"{load.Bytes.Length} {load.Buffer.Span[0]} {load.Texts[99_999]}",
            new Load(new byte[1 << 20], buffer, [.. Enumerable.Range(0, 100_000).Select(static i => $"text {i}")])).Take();
        text.ShouldBe("1048576 7 text 99999");
    });

    private int Buffers() => Session.Current.Segments.CountLive(SegmentKind.Buffer) - _before;

    private sealed record Load(byte[] Bytes, SharedBuffer<int> Buffer, List<string> Texts);
}
