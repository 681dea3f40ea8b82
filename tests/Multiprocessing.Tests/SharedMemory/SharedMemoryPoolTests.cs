using System.Buffers;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

/// <summary>Memory of a pool is used again after its last user, whichever process that is.</summary>
public sealed class SharedMemoryPoolTests : ProcessTest
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
    public void It_is_a_memory_pool()
    {
        using MemoryPool<byte> pool = new SharedMemoryPool();
        using var owner = pool.Rent(1000);
        owner.Memory.Length.ShouldBe(1000);
        using var usual = pool.Rent();
        usual.Memory.Length.ShouldBe(4096);
        Should.Throw<ArgumentOutOfRangeException>(() => pool.Rent(-2));
        pool.MaxBufferSize.ShouldBeGreaterThan(1 << 30);
    }

    [Fact]
    public void Memory_is_used_again()
    {
        using var pool = new SharedMemoryPool();
        var first = AddressOf(pool.Rent(100_000));
        AddressOf(pool.Rent<int>(25_001)).ShouldBe(first, "the same size class");
        using var rented = pool.Rent(100_000);
        AddressOf(pool.Rent(100_000)).ShouldNotBe(first);
        Buffers().ShouldBe(2);
    }

    [Fact]
    public Task Memory_is_used_again_after_its_last_user_in_another_process() => Watchdog.Run(() =>
    {
        using var pool = new SharedMemoryPool();
        using var queue = new ProcessQueue<SharedBuffer<int>>(4);
        using var child = ChildProcess.Run(() =>
        {
            var sum = 0L;
            foreach (var buffer in queue.ReadAll())
            {
                using (buffer)
                {
                    sum += buffer.Span[0] + buffer.Span[^1];
                }
            }

            return sum;
        });
        for (var i = 0; i < 2000; i++)
        {
            using var buffer = pool.Rent<int>(50_000);
            buffer.Span[0] = i;
            buffer.Span[^1] = i;
            queue.Put(buffer);
        }

        Buffers().ShouldBeLessThan(40);
        queue.Complete();
        child.Take().ShouldBe(2000L * 1999);
    });

    [Fact]
    public Task Memory_that_another_process_reads_is_not_rented() => Watchdog.Run(() =>
    {
        using var pool = new SharedMemoryPool();
        using var queue = new ProcessQueue<SharedBuffer<byte>>();
        using var started = new ProcessEvent();
        using var read = new ProcessEvent();
        using var enough = new ProcessEvent();
        using var child = ChildProcess.Run(() =>
        {
            started.Set();
            using var buffer = queue.Get();
            read.Set();
            enough.Wait();
            return buffer.Span.IndexOfAnyExcept((byte)1);
        });
        started.Wait(); // a start may take as long as the pool keeps what was not rented again
        using (var buffer = pool.Rent(10_000))
        {
            buffer.Span.Fill(1);
            queue.Put(buffer);
        }

        read.Wait();
        for (var i = 0; i < 20; i++)
        {
            using var other = pool.Rent(10_000);
            other.Span.Fill(2);
        }

        Buffers().ShouldBe(2);
        enough.Set();
        child.Take().ShouldBe(-1);
    });

    [Fact]
    public Task Memory_in_an_unread_message_is_not_rented() => Watchdog.Run(() =>
    {
        using var pool = new SharedMemoryPool();
        using var queue = new ProcessQueue<SharedBuffer<byte>>();
        for (var i = 0; i < 30; i++)
        {
            using var buffer = pool.Rent(10_000);
            buffer.Span.Fill((byte)i);
            queue.Put(buffer);
        }

        for (var i = 0; i < 30; i++)
        {
            using var buffer = queue.Get();
            buffer.Span.IndexOfAnyExcept((byte)i).ShouldBe(-1);
        }
    });

    [Fact]
    public Task The_memory_of_a_killed_holder_is_rented_again() => Watchdog.Run(() =>
    {
        using var pool = new SharedMemoryPool();
        using var queue = new ProcessQueue<SharedBuffer<byte>>();
        using var started = new ProcessEvent();
        using var read = new ProcessEvent();
        var child = ChildProcess.Run(() =>
        {
            started.Set();
            var buffer = queue.Get();
            read.Set();
            Thread.Sleep(Timeout.Infinite);
            GC.KeepAlive(buffer);
        });
        started.Wait(); // a start may take as long as the pool keeps what was not rented again
        nint address;
        using (var buffer = pool.Rent(10_000))
        {
            address = AddressOf(buffer, dispose: false);
            queue.Put(buffer);
        }

        read.Wait();
        AddressOf(pool.Rent(10_000)).ShouldNotBe(address);
        child.Kill();
        child.Join();
        child.Dispose();
        Enumerable.Range(0, 2).Select(_ => AddressOf(pool.Rent(10_000))).ShouldContain(address);
    });

    [Fact]
    public void It_keeps_no_more_than_its_limit()
    {
        using var pool = new SharedMemoryPool(maxPooledBytes: 300_000);
        for (var i = 1; i <= 6; i++)
        {
            pool.Rent(i * 30_000).Dispose();
            pool.PooledBytes.ShouldBeLessThanOrEqualTo(300_000);
        }

        using var large = pool.Rent(1 << 20);
        pool.PooledBytes.ShouldBeLessThanOrEqualTo(300_000);
        Buffers().ShouldBeGreaterThan(1);
        pool.Trim();
        pool.PooledBytes.ShouldBe(0);
        Buffers().ShouldBe(1);
    }

    [Fact]
    public void Disposing_a_pool_leaves_rented_buffers_usable()
    {
        var pool = new SharedMemoryPool();
        using var rented = pool.Rent(100);
        pool.Dispose();
        pool.Dispose();
        rented.Span.Fill(1);
        Should.Throw<ObjectDisposedException>(() => pool.Rent(100));
        rented.Dispose();
        Buffers().ShouldBe(0);
        SharedMemoryPool.Shared.Dispose();
        SharedMemoryPool.Shared.Rent(10).Dispose();
    }

    [Fact]
    public Task Threads_never_share_rented_memory() => Watchdog.Run(() =>
    {
        using var pool = new SharedMemoryPool();
        using var queue = new ProcessQueue<SharedBuffer<long>>(8);
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, index =>
        {
            for (var i = 0; i < 300; i++)
            {
                var mark = (index * 1000L) + i;
                using (var mine = pool.Rent<long>(2000))
                {
                    mine.Span.Fill(mark);
                    Thread.Yield();
                    mine.Span.IndexOfAnyExcept(mark).ShouldBe(-1);
                    queue.Put(mine);
                }

                using var any = queue.Get();
                any.Span.IndexOfAnyExcept(any.Span[0]).ShouldBe(-1);
            }
        });
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(1_000_000)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData(34_000_000_000)]
    public void A_size_class_has_room_and_little_more(long bytes)
    {
        var index = BufferSizes.IndexOf(bytes);
        var size = BufferSizes.SizeAt(index);
        index.ShouldBeInRange(0, BufferSizes.Count - 1);
        size.ShouldBeGreaterThanOrEqualTo(bytes);
        (size % 4096).ShouldBe(0);
        BufferSizes.IndexOf(size).ShouldBe(index);
        if (bytes > 32 << 10)
        {
            size.ShouldBeLessThan((long)(bytes * 1.26));
        }
    }

    private static unsafe nint AddressOf<T>(SharedBuffer<T> buffer, bool dispose = true)
        where T : unmanaged
    {
        using var pinned = buffer.Pin();
        var address = (nint)pinned.Pointer;
        if (dispose)
        {
            buffer.Dispose();
        }

        return address;
    }

    private int Buffers() => Session.Current.Segments.CountLive(SegmentKind.Buffer) - _before;
}
