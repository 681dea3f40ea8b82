using System.Buffers;
using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

/// <summary>Buffers cross in place, and their memory is freed with its last user, however that ends. Each test proves that nothing is left.</summary>
public sealed class SharedBufferTests : ProcessTest
{
    private int _before;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync(); // trims the pool of what a test of another class has left in it
        _before = Session.Current.Segments.CountLive(SegmentKind.Buffer);
    }

    public override async ValueTask DisposeAsync()
    {
        SharedMemoryPool.Shared.Trim();
        await base.DisposeAsync();
    }

    [Fact]
    public void A_new_buffer_is_zero_and_has_exactly_the_length()
    {
        using (var dirty = new SharedBuffer<byte>(5000))
        {
            dirty.Span.Fill(7);
        }

        using var buffer = new SharedBuffer<int>(1100);
        buffer.Length.ShouldBe(1100);
        buffer.Memory.Length.ShouldBe(1100);
        buffer.Span.IndexOfAnyExcept(0).ShouldBe(-1);
        using var copy = new SharedBuffer<double>([1, 2, 3]);
        copy.Span.ToArray().ShouldBe([1, 2, 3]);
        using var none = new SharedBuffer<Guid>(0);
        none.Span.IsEmpty.ShouldBeTrue();
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedBuffer<byte>(-1));
    }

    [Fact]
    public Task It_crosses_in_place_when_captured_passed_returned_and_put_into_a_queue() => Watchdog.Run(() =>
    {
        using var captured = new SharedBuffer<byte>(100_000);
        using var passed = new SharedBuffer<double>([1, 2, 3]);
        using var queue = new ProcessQueue<SharedBuffer<long>>();
        using (var put = new SharedBuffer<long>([41]))
        {
            queue.Put(put);
        }

        using var back = ChildProcess.Run(
            (SharedBuffer<double> argument) =>
            {
                using var got = queue.Get();
                got.Span[0]++;
                queue.Put(got);
                captured.Span[^1] = 1;
                argument.Span[0] = 10;
                return argument;
            },
            passed).Take();
        captured.Span[99_999].ShouldBe((byte)1);
        passed.Span[0].ShouldBe(10);
        back.Span.ToArray().ShouldBe([10, 2, 3]);
        back.Span[2] = 30;
        passed.Span[2].ShouldBe(30, "the result is the same memory");
        using var again = queue.Get();
        again.Span.ToArray().ShouldBe([42]);
    });

    [Fact]
    public Task It_crosses_through_a_pool_and_a_pipe() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        using var numbers = new SharedBuffer<int>(200_000);
        using var doubled = await pool.RunAsync(
            static buffer =>
            {
                foreach (ref var number in buffer.Span)
                {
                    number = 2;
                }

                return buffer;
            },
            numbers);
        numbers.Span[199_999].ShouldBe(2);
        doubled.Span[199_999] = 3;
        numbers.Span[199_999].ShouldBe(3);

        var (mine, others) = ProcessPipe.Create();
        using (mine)
        {
            using var child = ChildProcess.Run(
                pipe =>
                {
                    using var received = pipe.Receive<SharedBuffer<int>>();
                    received.Span[0] = 4;
                    pipe.Send(true);
                },
                others);
            others.Dispose();
            mine.Send(numbers);
            mine.Receive<bool>().ShouldBeTrue();
            numbers.Span[0].ShouldBe(4);
            child.Join();
        }
    });

    [Fact]
    public void After_dispose_every_member_throws_and_says_why()
    {
        var buffer = new SharedBuffer<byte>(10);
        var memory = buffer.Memory;
        var owner = (IMemoryOwner<byte>)buffer;
        owner.Dispose();
        buffer.Dispose();
        Should.Throw<ObjectDisposedException>(() => buffer.Span.Length).Message.ShouldContain("was disposed in this process");
        Should.Throw<ObjectDisposedException>(() => buffer.Memory);
        Should.Throw<ObjectDisposedException>(() => memory.Span.Length);
        Should.Throw<ObjectDisposedException>(() => buffer.Pin());
        using var queue = new ProcessQueue<SharedBuffer<byte>>();
        Should.Throw<ObjectDisposedException>(() => queue.Put(buffer));
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public Task It_outlives_its_killed_creator_in_an_unread_message() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<SharedBuffer<byte>>();
        ChildProcess.Run(() =>
        {
            var buffer = new SharedBuffer<byte>(1 << 20);
            buffer.Span.Fill(9);
            queue.Put(buffer);
            Posix.Signal(Environment.ProcessId, Posix.SigKill);
        }).TakeFailure().ShouldBeOfType<ProcessDiedException>();
        using (var buffer = queue.Get())
        {
            buffer.Length.ShouldBe(1 << 20);
            buffer.Span.IndexOfAnyExcept((byte)9).ShouldBe(-1);
            Buffers().ShouldBe(1);
        }

        Buffers().ShouldBe(0);
    });

    [Fact]
    public Task The_last_holder_frees_it_when_the_creator_has_ended() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<SharedBuffer<byte>>();
        using (var child = ChildProcess.Run(() =>
        {
            using var buffer = new SharedBuffer<byte>([5]);
            queue.Put(buffer);
        }))
        {
            child.Join();
        }

        using var got = queue.Get();
        got.Span[0].ShouldBe((byte)5);
        Buffers().ShouldBe(1);
        got.Dispose();
        Buffers().ShouldBe(0);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_sender_that_is_killed_while_it_waits_for_room_leaves_nothing(bool isAsync) => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<SharedBuffer<byte>>(1);
        using (var first = new SharedBuffer<byte>([1]))
        {
            queue.Put(first);
        }

        SharedMemoryPool.Shared.Trim();
        using var waits = new ProcessEvent();
        using (var child = ChildProcess.Run(() =>
        {
            using var buffer = new SharedBuffer<byte>(100_000);
            waits.Set();
            if (isAsync)
            {
                queue.PutAsync(buffer).AsTask().Wait();
            }
            else
            {
                queue.Put(buffer);
            }
        }))
        {
            waits.Wait();
            Thread.Sleep(500); // it sleeps by then; on a slower machine it is killed before, which leaves nothing either
            child.Kill();
            child.Join();
        }

        Buffers().ShouldBe(1, "the one in the queue");
        queue.Get().Dispose();
        Buffers().ShouldBe(0);
    });

    [Fact]
    public Task A_buffer_that_waited_for_room_arrives() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<SharedBuffer<int>>(1);
        using var child = ChildProcess.Run(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                using var buffer = SharedMemoryPool.Shared.Rent<int>(10_000);
                buffer.Span.Fill(i);
                queue.Put(buffer);
            }
        });
        for (var i = 0; i < 20; i++)
        {
            Thread.Sleep(20);
            using var buffer = queue.Get();
            buffer.Span.IndexOfAnyExcept(i).ShouldBe(-1);
        }

        child.Join();
        Buffers().ShouldBe(0);
    });

    [Fact]
    public Task An_unread_message_keeps_it_no_longer_than_its_queue() => Watchdog.Run(() =>
    {
        using (var queue = new ProcessQueue<SharedBuffer<byte>>())
        {
            using (var buffer = new SharedBuffer<byte>(100))
            {
                queue.Put(buffer);
            }

            SharedMemoryPool.Shared.Trim();
            Buffers().ShouldBe(1);
        }

        Buffers().ShouldBe(0);
    });

    [Fact]
    public Task A_forgotten_buffer_is_released_by_the_collector() => Watchdog.Run(() =>
    {
        Forget();
        Eventually.Is(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                SharedMemoryPool.Shared.Trim();
                return Buffers() == 0;
            },
            "the memory is freed");
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget() => _ = new SharedBuffer<byte>(10);

    private int Buffers() => Session.Current.Segments.CountLive(SegmentKind.Buffer) - _before;
}
