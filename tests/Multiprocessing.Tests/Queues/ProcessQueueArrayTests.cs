using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Queues;

/// <summary>Arrays of elements without references, which go from the caller's memory into the ring and back with no copy in between.</summary>
public sealed class ProcessQueueArrayTests
{
    private enum Colour : short
    {
        Red = 7,
        Blue = -3,
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(65_536)]
    [InlineData(3_000_000)]
    public unsafe void The_bytes_in_the_ring_are_the_serializers(int length)
    {
        var array = new byte[length];
        new Random(length).NextBytes(array);
        using var buffer = MessageBuffer.Rent();
        ValueSerializer.Serialize(buffer, array, "item");
        ItemTrailer.Append(buffer);
        var expected = new byte[buffer.Length];
        fixed (byte* at = expected)
        {
            buffer.CopyTo(at);
        }

        var payload = new ArrayPayload(array, length);
        payload.LengthOf(0).ShouldBe(expected.Length);
        var actual = new byte[expected.Length];
        fixed (byte* at = actual)
        {
            payload.CopyTo(0, at);
            ArrayItem.TryRead(at, actual.Length, 1, out var elements, out var count).ShouldBeTrue();
            count.ShouldBe(length);
            (elements + count - at).ShouldBe(actual.Length - 4);
            ArrayItem.TryRead(at, actual.Length - 1, 1, out _, out _).ShouldBeFalse();
        }

        actual.AsSpan().SequenceEqual(expected).ShouldBeTrue();
    }

    [Fact]
    public void Arrays_of_all_lengths_arrive_in_turn()
    {
        using var queue = new ProcessQueue<int[]>();
        Watch.Threads(2, thread =>
        {
            var random = new Random(5);
            for (var i = 0; i < 3000; i++)
            {
                var length = random.Next(i % 50 == 0 ? 200_000 : 40);
                if (thread == 0)
                {
                    var array = new int[length];
                    array.AsSpan().Fill(i);
                    queue.Put(array);
                }
                else
                {
                    var array = queue.Get();
                    array.Length.ShouldBe(length);
                    array.AsSpan().ContainsAnyExcept(i).ShouldBeFalse();
                }
            }
        });
    }

    [Fact]
    public void Several_consumers_of_arrays_of_changing_lengths_get_each_once()
    {
        const int items = 4000;
        using var queue = new ProcessQueue<long[]>(64);
        var seen = new int[items];
        Watch.Threads(4, thread =>
        {
            if (thread == 0)
            {
                for (var i = 0; i < items; i++)
                {
                    var array = new long[1 + (i % 7)];
                    array.AsSpan().Fill(i);
                    queue.Put(array);
                }

                queue.Complete();
                return;
            }

            foreach (var array in queue.ReadAll())
            {
                array.Length.ShouldBe(1 + (int)(array[0] % 7));
                array.AsSpan().ContainsAnyExcept(array[0]).ShouldBeFalse();
                Interlocked.Increment(ref seen[array[0]]);
            }
        });
        seen.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public async Task Null_empty_and_derived_arrays_arrive_as_what_they_are()
    {
        var stop = TestContext.Current.CancellationToken;
        using var queue = new ProcessQueue<byte[]?>();
        queue.Put([1, 2]);
        queue.Put(null);
        queue.Put([]);
        await queue.PutAsync((byte[])(object)new sbyte[] { -1 }, stop);
        await queue.PutAsync([3], stop);
        queue.Get().ShouldBe([1, 2]);
        queue.Get().ShouldBeNull();
        queue.Get().ShouldBe([]);
        var signed = await queue.GetAsync(stop);
        ((object)signed!).ShouldBeOfType<sbyte[]>().ShouldBe([-1]);
        (await queue.GetAsync(stop)).ShouldBe([3]);

        using var colours = new ProcessQueue<Colour[]>();
        colours.PutMany([[Colour.Red], [Colour.Blue, Colour.Red]]);
        colours.GetMany(5).ShouldBe([[Colour.Red], [Colour.Blue, Colour.Red]]);
    }

    [Fact]
    public void A_get_into_an_array_of_the_items_length_fills_that_and_makes_none()
    {
        using var queue = new ProcessQueue<byte[]>();
        queue.PutMany([[1, 2, 3], [4, 5, 6], [7]]);
        var own = new byte[3];
        var item = own;
        queue.GetInto(ref item);
        item.ShouldBeSameAs(own);
        item.ShouldBe([1, 2, 3]);
        queue.TryGetInto(ref item).ShouldBeTrue();
        item.ShouldBeSameAs(own);
        item.ShouldBe([4, 5, 6]);

        queue.GetInto(ref item);
        item.ShouldNotBeSameAs(own);
        item.ShouldBe([7]);
        own.ShouldBe([4, 5, 6]);

        queue.TryGetInto(ref own).ShouldBeFalse();
        own.ShouldBe([4, 5, 6]);
        queue.Complete();
        Should.Throw<QueueCompletedException>(() => queue.GetInto(ref own));
        own.ShouldBe([4, 5, 6]);
    }

    [Fact]
    public void A_get_into_something_else_replaces_it()
    {
        using var texts = new ProcessQueue<string>();
        texts.Put("new");
        var text = "old";
        texts.GetInto(ref text);
        text.ShouldBe("new");

        using var arrays = new ProcessQueue<byte[]?>();
        arrays.Put(null);
        arrays.Put([9]);
        byte[]? array = [1];
        arrays.GetInto(ref array);
        array.ShouldBeNull();
        arrays.GetInto(ref array);
        array.ShouldBe([9]);

        using var numbers = new ProcessQueue<long>();
        numbers.Put(5);
        var number = 1L;
        numbers.TryGetInto(ref number, TimeSpan.FromSeconds(1)).ShouldBeTrue();
        number.ShouldBe(5);
        numbers.TryGetInto(ref number, TimeSpan.FromMilliseconds(10)).ShouldBeFalse();
        number.ShouldBe(5);
    }

    [Fact]
    public async Task What_is_changed_after_PutAsync_has_returned_does_not_change_a_small_array_in_the_queue()
    {
        var stop = TestContext.Current.CancellationToken;
        using var queue = new ProcessQueue<byte[]>(1);
        byte[] array = [1];
        await queue.PutAsync(array, stop);
        array[0] = 2;
        var waiting = queue.PutAsync(array, stop);
        array[0] = 3;
        queue.Get().ShouldBe([1]);
        await waiting;
        queue.Get().ShouldBe([2]);
    }
}
