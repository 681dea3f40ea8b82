using System.Runtime.CompilerServices;
using Apache.Arrow;
using Apache.Arrow.Types;
using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.DataTests;

/// <summary>A batch in shared memory crosses in place, and its memory is freed with its last user, however that ends.</summary>
public sealed class SharedRecordBatchTests : ProcessTest
{
    public override async ValueTask DisposeAsync()
    {
        Memory.Buffers().ShouldBe(0);
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(10_000)]
    public void It_has_the_content_of_the_batch(int rows)
    {
        using var batch = Batches.Mixed(rows);
        using var shared = new SharedRecordBatch(batch);
        shared.Batch.ShouldBe(batch);
        shared.Batch.ShouldBeSameAs(shared.Batch);
        if (rows > 5)
        {
            using var part = new SharedRecordBatch(batch.Slice(3, 4));
            part.Batch.ShouldBe(batch.Slice(3, 4));
            part.Buffer.Length.ShouldBeLessThanOrEqualTo(shared.Buffer.Length);
        }
    }

    [Fact]
    public void Its_columns_are_read_in_place()
    {
        using var batch = Batches.Mixed(10_000);
        using var shared = new SharedRecordBatch(batch);
        var checkedBuffers = 0;
        foreach (var column in shared.Batch.Arrays)
        {
            Check(column.Data);
        }

        checkedBuffers.ShouldBeGreaterThan(20);

        void Check(ArrayData data)
        {
            foreach (var buffer in data.Buffers.Where(buffer => !buffer.IsEmpty))
            {
                shared.Buffer.Span.Overlaps(buffer.Span).ShouldBeTrue();
                checkedBuffers++;
            }

            foreach (var child in data.Children ?? [])
            {
                Check(child);
            }

            if (data.Dictionary is { } dictionary)
            {
                Check(dictionary);
            }
        }
    }

    [Fact]
    public Task It_crosses_when_captured_passed_returned_and_put_into_a_queue() => Watchdog.Run(() =>
    {
        using var batch = Batches.Mixed(1000);
        using var captured = new SharedRecordBatch(batch);
        using var passed = new SharedRecordBatch(batch.Slice(5, 10));
        using var queue = new ProcessQueue<SharedRecordBatch>();
        queue.Put(new SharedRecordBatch(batch).HandOver());
        using var back = ChildProcess.Run(
            (SharedRecordBatch argument) =>
            {
                using var got = queue.Get();
                return captured.Batch.Length == 1000 && got.Batch.Length == 1000 && argument.Batch.Length == 10
                    ? new SharedRecordBatch(argument.Batch.Slice(1, 2)).HandOver()
                    : throw new InvalidOperationException("Another batch arrived.");
            },
            passed).Take();
        back.Batch.ShouldBe(batch.Slice(6, 2));
    });

    [Fact]
    public Task All_workers_read_one_batch() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 2 });
        using var batch = Batches.Mixed(10_000);
        using var shared = new SharedRecordBatch(batch);
        var sums = await pool.MapAsync(
            Enumerable.Range(0, 10),
            part =>
            {
                var numbers = (Int64Array)shared.Batch.Column("number");
                long sum = 0;
                for (var i = part * 1000; i < (part + 1) * 1000; i++)
                {
                    sum += numbers.GetValue(i) ?? 0;
                }

                return sum;
            });
        sums.Sum().ShouldBe(((Int64Array)batch.Column("number")).Sum(number => number ?? 0));
    });

    [Fact]
    public void After_dispose_the_columns_throw()
    {
        using var batch = Batches.Mixed(10);
        var shared = new SharedRecordBatch(batch);
        var column = (Int64Array)shared.Batch.Column("number");
        shared.Dispose();
        shared.Dispose();
        Should.Throw<ObjectDisposedException>(() => shared.Batch);
        Should.Throw<ObjectDisposedException>(() => column.GetValue(0));
        using var queue = new ProcessQueue<SharedRecordBatch>();
        Should.Throw<ObjectDisposedException>(() => queue.Put(shared));
    }

    [Fact]
    public Task It_outlives_its_killed_sender_and_dies_with_its_killed_receiver() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<SharedRecordBatch>();
        ChildProcess.Run(() =>
        {
            queue.Put(new SharedRecordBatch(Batches.Mixed(1000)));
            Posix.Signal(Environment.ProcessId, Posix.SigKill);
        }).TakeFailure().ShouldBeOfType<ProcessDiedException>();
        Memory.Buffers().ShouldBe(1);
        using var has = new ProcessEvent();
        using (var receiver = ChildProcess.Run(() =>
        {
            var batch = queue.Get();
            if (batch.Batch.Length == 1000)
            {
                has.Set();
            }

            Thread.Sleep(Timeout.Infinite);
            GC.KeepAlive(batch);
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
    public Task A_forgotten_batch_is_released_by_the_collector() => Watchdog.Run(() =>
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget() => _ = new SharedRecordBatch(Batches.Mixed(100));
}
