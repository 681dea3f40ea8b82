using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Names;

/// <summary>Two participants in one process: each has objects of its own, as two programs would.</summary>
public sealed class NamedObjectTests : IDisposable
{
    private readonly MeetingPlace _place = new();
    private readonly Session _here;
    private readonly Session _there;

    public NamedObjectTests()
    {
        _here = _place.Join();
        _there = _place.Join();
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_handle_that_a_named_queue_refuses_is_not_in_flight()
    {
        using var named = ProcessQueue<object>.OpenOrCreate(_here, "x", null);
        using var unnamed = new ProcessQueue<int>();
        Should.Throw<NotSupportedException>(() => named.Put(unnamed));
        await Should.ThrowAsync<NotSupportedException>(async () => await named.PutAsync(unnamed));
        Should.Throw<NotSupportedException>(() => named.PutMany([unnamed]));
        unnamed.Core.Session.Segments.InFlightOf(unnamed.Core.Segment.Id).ShouldBe(0);
    }

    [Fact]
    public void A_lock_of_a_name_is_one_lock()
    {
        using var here = ProcessLock.OpenOrCreate(_here, "x", LockRecursionPolicy.NoRecursion);
        using var there = ProcessLock.OpenOrCreate(_there, "x", LockRecursionPolicy.NoRecursion);
        here.Enter();
        there.TryEnter().ShouldBeFalse();
        here.Exit();
        there.TryEnter().ShouldBeTrue();
        there.Exit();
    }

    [Fact]
    public void A_semaphore_of_a_name_has_one_count_and_the_first_one_says_how_many()
    {
        using var here = ProcessSemaphore.OpenOrCreate(_here, "x", 2, 5);
        using var there = ProcessSemaphore.OpenOrCreate(_there, "x", 4, 5);
        there.CurrentCount.ShouldBe(2);
        there.Wait();
        here.CurrentCount.ShouldBe(1);
        there.Release();
    }

    [Fact]
    public async Task A_named_event_wakes_waiters_in_other_processes()
    {
        using var here = ProcessEvent.OpenOrCreate(_here, "x", EventResetMode.ManualReset, initialState: false);
        using var there = ProcessEvent.OpenOrCreate(_there, "x", EventResetMode.ManualReset, initialState: true);
        var waiting = there.WaitAsync(TimeSpan.FromSeconds(60)).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        here.Set();
        (await waiting).ShouldBeTrue();
    }

    [Fact]
    public Task A_condition_of_a_name_comes_with_its_lock() => Watchdog.Run(async () =>
    {
        using var here = ProcessCondition.OpenOrCreate(_here, "x");
        using var there = ProcessCondition.OpenOrCreate(_there, "x");
        using var begun = new ManualResetEventSlim();
        var waiter = Task.Run(() =>
        {
            here.Lock.Enter();
            begun.Set();
            here.Wait();
            here.Lock.Exit();
        });
        begun.Wait();
        there.Lock.Enter();
        there.Notify();
        there.Lock.Exit();
        await waiter;
    });

    [Fact]
    public Task A_barrier_of_a_name_is_one_barrier() => Watchdog.Run(async () =>
    {
        using var here = ProcessBarrier.OpenOrCreate(_here, "x", 2);
        using var there = ProcessBarrier.OpenOrCreate(_there, "x", 2);
        await Task.WhenAll(Queues.Watch.Thread(() => here.SignalAndWait()), Queues.Watch.Thread(() => there.SignalAndWait()));
    });

    [Fact]
    public void A_reader_writer_lock_of_a_name_is_one_lock()
    {
        using var here = ProcessReaderWriterLock.OpenOrCreate(_here, "x", LockRecursionPolicy.NoRecursion);
        using var there = ProcessReaderWriterLock.OpenOrCreate(_there, "x", LockRecursionPolicy.NoRecursion);
        here.EnterReadLock();
        there.TryEnterWriteLock(TimeSpan.Zero).ShouldBeFalse();
        here.ExitReadLock();
    }

    [Fact]
    public void A_queue_of_a_name_is_one_queue()
    {
        using var here = ProcessQueue<string>.OpenOrCreate(_here, "x", null);
        using var there = ProcessQueue<string>.OpenOrCreate(_there, "x", null);
        here.Put("hello");
        there.Get().ShouldBe("hello");
        here.DisplayName.ShouldBe("x");
        using var numbers = ProcessQueue<int[]>.OpenOrCreate(_here, "numbers", null);
        using var others = ProcessQueue<int[]>.OpenOrCreate(_there, "numbers", null);
        numbers.Put([1, 2, 3]);
        others.Get().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void A_named_queue_is_not_abandoned_when_all_others_have_left()
    {
        using var here = ProcessQueue<int>.OpenOrCreate(_here, "x", new ProcessQueueOptions { OrphanGrace = TimeSpan.Zero });
        ProcessQueue<int>.OpenOrCreate(_there, "x", null).Dispose();
        here.TryGet(out _, TimeSpan.FromSeconds(1)).ShouldBeFalse();
    }

    [Fact]
    public void Memory_of_a_name_is_the_same_bytes()
    {
        using var here = SharedMemory.OpenOrCreate(_here, "x", 5000);
        using var there = SharedMemory.OpenOrCreate(_there, "x", 5000);
        here.Span[4999] = 7;
        there.Span[4999].ShouldBe((byte)7);
        there.Size.ShouldBe(5000);
        using var array = SharedArray<double>.OpenOrCreate(_here, "array", 600);
        using var again = SharedArray<double>.OpenOrCreate(_there, "array", 600);
        array[599] = 1.5;
        again[599].ShouldBe(1.5);
        using var value = SharedValue<long>.OpenOrCreate(_here, "value", 40);
        using var same = SharedValue<long>.OpenOrCreate(_there, "value", 1);
        same.Add(2);
        value.Value.ShouldBe(42);
    }

    [Fact]
    public void An_object_goes_with_its_last_holder_and_the_name_is_free()
    {
        var here = SharedValue<int>.OpenOrCreate(_here, "x", 1);
        var there = SharedValue<int>.OpenOrCreate(_there, "x", 2);
        here.Dispose();
        there.Value.ShouldBe(1);
        there.Dispose();
        _there.Segments.CountLive(SegmentKind.Array).ShouldBe(0);
        using var anew = SharedValue<int>.OpenOrCreate(_here, "x", 3);
        anew.Value.ShouldBe(3);
    }

    [Fact]
    public void Another_kind_type_size_or_capacity_is_an_error_that_names_both()
    {
        using var value = SharedValue<int>.OpenOrCreate(_here, "value", 1);
        using var queue = ProcessQueue<int>.OpenOrCreate(_here, "queue", new ProcessQueueOptions { Capacity = 3 });
        using var memory = SharedMemory.OpenOrCreate(_here, "memory", 10);
        using var gate = ProcessLock.OpenOrCreate(_here, "lock", LockRecursionPolicy.NoRecursion);
        var kind = Should.Throw<NamedObjectMismatchException>(() => ProcessLock.OpenOrCreate(_there, "value", LockRecursionPolicy.NoRecursion));
        kind.Name.ShouldBe("value");
        kind.Expected.ShouldContain("ProcessLock");
        kind.Actual.ShouldContain("SharedValue<System.Int32>");
        kind.Message.ShouldContain($"pid {Environment.ProcessId}");
        Should.Throw<NamedObjectMismatchException>(() => SharedValue<uint>.OpenOrCreate(_there, "value", 1)).Message.ShouldContain("System.UInt32");
        var capacity = Should.Throw<NamedObjectMismatchException>(() => ProcessQueue<int>.OpenOrCreate(_there, "queue", null));
        capacity.Message.ShouldContain("capacity 3");
        capacity.Message.ShouldContain("capacity unbounded");
        Should.Throw<NamedObjectMismatchException>(() => SharedMemory.OpenOrCreate(_there, "memory", 11)).Message.ShouldContain("10 bytes");
        Should.Throw<NamedObjectMismatchException>(() => ProcessLock.OpenOrCreate(_there, "lock", LockRecursionPolicy.SupportsRecursion));
        Should.Throw<NamedObjectMismatchException>(() => ProcessReaderWriterLock.OpenOrCreate(_there, "lock", LockRecursionPolicy.NoRecursion));
    }

    [Fact]
    public void Only_those_names_are_taken_that_every_system_can_have()
    {
        foreach (var name in new[] { "", new string('x', 129), "a\nb", "a\u0001b", "a\0", "half \ud800 pair" })
        {
            Should.Throw<ArgumentException>(() => ProcessLock.OpenOrCreate(_here, name, LockRecursionPolicy.NoRecursion));
            Should.Throw<ArgumentException>(() => SharedMemory.Open(name));
            Should.Throw<ArgumentException>(() => ProcessQueue<int>.TryOpen(name, out _));
        }

        foreach (var name in new[] { new string('x', 128), "a/b\\c:*?", "\U0001F512 lock", " ", ".." })
        {
            using var here = ProcessLock.OpenOrCreate(_here, name, LockRecursionPolicy.NoRecursion);
            using var there = ProcessLock.OpenOrCreate(_there, name, LockRecursionPolicy.NoRecursion);
            here.Enter();
            there.TryEnter().ShouldBeFalse();
            here.Exit();
        }
    }

    [Fact]
    public void Opening_what_does_not_exist_is_an_error_or_false()
    {
        var wanted = NamedIdentity.Of<ProcessLock>(null);
        var none = Should.Throw<NamedObjectNotFoundException>(() => NamedObject.Open(_here, "x", wanted, ProcessLock.OpenNamed));
        none.Name.ShouldBe("x");
        none.Message.ShouldContain("OpenOrCreate");
        NamedObject.TryOpen(_here, "x", wanted, ProcessLock.OpenNamed, out _).ShouldBeFalse();
        using var made = ProcessLock.OpenOrCreate(_there, "x", LockRecursionPolicy.SupportsRecursion);
        using var opened = NamedObject.Open(_here, "x", wanted, ProcessLock.OpenNamed);
        opened.RecursionPolicy.ShouldBe(LockRecursionPolicy.SupportsRecursion);
    }

    [Fact]
    public void Names_are_distinguished_by_case_and_by_all_of_their_characters()
    {
        using var lower = SharedValue<int>.OpenOrCreate(_here, "name", 1);
        using var upper = SharedValue<int>.OpenOrCreate(_here, "NAME", 2);
        using var space = SharedValue<int>.OpenOrCreate(_here, "name ", 3);
        (lower.Value, upper.Value, space.Value).ShouldBe((1, 2, 3));
    }

    [Fact]
    public void Many_threads_that_ask_at_once_get_one_object()
    {
        var values = new SharedValue<int>[16];
        Parallel.For(0, values.Length, i => (values[i] = SharedValue<int>.OpenOrCreate(i % 2 == 0 ? _here : _there, "x", 0)).Increment());
        values.ShouldAllBe(value => value.Value == values.Length);
        foreach (var value in values)
        {
            value.Dispose();
        }

        _here.Segments.CountLive(SegmentKind.Array).ShouldBe(0);
    }
}
