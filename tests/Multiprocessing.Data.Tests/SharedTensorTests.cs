using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.DataTests;

/// <summary>A tensor in shared memory crosses in place, and its memory is freed with its last user, however that ends.</summary>
public sealed class SharedTensorTests : ProcessTest
{
    public override async ValueTask DisposeAsync()
    {
        Memory.Buffers().ShouldBe(0);
        await base.DisposeAsync();
    }

    [Fact]
    public void It_has_lengths_elements_and_spans()
    {
        using var tensor = new SharedTensor<double>([2, 3]);
        tensor.Lengths.ToArray().ShouldBe([2, 3]);
        tensor.Rank.ShouldBe(2);
        tensor.FlattenedLength.ShouldBe(6);
        tensor.ToString().ShouldBe("SharedTensor<Double>[2, 3]");
        tensor[1, 2] = 5;
        tensor.AsTensorSpan()[0, 1] = 4;
        tensor.Buffer.Span.ToArray().ShouldBe([0, 4, 0, 0, 0, 5]);
        Tensor.Sum(tensor.AsReadOnlyTensorSpan()).ShouldBe(9);
        tensor.ToTensor()[1, 2].ShouldBe(5);
        Should.Throw<IndexOutOfRangeException>(() => tensor[2, 0]);
    }

    [Fact]
    public void It_is_a_dense_copy_of_a_tensor_or_of_a_part()
    {
        var values = Tensor.Create(Enumerable.Range(0, 12).ToArray(), [3, 4]);
        using var whole = new SharedTensor<int>(values);
        whole[2, 3].ShouldBe(11);
        using var part = new SharedTensor<int>(values.Slice([1..3, 2..4]));
        part.Buffer.Span.ToArray().ShouldBe([6, 7, 10, 11]);
        using var rented = SharedMemoryPool.Shared.RentTensor<int>([5, 0]);
        rented.FlattenedLength.ShouldBe(0);
    }

    [Fact]
    public void Lengths_that_no_tensor_has_are_refused()
    {
        Should.Throw<ArgumentException>(() => new SharedTensor<byte>([]));
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedTensor<byte>([2, -1]));
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedTensor<byte>([nint.MaxValue, nint.MaxValue])).Message.ShouldContain("elements");
        Should.Throw<ArgumentOutOfRangeException>(() => SharedMemoryPool.Shared.RentTensor<byte>([1 << 16, 1 << 16]));
    }

    [Fact]
    public Task It_crosses_in_place_when_captured_passed_returned_and_put_into_a_queue() => Watchdog.Run(() =>
    {
        using var captured = new SharedTensor<byte>([100, 1000]);
        using var passed = new SharedTensor<double>([3, 1]);
        using var queue = new ProcessQueue<SharedTensor<long>>();
        queue.Put(new SharedTensor<long>([2, 2]).HandOver());
        using var back = ChildProcess.Run(
            (SharedTensor<double> argument) =>
            {
                using var got = queue.Get();
                got[1, 1]++;
                queue.Put(got);
                captured.AsTensorSpan().Fill(1);
                argument[0, 0] = 10;
                return argument;
            },
            passed).Take();
        captured[99, 999].ShouldBe((byte)1);
        passed[0, 0].ShouldBe(10);
        back.Lengths.ToArray().ShouldBe([3, 1]);
        back[2, 0] = 30;
        passed[2, 0].ShouldBe(30, "the result is the same memory");
        using var again = queue.Get();
        again.Buffer.Span.ToArray().ShouldBe([0, 0, 0, 1]);
    });

    [Fact]
    public Task Workers_fill_parts_of_one_tensor() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 2 });
        using var table = new SharedTensor<int>([100, 50]);
        await pool.ForEachAsync(Enumerable.Range(0, 100), row => table.AsTensorSpan().Slice([row..(row + 1), 0..50]).Fill(row));
        table[0, 49].ShouldBe(0);
        table[99, 49].ShouldBe(99);
        Tensor.Sum(table.AsReadOnlyTensorSpan()).ShouldBe(4950 * 50);
    });

    [Fact]
    public Task A_result_that_is_handed_over_leaves_the_worker() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        for (var i = 0; i < 5; i++)
        {
            using var result = await pool.RunAsync(
                static i =>
                {
                    var made = SharedMemoryPool.Shared.RentTensor<int>([1000, 1000]);
                    made.AsTensorSpan().Fill(i);
                    var sent = made.HandOver();
                    SharedMemoryPool.Shared.Trim();
                    return sent;
                },
                i);
            result[999, 999].ShouldBe(i);
        }

        // The worker is alive and its collector has had no reason to run.
        await pool.RunAsync(static () => SharedMemoryPool.Shared.Trim());
        Memory.Buffers().ShouldBe(0);
    });

    [Fact]
    public Task After_it_was_handed_over_it_is_disposed_here() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<SharedTensor<int>>();
        var tensor = new SharedTensor<int>([4]);
        tensor[3] = 7;
        queue.Put(tensor.HandOver());
        Should.Throw<ObjectDisposedException>(() => tensor[3]);
        using var received = queue.Get();
        received[3].ShouldBe(7);
        using var kept = new SharedTensor<int>([1]);
        queue.Put(kept);
        kept[0].ShouldBe(0, "it was not handed over");
        queue.Get().Dispose();
    });

    [Fact]
    public void After_dispose_the_elements_throw()
    {
        var tensor = new SharedTensor<int>([2]);
        tensor.Dispose();
        tensor.Dispose();
        Should.Throw<ObjectDisposedException>(() => tensor[0]);
        Should.Throw<ObjectDisposedException>(() => tensor.AsTensorSpan().Rank);
        Should.Throw<ObjectDisposedException>(() => tensor.AsReadOnlyTensorSpan().Rank);
        Should.Throw<ObjectDisposedException>(() => tensor.ToTensor());
        using var queue = new ProcessQueue<SharedTensor<int>>();
        Should.Throw<ObjectDisposedException>(() => queue.Put(tensor));
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public Task It_outlives_its_killed_sender_and_dies_with_its_killed_receiver() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<SharedTensor<byte>>();
        ChildProcess.Run(() =>
        {
            var tensor = new SharedTensor<byte>([1024, 1024]);
            tensor.AsTensorSpan().Fill(9);
            queue.Put(tensor);
            Posix.Signal(Environment.ProcessId, Posix.SigKill);
        }).TakeFailure().ShouldBeOfType<ProcessDiedException>();
        Memory.Buffers().ShouldBe(1);
        using var has = new ProcessEvent();
        using (var receiver = ChildProcess.Run(() =>
        {
            var tensor = queue.Get();
            if (tensor[1023, 1023] == 9)
            {
                has.Set();
            }

            Thread.Sleep(Timeout.Infinite);
            GC.KeepAlive(tensor);
        }))
        {
            has.Wait();
            Memory.Buffers().ShouldBe(1);
            receiver.Kill();
            receiver.Join();
        }

        Memory.Buffers().ShouldBe(0, "the last holder was killed");
    });

    [Fact]
    public Task The_tensor_of_a_task_survives_the_death_of_its_worker() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1, MaxAttempts = 2 });
        using var tensor = new SharedTensor<int>([1000, 1000]);
        var attempt = await pool.RunAsync(
            static tensor =>
            {
                if (++tensor[0, 0] == 1)
                {
                    Posix.Signal(Environment.ProcessId, Posix.SigKill);
                }

                return tensor[0, 0];
            },
            tensor);
        attempt.ShouldBe(2);
        tensor[0, 0].ShouldBe(2);
    });

    [Fact]
    public Task A_forgotten_tensor_is_released_by_the_collector() => Watchdog.Run(() =>
    {
        Forget();
        Eventually.Is(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Memory.Buffers() == 0;
            },
            "the memory is freed");
    });

    [Fact]
    public void Other_shared_memory_is_seen_as_a_tensor()
    {
        using var buffer = new SharedBuffer<int>([1, 2, 3, 4, 5, 6]);
        buffer.AsTensorSpan([2, 3])[1, 0].ShouldBe(4);
        buffer.AsReadOnlyTensorSpan([3, 2])[2, 1].ShouldBe(6);
        Should.Throw<ArgumentException>(() => buffer.AsTensorSpan([2, 4]).Rank);
        using var array = new SharedArray<int>([1, 2, 3, 4]);
        array.AsTensorSpan([2, 2])[0, 1] = 9;
        array[1].ShouldBe(9);
        array.AsReadOnlyTensorSpan([2, 2])[1, 1].ShouldBe(4);
        using var table = new SharedArray2D<int>(2, 3);
        table.AsTensorSpan()[1, 2] = 8;
        table[1, 2].ShouldBe(8);
        table.AsReadOnlyTensorSpan().Lengths.ToArray().ShouldBe([2, 3]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget() => _ = new SharedTensor<byte>([1 << 20]);
}
