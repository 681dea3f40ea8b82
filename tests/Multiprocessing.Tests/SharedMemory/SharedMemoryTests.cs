using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

/// <summary>Plain bytes: their number, their views, and their end.</summary>
public sealed class SharedMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3072)]
    [InlineData(3073)]
    [InlineData(4096)]
    [InlineData(1_000_003)]
    public void It_has_exactly_the_size_that_was_asked_for_and_is_zero(long size)
    {
        using var memory = new SharedMemory(size);
        memory.Size.ShouldBe(size);
        memory.Span.Length.ShouldBe((int)size);
        memory.Memory.Length.ShouldBe((int)size);
        memory.Span.ContainsAnyExcept((byte)0).ShouldBeFalse();
        memory.Span.Fill(0xFF);
        memory.Lock.IsHeld.ShouldBeFalse("the last byte lies in the memory and not in what describes it");
        memory.Size.ShouldBe(size);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void A_size_that_cannot_be_is_refused(long size) => Should.Throw<ArgumentOutOfRangeException>(() => new SharedMemory(size));

    [Fact]
    public void More_than_there_is_room_for_is_refused_and_takes_nothing()
    {
        var before = Session.Current.Segments.CountLive(SegmentKind.Memory);
        Should.Throw<InsufficientSharedMemoryException>(() => new SharedMemory(1L << 50)).RequestedBytes.ShouldBeGreaterThanOrEqualTo(1L << 50);
        Session.Current.Segments.CountLive(SegmentKind.Memory).ShouldBe(before);
    }

    [Fact]
    public void A_part_has_the_bytes_of_the_whole()
    {
        using var memory = new SharedMemory(5000);
        memory.GetSpan(4990, 10).Fill(7);
        memory.Span[4989].ShouldBe((byte)0);
        memory.Span[4990..].ToArray().ShouldAllBe(value => value == 7);
        memory.GetMemory(4999, 1).Span[0].ShouldBe((byte)7);
        memory.GetSpan(5000, 0).Length.ShouldBe(0);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(0, 101)]
    [InlineData(100, 1)]
    [InlineData(101, 0)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(1, int.MaxValue)]
    public void A_part_outside_is_refused(long offset, int length)
    {
        using var memory = new SharedMemory(100);
        Should.Throw<ArgumentOutOfRangeException>(() => { memory.GetSpan(offset, length); });
        Should.Throw<ArgumentOutOfRangeException>(() => memory.GetMemory(offset, length));
        Should.Throw<ArgumentOutOfRangeException>(() => { memory.AsSpan<long>(offset, length); });
        Should.Throw<ArgumentOutOfRangeException>(() => memory.AsArray<long>(offset, length));
    }

    [Fact]
    public void It_is_seen_as_elements_of_any_type()
    {
        using var memory = new SharedMemory(100);
        var numbers = memory.AsSpan<long>();
        numbers.Length.ShouldBe(12, "four bytes are left over");
        numbers[1] = -1;
        memory.GetSpan(7, 10).ToArray().ShouldBe([0, 255, 255, 255, 255, 255, 255, 255, 255, 0]);
        memory.AsSpan<short>(9, 2).ToArray().ShouldBe([-1, -1]);
    }

    [Fact]
    public void An_array_over_it_has_its_bytes_its_lock_and_outlives_it()
    {
        var memory = new SharedMemory(100);
        using var array = memory.AsArray<int>(8, 20);
        array.Increment(0).ShouldBe(1);
        memory.Span[8].ShouldBe((byte)1);
        using (memory.Lock.EnterScope())
        {
            array.Lock.IsHeldByCurrentThread.ShouldBeTrue();
        }

        memory.Dispose();
        array.Increment(0).ShouldBe(2);
        array.Lock.Enter();
        array.Lock.Exit();
    }

    [Fact]
    public void An_array_that_would_lie_across_its_elements_is_refused()
    {
        using var memory = new SharedMemory(100);
        Should.Throw<ArgumentException>(() => memory.AsArray<int>(2, 1)).Message.ShouldContain("multiples of 4");
        memory.AsArray<System.Numerics.Vector3>(4, 1).Dispose();
        memory.AsArray<byte>(3, 1).Dispose();
    }

    [Fact]
    public void Everything_throws_after_Dispose_also_what_was_taken_before()
    {
        var memory = new SharedMemory(100);
        var taken = memory.Memory;
        var part = memory.GetMemory(10, 10);
        var gate = memory.Lock;
        memory.Dispose();
        memory.Dispose();
        Should.Throw<ObjectDisposedException>(() => { _ = memory.Span; }).Message.ShouldContain("SharedMemory");
        Should.Throw<ObjectDisposedException>(() => memory.Memory);
        Should.Throw<ObjectDisposedException>(() => { memory.AsSpan<int>(); });
        Should.Throw<ObjectDisposedException>(() => memory.AsArray<int>(0, 1));
        Should.Throw<ObjectDisposedException>(() => memory.Lock);
        Should.Throw<ObjectDisposedException>(() => taken.Span[0]);
        Should.Throw<ObjectDisposedException>(() => part.Span[0]);
        Should.Throw<ObjectDisposedException>(() => part.Pin());
        Should.Throw<ObjectDisposedException>(() => gate.Enter());
        memory.Size.ShouldBe(100);
    }

    [Fact]
    public void A_pinned_part_stays_mapped_although_all_else_is_gone()
    {
        using var pinned = PinAndForget();
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        unsafe
        {
            ((byte*)pinned.Pointer)[0].ShouldBe((byte)42);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static System.Buffers.MemoryHandle PinAndForget()
        {
            using var memory = new SharedMemory(100);
            memory.Span[50] = 42;
            return memory.GetMemory(50, 10).Pin();
        }
    }

    [Fact]
    public void A_span_taken_before_Dispose_reads_and_writes_as_long_as_the_object_can_be_reached()
    {
        var memory = new SharedMemory(1 << 20);
        var span = memory.Span;
        span[1000] = 1;
        memory.Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        span[1000].ShouldBe((byte)1);
        span.Fill(2);
        GC.KeepAlive(memory);
    }

    [Fact]
    public void What_was_forgotten_goes_with_the_collector()
    {
        var before = Session.Current.Segments.CountLive(SegmentKind.Memory);
        Forget();
        Eventually.Is(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Session.Current.Segments.CountLive(SegmentKind.Memory) <= before;
            },
            "the forgotten memory is gone");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget()
        {
            var memory = new SharedMemory(100);
            memory.Lock.Enter();
            memory.Lock.Exit();
        }
    }

    [Fact]
    public void Spans_of_more_than_2_GiB_are_had_in_parts()
    {
        const long Size = (1L << 31) + 10;
        SharedMemory memory;
        try
        {
            memory = new SharedMemory(Size);
        }
        catch (InsufficientSharedMemoryException)
        {
            Assert.Skip("There is no room for more than 2 GiB of shared memory.");
            return;
        }

        using (memory)
        {
            Should.Throw<InvalidOperationException>(() => { _ = memory.Span; }).Message.ShouldContain("GetSpan");
            memory.GetSpan(Size - 8, 8).Fill(1);
            memory.AsSpan<long>(Size - 8, 1)[0].ShouldBe(0x0101010101010101);
            memory.AsSpan<short>().Length.ShouldBe((1 << 30) + 5);
        }
    }
}
