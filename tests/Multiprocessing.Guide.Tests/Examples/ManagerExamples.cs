using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Managers and their types.</summary>
public class ManagerExamples
{
    [Fact]
    public async Task Process_manager()
    {
        #region ProcessManager
        await using var manager = await ProcessManager.StartAsync();
        using var scores = manager.Dictionary<string, int>();
        using var first = ChildProcess.Run(CountTo1000, scores);
        using var second = ChildProcess.Run(CountTo1000, scores);
        first.Wait();
        second.Wait();
        Console.WriteLine(scores["n"]); // 2000

        static void CountTo1000(IManagedDictionary<string, int> scores)
        {
            for (var i = 0; i < 1_000; i++)
            {
                scores.AddOrUpdate("n", 1, n => n + 1); // one atomic step in the manager
            }
        }
        #endregion
        scores["n"].ShouldBe(2000);
    }

    [Fact]
    public async Task Process_manager_options()
    {
        #region ProcessManagerOptions
        var options = new ProcessManagerOptions
        {
            Name = "scores",
            ShutdownGrace = TimeSpan.FromSeconds(5), // for each step of the end
            Process = new ChildProcessOptions { HeapLimit = 500_000_000 },
        };
        await using var manager = await ProcessManager.StartAsync(options);
        #endregion
        manager.Name.ShouldBe("scores");
    }

    [Fact]
    public void Managed_object()
    {
        #region IManagedObject
        using var manager = ProcessManager.Start();
        using IManagedObject list = manager.List([1, 2, 3]);
        Console.WriteLine(list); // [1, 2, 3], the text of the list in the manager
        #endregion
        list.ToString().ShouldBe("[1, 2, 3]");
    }

    [Fact]
    public void Managed_dictionary()
    {
        #region IManagedDictionary<TKey, TValue>
        using var manager = ProcessManager.Start();
        using IManagedDictionary<string, IManagedList<string>> files = manager.Dictionary<string, IManagedList<string>>();
        files["images"] = manager.List<string>();
        using var child = ChildProcess.Run(() => files["images"].Add("cat.png")); // a managed object inside another one
        child.Wait();
        Console.WriteLine(files["images"].Count); // 1
        #endregion
        files["images"].Count.ShouldBe(1);
    }

    [Fact]
    public void Managed_list()
    {
        #region IManagedList<T>
        using var manager = ProcessManager.Start();
        using IManagedList<int> list = manager.List([3, 1, 2]);
        using var child = ChildProcess.Run(() => list.Sort());
        child.Wait();
        Console.WriteLine(list.Update(0, item => item * 10)); // 10
        foreach (int item in list) // a copy, taken in one step
        {
            Console.WriteLine(item);
        }
        #endregion
        list.GetValue().ShouldBe([10, 2, 3]);
    }

    [Fact]
    public void Managed_set()
    {
        #region IManagedSet<T>
        using var manager = ProcessManager.Start();
        using IManagedSet<string> visited = manager.Set<string>();
        if (visited.Add("https://example.org")) // true in exactly one process
        {
            Console.WriteLine("This process visits the page.");
        }
        #endregion
        visited.Count.ShouldBe(1);
    }

    [Fact]
    public void Managed_queue()
    {
        #region IManagedQueue<T>
        using var manager = ProcessManager.Start();
        using IManagedQueue<string> jobs = manager.Queue<string>(capacity: 100);
        using var worker = ChildProcess.Run(() =>
        {
            while (jobs.TryGet(out var job, Timeout.InfiniteTimeSpan)) // until the queue is completed
            {
                Console.WriteLine(job);
                jobs.MarkDone();
            }
        });
        jobs.Put("page 1");
        jobs.WaitAllDone();
        jobs.Complete();
        worker.Wait();
        #endregion
        jobs.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Managed_value()
    {
        #region IManagedValue<T>
        using var manager = ProcessManager.Start();
        using IManagedValue<decimal> total = manager.Value(0m);
        using var child = ChildProcess.Run(() => total.Update(sum => sum + 1.5m));
        child.Wait();
        Console.WriteLine(total.Value); // 1.5
        #endregion
        total.Value.ShouldBe(1.5m);
    }

    [Fact]
    public void Managed_namespace()
    {
        #region IManagedNamespace
        using var manager = ProcessManager.Start();
        using IManagedNamespace settings = manager.Namespace();
        settings.Set("name", "Bob");
        settings.Set("age", 42);
        using var child = ChildProcess.Run(() => settings.Update<int>("age", age => age + 1));
        child.Wait();
        Console.WriteLine(settings); // Namespace(age=43, name="Bob")
        #endregion
        settings.Get<int>("age").ShouldBe(43);
    }

    [Fact]
    public void Managed_lock()
    {
        #region IManagedLock
        using var manager = ProcessManager.Start();
        using IManagedLock gate = manager.Lock();
        using var child = ChildProcess.Run(() =>
        {
            gate.Enter();
            Environment.FailFast("The process dies while it owns the lock.");
        });
        child.Join();
        EnterResult result = gate.Enter(); // the manager has released it
        gate.Exit();
        #endregion
        result.AbandonedByProcessId.ShouldBeOneOf(0, child.Id);
    }

    [Fact]
    public async Task Managed_lock_hold()
    {
        #region ManagedLockHold
        await using var manager = await ProcessManager.StartAsync();
        using var gate = manager.Lock();
        await using (ManagedLockHold hold = await gate.EnterAsync())
        {
            await Task.Delay(10); // any thread may go on: the hold owns the lock
        }
        #endregion
        gate.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public void Managed_semaphore()
    {
        #region IManagedSemaphore
        using var manager = ProcessManager.Start();
        using IManagedSemaphore licenses = manager.Semaphore(2);
        licenses.Wait();
        try
        {
            Console.WriteLine($"{licenses.CurrentCount} left"); // 1 left
        }
        finally
        {
            licenses.Release();
        }
        #endregion
        licenses.CurrentCount.ShouldBe(2);
    }

    [Fact]
    public void Managed_event()
    {
        #region IManagedEvent
        using var manager = ProcessManager.Start();
        using IManagedEvent ready = manager.Event();
        using var child = ChildProcess.Run(() => ready.Set());
        ready.Wait();
        #endregion
        ready.IsSet.ShouldBeTrue();
    }

    [Fact]
    public void Managed_condition()
    {
        #region IManagedCondition
        using var manager = ProcessManager.Start();
        using IManagedCondition changed = manager.Condition();
        using var temperature = manager.Value(20);
        using var child = ChildProcess.Run(() =>
        {
            changed.Enter();
            temperature.Value = 31;
            changed.NotifyAll();
            changed.Exit();
        });
        changed.Enter();
        changed.Wait(() => temperature.Value > 30, TimeSpan.FromSeconds(30));
        changed.Exit();
        #endregion
        temperature.Value.ShouldBe(31);
        child.Wait();
    }

    [Fact]
    public void Managed_barrier()
    {
        #region IManagedBarrier
        using var manager = ProcessManager.Start();
        using IManagedBarrier start = manager.Barrier(participantCount: 2);
        using var child = ChildProcess.Run(() => start.SignalAndWait());
        start.SignalAndWait(); // both go on together
        #endregion
        start.CurrentPhaseNumber.ShouldBe(1);
        child.Wait();
    }

    [Fact]
    public void Registered_types()
    {
        #region RegisteredTypes
        // The same in both programs. In a trimmed program: new RegisteredTypes(MyJsonContext.Default).
        var types = new RegisteredTypes()
            .Register<ChatMessage>()
            .Register<DayOfWeek>();
        #endregion
        types.MaxDepth.ShouldBe(64);
    }
}

public sealed record ChatMessage(string From, string Text, DayOfWeek Day);
