using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Managers;

/// <summary>
/// The cases of CPython's <c>test/_test_multiprocessing.py</c> for the types of managers (<c>TestSyncManagerTypes</c>, <c>_TestContainers</c>), carried
/// over by meaning and named after the originals. <c>docs/internals/cpython-tests.md</c> lists all of them.
/// </summary>
public sealed class CpythonManagerTypesTests : ManagerTest
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Sync_test_event() => Watchdog.Run(() =>
    {
        using var managed = Manager.Event();
        managed.IsSet.ShouldBeFalse();
        Child(() =>
        {
            managed.IsSet.ShouldBeFalse();
            managed.Set();
            managed.Wait(TimeSpan.FromMilliseconds(1)).ShouldBeTrue();
            managed.IsSet.ShouldBeTrue();
            managed.Reset();
            managed.IsSet.ShouldBeFalse();
            managed.Wait(TimeSpan.FromMilliseconds(1)).ShouldBeFalse();
        });
        managed.IsSet.ShouldBeFalse();
    });

    [Fact]
    public Task Sync_test_lock() => Watchdog.Run(() =>
    {
        using var managed = Manager.Lock();
        managed.Enter();
        Child(() => managed.TryEnter(TimeSpan.FromMilliseconds(5)).ShouldBeFalse());
        managed.Exit();
        Should.Throw<SynchronizationLockException>(managed.Exit);
        Child(() =>
        {
            using (managed.EnterScope())
            {
                managed.IsHeld.ShouldBeTrue();
            }
        });
        managed.IsHeld.ShouldBeFalse();
    });

    [Fact]
    public Task Sync_test_rlock() => Watchdog.Run(() =>
    {
        using var managed = Manager.Lock(LockRecursionPolicy.SupportsRecursion);
        Child(() =>
        {
            managed.Enter();
            managed.Enter();
            managed.Exit();
            managed.IsHeld.ShouldBeTrue();
            managed.Exit();
            Should.Throw<SynchronizationLockException>(managed.Exit);
        });
        using var plain = Manager.Lock();
        plain.Enter();
        Should.Throw<LockRecursionException>(() => plain.Enter());
        plain.Exit();
    });

    [Fact]
    public Task Sync_test_semaphore() => Watchdog.Run(() =>
    {
        using var managed = Manager.Semaphore(1);
        Child(() =>
        {
            managed.Wait(Long).ShouldBeTrue();
            managed.Wait(TimeSpan.FromMilliseconds(1)).ShouldBeFalse();
            managed.Release().ShouldBe(0);
            managed.CurrentCount.ShouldBe(1);
        });
        managed.CurrentCount.ShouldBe(1);
    });

    [Fact]
    public Task Sync_test_bounded_semaphore() => Watchdog.Run(() =>
    {
        using var managed = Manager.Semaphore(1, 1);
        Child(() =>
        {
            managed.Wait(Long).ShouldBeTrue();
            managed.Release();
            Should.Throw<SemaphoreFullException>(() => managed.Release());
        });
    });

    [Fact]
    public Task Sync_test_condition() => Watchdog.Run(() =>
    {
        using var managed = Manager.Condition();
        using var ready = Manager.Event();
        using var child = ChildProcess.Run(() =>
        {
            managed.Enter();
            ready.Set();
            managed.Wait(Long).ShouldBeTrue();
            managed.Exit();
        });
        ready.Wait(Long).ShouldBeTrue();
        managed.Enter(); // only when the child waits
        managed.Wait(TimeSpan.FromMilliseconds(1)).ShouldBeFalse();
        managed.Notify();
        managed.Exit();
        child.Wait();
        Should.Throw<SynchronizationLockException>(() => managed.Notify());
    });

    [Fact]
    public Task Sync_test_condition_waits_for_a_predicate() => Watchdog.Run(() =>
    {
        using var managed = Manager.Condition();
        using var state = Manager.Value(0);
        using var child = ChildProcess.Run(() =>
        {
            for (var i = 1; i <= 4; i++)
            {
                managed.Enter();
                state.Value = i;
                managed.NotifyAll();
                managed.Exit();
            }
        });
        managed.Enter();
        managed.Wait(() => state.Value == 4, Long).ShouldBeTrue();
        managed.Wait(() => state.Value == 5, TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
        managed.Exit();
        child.Wait();
    });

    [Fact]
    public Task Sync_test_barrier() => Watchdog.Run(() =>
    {
        using var managed = Manager.Barrier(3);
        using var numbers = Manager.List<int>();
        ChildProcess[] children =
        [
            .. Enumerable.Range(0, 2).Select(_ => ChildProcess.Run(() =>
            {
                for (var i = 0; i < 10; i++)
                {
                    numbers.Add(managed.SignalAndWait());
                }
            })),
        ];
        for (var i = 0; i < 10; i++)
        {
            numbers.Add(managed.SignalAndWait());
        }

        Array.ForEach(children, static child => child.Wait());
        numbers.Count.ShouldBe(30);
        numbers.Count(static number => number == 0).ShouldBe(10);
        numbers.Count(static number => number == 1).ShouldBe(10);
        managed.CurrentPhaseNumber.ShouldBe(10);
        managed.ParticipantsRemaining.ShouldBe(3);
        Array.ForEach(children, static child => child.Dispose());
    });

    [Fact]
    public Task Sync_test_barrier_abort_and_reset() => Watchdog.Run(() =>
    {
        using var managed = Manager.Barrier(2);
        managed.SignalAndWait(TimeSpan.FromMilliseconds(5)).ShouldBeFalse();
        managed.ParticipantsRemaining.ShouldBe(2);
        using var child = ChildProcess.Run(() => Should.Throw<BrokenBarrierException>(() => managed.SignalAndWait()));
        Eventually.Is(() => managed.ParticipantsRemaining == 1, "the child waits");
        managed.Abort();
        child.Wait();
        managed.IsBroken.ShouldBeTrue();
        Should.Throw<BrokenBarrierException>(() => managed.SignalAndWait());
        managed.Reset();
        managed.IsBroken.ShouldBeFalse();
        using var second = ChildProcess.Run(() => managed.SignalAndWait(Long).ShouldBeTrue());
        managed.SignalAndWait(Long).ShouldBeTrue();
        second.Wait();
    });

    [Fact]
    public Task Sync_test_barrier_action_runs_in_the_manager() => Watchdog.Run(() =>
    {
        using var phases = Manager.List<(long, int)>();
        using var managed = Manager.Barrier(1, phase => phases.Add((phase, Environment.ProcessId)));
        managed.SignalAndWait().ShouldBe(0);
        managed.SignalAndWait().ShouldBe(0);
        phases.GetValue().ShouldBe([(0, Manager.ProcessId), (1, Manager.ProcessId)]);
    });

    [Fact]
    public Task Sync_test_queue() => Watchdog.Run(() =>
    {
        using var managed = Manager.Queue<int>(2);
        managed.Put(1);
        managed.Put(2);
        managed.IsFull.ShouldBeTrue();
        Child(() =>
        {
            managed.Capacity.ShouldBe(2);
            managed.Count.ShouldBe(2);
            managed.TryPut(3).ShouldBeFalse();
            Should.Throw<QueueFullException>(() => managed.Put(3, TimeSpan.FromMilliseconds(5)));
            managed.Get().ShouldBe(1);
            managed.Get().ShouldBe(2);
            managed.IsEmpty.ShouldBeTrue();
            managed.TryGet(out _).ShouldBeFalse();
            Should.Throw<QueueEmptyException>(() => managed.Get(TimeSpan.FromMilliseconds(5)));
        });
        managed.IsEmpty.ShouldBeTrue();
        Should.Throw<ArgumentOutOfRangeException>(() => Manager.Queue<int>(0));
    });

    [Fact]
    public Task Sync_test_queue_waits_and_ends() => Watchdog.Run(async () =>
    {
        using var managed = Manager.Queue<string>(1);
        using var child = ChildProcess.Run(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                managed.Put($"item {i}");
            }

            managed.Complete();
        });
        var received = new List<string>();
        await foreach (var item in managed.ReadAllAsync())
        {
            received.Add(item);
        }

        received.ShouldBe(Enumerable.Range(0, 100).Select(static i => $"item {i}"));
        managed.IsCompleted.ShouldBeTrue();
        Should.Throw<QueueCompletedException>(() => managed.Put("late"));
        Should.Throw<QueueCompletedException>(() => managed.Get());
        child.Wait();
    });

    [Fact]
    public Task Sync_test_joinable_queue() => Watchdog.Run(() =>
    {
        using var managed = Manager.Queue<int>();
        using var child = ChildProcess.Run(() =>
        {
            for (var i = 0; i < 3; i++)
            {
                managed.Get();
                managed.MarkDone();
            }
        });
        managed.Put(1);
        managed.Put(2);
        managed.Put(3);
        managed.WaitAllDone(Long).ShouldBeTrue();
        managed.IsEmpty.ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => managed.MarkDone());
        child.Wait();
    });

    [Fact]
    public Task Containers_test_list() => Watchdog.Run(() =>
    {
        using var a = Manager.List(Enumerable.Range(0, 10));
        a.GetValue().ShouldBe(Enumerable.Range(0, 10));
        using var b = Manager.List<int>();
        b.GetValue().ShouldBeEmpty();
        b.AddRange(Enumerable.Range(0, 5));
        b[2].ShouldBe(2);
        b.GetRange(2, 3).ShouldBe([2, 3, 4]);
        b.AddRange(b);
        b.GetValue().ShouldBe([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
        b.ToString().ShouldBe("[0, 1, 2, 3, 4, 0, 1, 2, 3, 4]");
        a.ShouldBe(Enumerable.Range(0, 10));
        a[0] = 7;
        a.Insert(1, 8);
        a.RemoveAt(2);
        a.Remove(9).ShouldBeTrue();
        a.Remove(9).ShouldBeFalse();
        a.IndexOf(8).ShouldBe(1);
        a.Contains(100).ShouldBeFalse();
        a.TryTakeLast(out var last).ShouldBeTrue();
        last.ShouldBe(8);
        a.TryTakeAt(0, out var first).ShouldBeTrue();
        first.ShouldBe(7);
        a.Reverse();
        a.Sort();
        a.GetValue().ShouldBe([2, 3, 4, 5, 6, 7, 8]);
        a.Clear();
        a.Count.ShouldBe(0);
        a.TryTakeLast(out _).ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => a[0]);
        Should.Throw<ArgumentOutOfRangeException>(() => a[-1] = 1);
        Should.Throw<ArgumentOutOfRangeException>(() => a.GetRange(0, 1));
    });

    [Fact]
    public Task Containers_test_list_proxy_in_list() => Watchdog.Run(() =>
    {
        using var outer = Manager.List<IManagedList<int>>();
        for (var i = 0; i < 3; i++)
        {
            outer.Add(Manager.List(Enumerable.Range(0, 3)));
        }

        outer[0].Add(55);
        outer[0].GetValue().ShouldBe([0, 1, 2, 55]);
        outer[1].GetValue().ShouldBe([0, 1, 2]);
        outer[2][^1].ShouldBe(2);
        Child(() => outer[1].Add(8));
        outer[1].GetValue().ShouldBe([0, 1, 2, 8]);
        outer[0].ToString().ShouldBe("[0, 1, 2, 55]");
    });

    [Fact]
    public Task Containers_test_dict() => Watchdog.Run(() =>
    {
        using var d = Manager.Dictionary<int, string>();
        for (var i = 65; i < 70; i++)
        {
            d[i] = ((char)i).ToString();
        }

        d.GetValue().ShouldBe(Enumerable.Range(65, 5).ToDictionary(static i => i, static i => ((char)i).ToString()));
        d.GetKeys().ShouldBe([65, 66, 67, 68, 69]);
        d.GetValues().ShouldBe(["A", "B", "C", "D", "E"]);
        d.Select(static item => item.Key).ShouldBe([65, 66, 67, 68, 69]);
        d.Count.ShouldBe(5);
        d.ContainsKey(66).ShouldBeTrue();
        d.TryGet(1, out _).ShouldBeFalse();
        d.GetValueOrDefault(1, "none").ShouldBe("none");
        Should.Throw<KeyNotFoundException>(() => d[1]).Message.ShouldContain("1");
        d.TryAdd(65, "x").ShouldBeFalse();
        d.GetOrAdd(65, "x").ShouldBe("A");
        d.GetOrAdd(70, "F").ShouldBe("F");
        d.TryUpdate(70, "G", "x").ShouldBeFalse();
        d.TryUpdate(70, "G", "F").ShouldBeTrue();
        d.Remove(70, out var removed).ShouldBeTrue();
        removed.ShouldBe("G");
        d.Remove(70).ShouldBeFalse();
        d.TryTakeAny(out var any).ShouldBeTrue();
        d.ContainsKey(any.Key).ShouldBeFalse();
        d.Clear();
        d.TryTakeAny(out _).ShouldBeFalse();
        d[1] = "one";
        d.ToString().ShouldBe("{1: \"one\"}");
    });

    [Fact]
    public Task Containers_test_dict_proxy_nested() => Watchdog.Run(() =>
    {
        using var pets = Manager.Dictionary<string, int>([new("ferrets", 2), new("hamsters", 4)]);
        using var water = Manager.Dictionary<string, int>([new("water", 10)]);
        using var d = Manager.Dictionary<string, IManagedDictionary<string, int>>([new("pets", pets), new("supplies", water)]);
        Child(() =>
        {
            d["supplies"]["water"].ShouldBe(10);
            d["pets"]["ferrets"] = 3;
        });
        pets["ferrets"].ShouldBe(3);
        var kept = d["pets"];
        d.Remove("pets").ShouldBeTrue();
        kept["hamsters"].ShouldBe(4);
    });

    [Fact]
    public Task Containers_test_nested_queue() => Watchdog.Run(() =>
    {
        using var list = Manager.List<IManagedQueue<string>>();
        list.Add(Manager.Queue<string>());
        list[0].Put("xyzzy");
        Child(() => list[0].Get().ShouldBe("xyzzy"));
    });

    [Fact]
    public Task Containers_test_set() => Watchdog.Run(() =>
    {
        using var set = Manager.Set([1, 2, 3]);
        set.Add(3).ShouldBeFalse();
        set.Add(4).ShouldBeTrue();
        set.Contains(4).ShouldBeTrue();
        set.Remove(1).ShouldBeTrue();
        set.UnionWith([5, 6]);
        set.ExceptWith([2]);
        set.IntersectWith([3, 4, 5]);
        set.SymmetricExceptWith([5, 7]);
        set.GetValue().Order().ShouldBe([3, 4, 7]);
        set.SetEquals([7, 4, 3]).ShouldBeTrue();
        set.IsSubsetOf([3, 4, 7, 8]).ShouldBeTrue();
        set.IsSupersetOf([3]).ShouldBeTrue();
        set.Overlaps([1]).ShouldBeFalse();
        set.TryTakeAny(out var any).ShouldBeTrue();
        set.Contains(any).ShouldBeFalse();
        set.Clear();
        set.Count.ShouldBe(0);
        set.ToString().ShouldBe("{}");
    });

    [Fact]
    public Task Containers_test_namespace() => Watchdog.Run(() =>
    {
        using var n = Manager.Namespace();
        n.Set("name", "Bob");
        n.Set("job", "Builder");
        n.Set("_hidden", 1);
        n.Get<string>("name").ShouldBe("Bob");
        n.Remove("job").ShouldBeTrue();
        Child(() =>
        {
            n.TryGet<string>("job", out _).ShouldBeFalse();
            n.Set("age", 42);
            Should.Throw<KeyNotFoundException>(() => n.Get<int>("job"));
            Should.Throw<InvalidCastException>(() => n.Get<int>("name"));
            n.Update<int>("age", static age => age + 1).ShouldBe(43);
        });
        n.Get<int>("age").ShouldBe(43);
        n.GetNames().ShouldBe(["_hidden", "age", "name"]);
        n.GetValue()["name"].ShouldBe("Bob");
        n.ToString().ShouldBe("Namespace(_hidden=1, age=43, name=\"Bob\")");
    });

    [Fact]
    public Task Sync_test_value() => Watchdog.Run(() =>
    {
        using var value = Manager.Value("x");
        Child(() => value.Value = "y");
        value.Value.ShouldBe("y");
        value.Exchange("z").ShouldBe("y");
        value.CompareExchange("w", "no").ShouldBe("z");
        value.CompareExchange("w", "z").ShouldBe("z");
        value.Update(static text => text + "!").ShouldBe("w!");
        value.ToString().ShouldBe("\"w!\"");
        using var nothing = Manager.Value<string?>();
        nothing.Value.ShouldBeNull();
    });

    [Fact]
    public Task All_of_it_is_asynchronous_too() => Watchdog.Run(async () =>
    {
        using var d = Manager.Dictionary<string, int>();
        await d.SetAsync("a", 1);
        (await d.GetAsync("a")).ShouldBe(1);
        (await d.TryGetAsync("b")).ShouldBe((false, 0));
        (await d.TryAddAsync("b", 2)).ShouldBeTrue();
        (await d.GetOrAddAsync("b", 3)).ShouldBe(2);
        (await d.UpdateAsync("b", static value => value * 10)).ShouldBe(20);
        (await d.AddOrUpdateAsync("c", 5, static value => value + 1)).ShouldBe(5);
        (await d.AddOrUpdateAsync("c", 5, static value => value + 1)).ShouldBe(6);
        await d.SetManyAsync([new("x", 1), new("y", 2)]);
        (await d.RemoveAsync("x")).ShouldBe((true, 1));
        (await d.ContainsKeyAsync("x")).ShouldBeFalse();
        (await d.GetValueAsync()).Count.ShouldBe(4);
        await Should.ThrowAsync<KeyNotFoundException>(async () => await d.UpdateAsync("none", static value => value));

        using var queue = Manager.Queue<int>();
        var waiting = queue.GetAsync().AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        await queue.PutAsync(5);
        (await waiting).ShouldBe(5);
        using var cancellation = new CancellationTokenSource();
        var canceled = queue.GetAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(canceled);
        await queue.PutAsync(6);
        (await queue.TryGetAsync(TimeSpan.Zero)).ShouldBe((true, 6));

        using var gate = Manager.Lock();
        var hold = await gate.EnterAsync();
        (await gate.TryEnterAsync(TimeSpan.FromMilliseconds(5))).ShouldBeNull();
        await hold.DisposeAsync();
        await hold.DisposeAsync();
        gate.IsHeld.ShouldBeFalse();
        using var condition = Manager.Condition();
        var waiter = Task.Run(async () =>
        {
            await using var entered = await condition.EnterAsync();
            return await condition.WaitAsync(entered, Long);
        });
        while (!waiter.IsCompleted)
        {
            await using var entered = await condition.EnterAsync();
            condition.Notify(entered);
        }

        (await waiter).ShouldBeTrue();
    });

    private static void Child(Action body)
    {
        using var child = ChildProcess.Run(body);
        child.Wait();
    }
}
