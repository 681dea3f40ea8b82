using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Managers;

/// <summary>How proxies cross to other processes, and when the objects behind them are removed.</summary>
public sealed class ManagerProxyTests : ManagerTest
{
    [Fact]
    public Task A_proxy_in_a_queue_keeps_its_object_until_it_is_read() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<IManagedList<int>>();
        using (var child = ChildProcess.Run(Send, Manager.List<int>(), queue))
        {
            child.Wait();
        }

        // The sender has exited, and no process has a proxy: the message alone keeps the object.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Thread.Sleep(2500);
        using var received = queue.Get();
        received.GetValue().ShouldBe([1, 2]);

        static void Send(IManagedList<int> list, ProcessQueue<IManagedList<int>> queue)
        {
            list.AddRange([1, 2]);
            queue.Put(list);
        }
    });

    [Fact]
    public Task An_object_of_the_program_is_disposed_when_its_last_proxy_is() => Watchdog.Run(() =>
    {
        using var disposed = new ProcessEvent();
        var counter = Manager.Create<ITestCounter>(() => new TestCounter(disposed));
        using (var child = ChildProcess.Run(() => counter.Add(5).ShouldBe(5)))
        {
            child.Wait();
        }

        counter.Add(2).ShouldBe(7);
        counter.ProcessId.ShouldBe(Manager.ProcessId);
        Should.Throw<ArgumentOutOfRangeException>(() => counter.Add(-1)).Message.ShouldContain("amount");
        Thread.Sleep(1500);
        disposed.IsSet.ShouldBeFalse();
        Manager.Release(counter);
        Manager.Release(counter);
        Should.Throw<ArgumentException>(() => Manager.Release(new TestCounter(null)));
        disposed.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        Should.Throw<ObjectDisposedException>(() => counter.Add(1));
    });

    [Fact]
    public Task A_killed_process_releases_its_proxies() => Watchdog.Run(() =>
    {
        using var disposed = new ProcessEvent();
        using var ready = new ProcessEvent();
        using var proxies = new ProcessQueue<ITestCounter>();
        using var child = ChildProcess.Run(() =>
        {
            var counter = proxies.Get();
            counter.Add(1);
            ready.Set();
            Thread.Sleep(Timeout.Infinite);
        });
        var mine = Manager.Create<ITestCounter>(() => new TestCounter(disposed));
        proxies.Put(mine);
        ready.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
        Manager.Release(mine);

        Thread.Sleep(1500);
        disposed.IsSet.ShouldBeFalse();
        child.Kill();
        disposed.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
    });

    [Fact]
    public Task A_proxy_of_an_object_of_the_program_crosses_through_a_managed_dictionary() => Watchdog.Run(() =>
    {
        using var counters = Manager.Dictionary<string, ITestCounter>();
        counters["a"] = Manager.Create<ITestCounter>(static () => new TestCounter(null));
        using var child = ChildProcess.Run(() => counters["a"].Add(3));
        child.Wait();
        counters["a"].Add(0).ShouldBe(3);
    });

    [Fact]
    public Task What_cannot_cross_is_refused_by_the_call() => Watchdog.Run(() =>
    {
        using var thread = Manager.Dictionary<string, Thread>();
        Should.Throw<NotSerializableException>(() => thread["x"] = Thread.CurrentThread).Message.ShouldContain("value");
        using var value = Manager.Value(1);
        value.Dispose();
        value.Dispose();
        Should.Throw<ObjectDisposedException>(() => value.Value);
        value.ToString().ShouldContain("disposed");
    });

    [Fact]
    public Task Update_is_atomic_for_several_processes() => Watchdog.Run(() =>
    {
        using var d = Manager.Dictionary<string, int>([new("n", 0)]);
        using var value = Manager.Value(0);
        using var list = Manager.List([0]);
        ChildProcess[] children = [.. Enumerable.Range(0, 4).Select(_ => ChildProcess.Run(AddMany, d, value, list))];
        Array.ForEach(children, static child => child.Wait());
        d["n"].ShouldBe(2000);
        d["m"].ShouldBe(2000);
        value.Value.ShouldBe(2000);
        list[0].ShouldBe(2000);
        Array.ForEach(children, static child => child.Dispose());

        static void AddMany(IManagedDictionary<string, int> d, IManagedValue<int> value, IManagedList<int> list)
        {
            for (var i = 0; i < 500; i++)
            {
                d.Update("n", static n => n + 1);
                d.AddOrUpdate("m", 1, static m => m + 1);
                value.Update(static n => n + 1);
                list.Update(0, static n => n + 1);
            }
        }
    });

    [Fact]
    public Task An_update_that_throws_changes_nothing() => Watchdog.Run(() =>
    {
        using var d = Manager.Dictionary<string, int>([new("n", 1)]);
        Should.Throw<DivideByZeroException>(() => d.Update("n", static n => n / (n - 1)));
        d["n"].ShouldBe(1);
        Should.Throw<KeyNotFoundException>(() => d.Update("none", static n => n));
    });

    [Fact]
    public Task An_awaited_wait_for_done_items_ends_at_its_time_limit_or_with_the_last_item() => Watchdog.Run(async () =>
    {
        using var jobs = Manager.Queue<int>();
        jobs.Put(1);
        (await jobs.WaitAllDoneAsync(TimeSpan.FromMilliseconds(50))).ShouldBeFalse("the item is not done");
        var waiting = jobs.WaitAllDoneAsync(TimeSpan.FromSeconds(120)).AsTask();
        jobs.Get().ShouldBe(1);
        waiting.IsCompleted.ShouldBeFalse("the item is taken, and not done");
        jobs.MarkDone();
        (await waiting).ShouldBeTrue();
        (await jobs.WaitAllDoneAsync(TimeSpan.Zero)).ShouldBeTrue();
    });
}

public interface ITestCounter
{
    int ProcessId { get; }

    int Add(int amount);
}

internal sealed class TestCounter(ProcessEvent? disposed) : ITestCounter, IDisposable
{
    private int _count;

    public int ProcessId => Environment.ProcessId;

    public int Add(int amount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        return Interlocked.Add(ref _count, amount);
    }

    public void Dispose() => disposed?.Set();
}
