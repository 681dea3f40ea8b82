using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

/// <summary>An array: its elements, bounds, parts and views.</summary>
public sealed class SharedArrayTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(768)]
    [InlineData(769)]
    [InlineData(100_000)]
    public void It_has_exactly_the_length_that_was_asked_for_and_is_zero(int length)
    {
        using var array = new SharedArray<int>(length);
        array.Length.ShouldBe(length);
        array.Span.Length.ShouldBe(length);
        array.Memory.Length.ShouldBe(length);
        array.Span.ContainsAnyExcept(0).ShouldBeFalse();
        array.Fill(-1);
        array.ToArray().ShouldAllBe(value => value == -1);
        array.Lock.IsHeld.ShouldBeFalse();
        array.Clear();
        array.Span.ContainsAnyExcept(0).ShouldBeFalse();
    }

    [Fact]
    public void A_negative_length_is_refused() => Should.Throw<ArgumentOutOfRangeException>(() => new SharedArray<int>(-1));

    [Fact]
    public void It_begins_with_the_elements_that_it_was_given()
    {
        using var array = new SharedArray<double>([1.5, -2, 3]);
        array.Length.ShouldBe(3);
        array[1].ShouldBe(-2);
        array[1] *= 2;
        array.ShouldBe([1.5, -4, 3]);
        array.Sum().ShouldBe(0.5);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void An_index_outside_is_refused(int index)
    {
        using var array = new SharedArray<long>(3);
        Should.Throw<ArgumentOutOfRangeException>(() => array[index]).Message.ShouldContain("3 elements");
        Should.Throw<ArgumentOutOfRangeException>(() => array[index] = 1);
        Should.Throw<ArgumentOutOfRangeException>(() => array.Add(index, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => array.CompareExchange(index, 1, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => { array.GetReference(index); });
        Should.Throw<ArgumentOutOfRangeException>(() => array.Slice(index, 1));
        array.ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void Elements_are_changed_in_one_step()
    {
        using var array = new SharedArray<float>(2);
        array.Add(1, 2.5f).ShouldBe(2.5f);
        array.Increment(1).ShouldBe(3.5f);
        array.Decrement(0).ShouldBe(-1);
        array.Exchange(0, 9).ShouldBe(-1);
        array.CompareExchange(0, 10, 9).ShouldBe(9);
        array.ToArray().ShouldBe([10, 3.5f]);
        using var flags = new SharedArray<byte>(2);
        flags.Or(1, 6).ShouldBe((byte)0);
        flags.And(1, 3).ShouldBe((byte)6);
        flags.ToArray().ShouldBe([0, 2], "and the neighbour is untouched");
        using var large = new SharedArray<Guid>(1);
        Should.Throw<NotSupportedException>(() => large.Exchange(0, default));
    }

    [Fact]
    public void It_is_copied_into_and_out_of()
    {
        using var array = new SharedArray<int>(5);
        array.CopyFrom([1, 2, 3], 2);
        var part = new int[2];
        array.CopyTo(part, 1);
        part.ShouldBe([0, 1]);
        array.ToArray().ShouldBe([0, 0, 1, 2, 3]);
        Should.Throw<ArgumentException>(() => array.CopyFrom([1, 2], 4));
        Should.Throw<ArgumentOutOfRangeException>(() => array.CopyTo(new int[6]));
        array.ToArray().ShouldBe([0, 0, 1, 2, 3]);
    }

    [Fact]
    public void A_foreach_sees_the_elements_themselves_and_keeps_the_array()
    {
        Sum(out var array).ShouldBe(6);
        Eventually.Is(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !array.IsAlive;
            },
            "nobody has the array any more");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static int Sum(out WeakReference array)
        {
            var sum = 0;
            foreach (ref readonly var value in Numbers(out array))
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                sum += value;
            }

            return sum;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static SharedArray<int> Numbers(out WeakReference array)
        {
            var numbers = new SharedArray<int>([1, 2, 3]);
            array = new WeakReference(numbers);
            return numbers;
        }
    }

    [Fact]
    public void A_part_has_the_elements_and_the_lock_of_the_whole_and_outlives_it()
    {
        var array = new SharedArray<int>([1, 2, 3, 4, 5]);
        using var middle = array.Slice(1, 3);
        middle.ToArray().ShouldBe([2, 3, 4]);
        middle[0] = 20;
        array[1].ShouldBe(20);
        using var last = middle.Slice(2, 1);
        last[0].ShouldBe(4);
        Should.Throw<ArgumentOutOfRangeException>(() => last[1]);
        Should.Throw<ArgumentOutOfRangeException>(() => middle.Slice(2, 2));
        using (array.Lock.EnterScope())
        {
            middle.Lock.IsHeldByCurrentThread.ShouldBeTrue();
        }

        array.Dispose();
        middle.Sum().ShouldBe(27);
        last.Lock.Enter();
        last.Lock.Exit();
    }

    [Fact]
    public async Task Its_memory_is_for_asynchronous_reading_and_writing()
    {
        var path = Path.GetTempFileName();
        try
        {
            using var array = new SharedArray<byte>(10_000);
            array.Fill(7);
            await File.WriteAllBytesAsync(path, array.Memory, TestContext.Current.CancellationToken);
            array.Clear();
            await using var file = File.OpenRead(path);
            await file.ReadExactlyAsync(array.Memory, TestContext.Current.CancellationToken);
            array.ShouldAllBe(value => value == 7);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Everything_throws_after_Dispose_also_what_was_taken_before()
    {
        var array = new SharedArray<int>([1, 2, 3]);
        var memory = array.Memory;
        var empty = new SharedArray<int>(0);
        var loop = array.AsEnumerable().GetEnumerator();
        array.Dispose();
        array.Dispose();
        empty.Dispose();
        Should.Throw<ObjectDisposedException>(() => array[0]).Message.ShouldContain("SharedArray<Int32>");
        Should.Throw<ObjectDisposedException>(() => array[7], "that it is disposed is what the caller has to know");
        Should.Throw<ObjectDisposedException>(() => array[0] = 1);
        Should.Throw<ObjectDisposedException>(() => array.Add(0, 1));
        Should.Throw<ObjectDisposedException>(() => { _ = array.Span; });
        Should.Throw<ObjectDisposedException>(() => { _ = empty.Span; });
        Should.Throw<ObjectDisposedException>(() => array.Memory);
        Should.Throw<ObjectDisposedException>(() => memory.Span[0]);
        Should.Throw<ObjectDisposedException>(() => memory.ToArray());
        Should.Throw<ObjectDisposedException>(() => array.Slice(0, 1));
        Should.Throw<ObjectDisposedException>(() => array.AsMatrix(1, 3));
        Should.Throw<ObjectDisposedException>(array.ToArray);
        Should.Throw<ObjectDisposedException>(() => array.CopyFrom([1]));
        Should.Throw<ObjectDisposedException>(() => array.CopyTo(new int[1]));
        Should.Throw<ObjectDisposedException>(() => loop.MoveNext());
        Should.Throw<ObjectDisposedException>(() => array.GetEnumerator().Dispose());
        Should.Throw<ObjectDisposedException>(() => array.Lock);
        array.Length.ShouldBe(3);
    }

    [Fact]
    public void Threads_that_use_it_while_it_is_disposed_get_an_exception_and_never_fault() => Queues.Watch.Over(Queues.Watch.Thread(() =>
    {
        for (var round = 0; round < 50; round++)
        {
            var array = new SharedArray<long>(10_000);
            var users = Enumerable.Range(0, 2).Select(_ => Queues.Watch.Thread(() =>
            {
                try
                {
                    for (var i = 0; ; i = (i + 1) % array.Length)
                    {
                        array.Increment(i);
                        array[i]--;
                        array.CopyTo(new long[3], i % 100);
                    }
                }
                catch (ObjectDisposedException)
                {
                    // How each of them has to end.
                }
            })).ToArray();
            Thread.Sleep(1);
            array.Dispose();
            Task.WaitAll(users);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }));

    [Fact]
    public void A_waiter_for_the_lock_gets_ObjectDisposedException() => Queues.Watch.Over(Queues.Watch.Thread(() =>
    {
        var array = new SharedArray<int>(10);
        using var part = array.Slice(0, 5);
        part.Lock.Enter();
        var waiter = Queues.Watch.Thread(() => Should.Throw<ObjectDisposedException>(() => array.Lock.Enter()));
        Thread.Sleep(50);
        waiter.IsCompleted.ShouldBeFalse();
        array.Dispose();
        waiter.Wait();
        part.Lock.IsHeldByCurrentThread.ShouldBeTrue("the part has it still");
        part.Lock.Exit();
    }));
}
