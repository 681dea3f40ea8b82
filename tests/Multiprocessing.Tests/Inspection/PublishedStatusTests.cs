using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Multiprocessing.Tests.Services;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Inspection;

/// <summary>What only a process itself knows, seen from another process: pools, tasks, services, supervisors, names.</summary>
public sealed class PublishedStatusTests : ProcessTest
{
    [Fact]
    public Task A_pool_of_another_process_is_seen_with_its_workers_and_tasks() => Watchdog.Run(() =>
    {
        using var go = new ProcessSemaphore(0, 100);
        using var done = new ProcessEvent();
        using var owner = ChildProcess.Run(OwnPool, go, done, new ChildProcessOptions { Name = "owner" });
        using var monitor = ProgramMonitor.OpenCurrent();
        PoolSnapshot? pool = null;
        ProgramSnapshot? snapshot = null;
        Eventually.Is(
            () =>
            {
                snapshot = monitor.Read();
                pool = snapshot.Pools.SingleOrDefault(static pool => pool.Name == "images");
                return pool is { Running: 2, Pending: 4 } && pool.Workers.All(static worker => worker.TaskTime > TimeSpan.Zero)
                    && snapshot.Processes.Any(process => process.Id == owner.Id && process.Name == "owner");
            },
            "two tasks run and four wait, and both processes have published");
        pool!.OwnerProcessId.ShouldBe(owner.Id);
        pool.MaxWorkers.ShouldBe(2);
        pool.Pending.ShouldBe(4);
        pool.Workers.Count.ShouldBe(2);
        pool.Workers.ShouldAllBe(static worker => worker.Activity == WorkerActivity.Busy && worker.TaskTime > TimeSpan.Zero);
        pool.Workers[0].TaskName.ShouldNotBeNull().ShouldContain("resize");
        snapshot!.Processes.Single(process => process.Id == owner.Id).Name.ShouldBe("owner");
        foreach (var worker in pool.Workers)
        {
            var process = snapshot.Processes.Single(process => process.Id == worker.ProcessId);
            process.Role.ShouldBe(ProcessRole.Worker);
            process.ParentId.ShouldBe(owner.Id);
        }

        _ = monitor.ReadTasks(out _);
        for (var i = 0; i < 6; i++)
        {
            go.Release();
        }

        var tasks = new List<TaskRecord>();
        Eventually.Is(
            () =>
            {
                tasks.AddRange(monitor.ReadTasks(out var missed));
                missed.ShouldBe(0);
                return tasks.Count >= 6;
            },
            "all tasks are recorded");
        tasks.Count.ShouldBe(6);
        tasks.Count(static task => task.Outcome == TaskOutcome.Succeeded).ShouldBe(5);
        var failed = tasks.Single(static task => task.Outcome == TaskOutcome.Failed);
        failed.Error.ShouldNotBeNull().ShouldContain("item 3 is broken");
        failed.Error.ShouldContain("Resize"); // the remote stack
        tasks.ShouldAllBe(task => task.PoolId == pool.Id && task.Attempt == 1 && task.Started >= task.Created && task.Ended >= task.Started
            && task.ProcessId != 0);
        Eventually.Is(() => monitor.Read().Pools.Single() is { Succeeded: 5, Failed: 1, Pending: 0, Running: 0 }, "the pool has counted them");
        monitor.Read().Pools.Single().Tasks.ShouldContain(static kind => kind.Succeeded == 1 && kind.RunMedian > TimeSpan.Zero);
        done.Set();
        owner.Join();
        monitor.Read().Pools.ShouldBeEmpty();

        static void OwnPool(ProcessSemaphore go, ProcessEvent done)
        {
            using var pool = new ProcessPool(new() { Name = "images", Workers = 2 });
            var tasks = Enumerable.Range(0, 6).Select(i => pool.RunAsync(Resize, i, go, new TaskOptions { Name = $"resize {i}" })).ToArray();
            try
            {
                Task.WaitAll(tasks);
            }
            catch (AggregateException)
            {
                // one fails
            }

            done.Wait();
        }

        static void Resize(int item, ProcessSemaphore go)
        {
            go.Wait();
            if (item == 3)
            {
                throw new InvalidDataException($"item {item} is broken");
            }
        }
    });

    [Fact]
    public Task A_task_whose_worker_is_killed_is_recorded_with_the_death() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Name = "deaths", Workers = 1 });
        using var monitor = ProgramMonitor.OpenCurrent();
        _ = monitor.ReadTasks(out _);
        Eventually.Is(() => monitor.Read().Pools.Any(static pool => pool.Name == "deaths"), "the pool is published");

        // Not awaited yet: a task is recorded only while an observer looks, and a look lasts five seconds.
        var fatal = pool.RunAsync(() => Environment.FailFast("at once"), new TaskOptions { Name = "fatal" });
        TaskRecord? record = null;
        Eventually.Is(() => (record ??= monitor.ReadTasks(out _).FirstOrDefault(static task => task.Name == "fatal")) is not null, "the death is recorded");
        await Should.ThrowAsync<WorkerDiedException>(fatal);
        record!.Outcome.ShouldBe(TaskOutcome.WorkerDied);
        record.Error.ShouldNotBeNull();
        Eventually.Is(() => monitor.Read().Pools.Single(static pool => pool.Name == "deaths").WorkerDeaths == 1, "the pool has counted the death");
    });

    [Fact]
    public Task Services_and_supervisors_are_seen() => Watchdog.Run(async () =>
    {
        await using var supervisor = new ProcessSupervisor(new() { Name = "guard" });
        var proxy = supervisor.AddService<ILaboratory>("lab", () => new Laboratory());
        proxy.Add(1, 2).ShouldBe(3);
        using var monitor = ProgramMonitor.OpenCurrent();
        ProgramSnapshot? seen = null;
        Eventually.Is(
            () => (seen = monitor.Read()) is { Services: [{ State: "ready" }] }
                && seen.Supervisors is [{ Children: [{ State: SupervisedChildState.Running }] }],
            "the service and its supervisor are published");
        var service = seen!.Services.Single();
        service.Interface.ShouldContain("ILaboratory");
        service.ProcessId.ShouldBe(proxy.ProcessId);
        seen.Processes.Single(process => process.Id == service.ProcessId).Role.ShouldBe(ProcessRole.Service);
        var guard = seen.Supervisors.Single();
        guard.Name.ShouldBe("guard");
        guard.Children.Single().ShouldBe(new SupervisedSnapshot
        {
            Name = "lab",
            State = SupervisedChildState.Running,
            ProcessId = service.ProcessId,
            RestartCount = 0,
        });
        Process.GetProcessById(service.ProcessId!.Value).Kill();
        Eventually.Is(() => monitor.Read().Services.Single() is { RestartCount: 1, State: "ready" }, "the service was started again");
    });

    [Fact]
    public Task One_read_gives_the_picture_and_the_tasks_that_the_picture_has_counted() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Name = "together", Workers = 2 });
        using var monitor = ProgramMonitor.OpenCurrent();
        Eventually.Is(() => Find(monitor.Read(out _, out _)) is not null, "the pool is published");
        var work = Enumerable.Range(0, 60).Select(i => pool.RunAsync(static () => Thread.Sleep(20))).ToArray();
        var known = new HashSet<long>();
        Eventually.Is(
            () =>
            {
                var snapshot = monitor.Read(out var tasks, out var missed);
                missed.ShouldBe(0);
                tasks.ShouldAllBe(task => known.Add(task.Number), "no task is returned twice");
                var counted = Find(snapshot)!.Succeeded;
                known.Count.ShouldBeGreaterThanOrEqualTo((int)counted);
                return counted == 60;
            },
            "all tasks are counted");
        known.Count.ShouldBe(60);
        monitor.ReadTasks(out _).ShouldBeEmpty();
        await Task.WhenAll(work);

        static PoolSnapshot? Find(ProgramSnapshot snapshot) => snapshot.Pools.SingleOrDefault(static pool => pool.Name == "together");
    });

    [Fact]
    public Task Stopped_services_and_ended_supervisors_are_not_shown_any_more() => Watchdog.Run(async () =>
    {
        var service = await ProcessService.StartAsync<ILaboratory>(static () => new Laboratory(), new() { Name = "stopped" });
        var supervisor = new ProcessSupervisor(new() { Name = "ended" });
        var proxy = supervisor.AddService<ILaboratory>("supervised", () => new Laboratory());
        proxy.Add(1, 2).ShouldBe(3);
        using var release = new ProcessEvent();
        using var child = ChildProcess.Run(() => release.Wait()); // so that this process goes on publishing
        using var monitor = ProgramMonitor.OpenCurrent();
        Eventually.Is(
            () => monitor.Read() is { Services.Count: 2 } seen && seen.Supervisors.Any(static item => item.Name == "ended"), "all three are published");
        await service.DisposeAsync();
        await supervisor.DisposeAsync();
        Eventually.Is(
            () => monitor.Read() is { Services.Count: 0 } seen && !seen.Supervisors.Any(static item => item.Name == "ended")
                && seen.Processes.Any(process => process.Id == child.Id && process.Name == child.Name),
            "they are removed while the process publishes on");
        GC.KeepAlive(service);
        GC.KeepAlive(supervisor);
        GC.KeepAlive(proxy);
        release.Set();
        child.Join();
    });

    [Fact]
    public Task What_a_document_has_no_room_for_is_counted() => Watchdog.Run(() =>
    {
        Large[] sources = [new(), new(), new()];
        Array.ForEach(sources, StatusPublisher.Add);
        using var monitor = ProgramMonitor.OpenCurrent();
        try
        {
            Eventually.Is(() => monitor.Read().OmittedEntries == 2, "one of three has room");
        }
        finally
        {
            Array.ForEach(sources, StatusPublisher.Remove);
        }

        Eventually.Is(() => monitor.Read().OmittedEntries == 0, "the others have");
    });

    [Fact]
    public Task Nothing_is_published_while_no_observer_looks() => Watchdog.Run(() =>
    {
        using var release = new ProcessEvent();
        using var child = ChildProcess.Run(() => release.Wait());
        Eventually.Is(
            () =>
            {
                // The looks of other tests are over, and none of another program comes meanwhile.
                var lookedAt = LookedAt();
                if (Files().Length != 0 || Environment.TickCount64 - lookedAt < StatusFile.LookLasts + 1_000)
                {
                    return false;
                }

                Thread.Sleep(1500);
                var files = Files();
                if (LookedAt() != lookedAt)
                {
                    return false;
                }

                files.ShouldBeEmpty();
                return true;
            },
            "no observer looks");
        using (var monitor = ProgramMonitor.OpenCurrent())
        {
            Eventually.Is(
                () => monitor.Read().Processes.Single(process => process.Id == child.Id).Name == child.Name && Files().Length != 0,
                "the name of the child is published");
        }

        Eventually.Is(() => Files().Length == 0, "the file is removed some seconds after the last look");
        release.Set();
        child.Join();

        static string[] Files() => Directory.GetFiles(Session.Current.Directory, "status-*");

        static unsafe long LookedAt() => Volatile.Read(ref Session.Current.Memory.Header->LookedAt);
    });

    [Fact]
    public Task Damaged_files_are_left_out() => Watchdog.Run(() =>
    {
        using var release = new ProcessEvent();
        using var child = ChildProcess.Run(() => release.Wait());
        using var monitor = ProgramMonitor.OpenCurrent();
        var file = StatusFile.PathOf(Session.Current.Directory, Session.Current.Self);
        byte[] whole = [];
        Eventually.Is(() => monitor.Read() is { } && (whole = StatusReader.ReadFile(file) ?? []).Length != 0, "this process has published");
        using var view = SessionView.TryOpen(Session.Current.Directory, out _)!;
        using var copy = new TemporaryDirectory();
        File.Copy(Path.Combine(view.Path, "session"), copy.File("session"));
        using var other = SessionView.TryOpen(copy.Path, out _)!;
        var living = other.LivingSlots();
        var random = new Random(3);
        for (var i = 0; i < 300; i++)
        {
            var bytes = i % 3 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (var changes = random.Next(1, 6); changes > 0 && bytes.Length != 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(copy.File(Path.GetFileName(file)), bytes);
            new StatusReader().Read(other, living);
            other.Look(Environment.TickCount64);
        }

        release.Set();
        child.Join();
    });

    [Theory]
    [InlineData("""{"kind":0,"value":[{"ProcessId":7,"Role":3,"LastOutput":null}]}""")]
    [InlineData("""{"kind":0,"value":[{"ProcessId":7,"Name":null,"Role":3,"LastOutput":null}]}""")]
    [InlineData("""{"kind":1,"value":{"Tasks":[]}}""")]
    [InlineData("""{"kind":1,"value":{"Pool":null,"Tasks":[]}}""")]
    [InlineData("""{"kind":2,"value":{"Name":"ocr"}}""")]
    [InlineData("""{"kind":9,"value":1}""")]
    public void An_entry_without_something_that_it_must_have_is_left_out(string entry)
    {
        var reader = new StatusReader();
        reader.Read(Encoding.UTF8.GetBytes(
            $$"""{"version":{{StatusFile.Version}},"entries":[{{entry}},{"kind":0,"value":[{"ProcessId":8,"Name":"b","Role":3,"LastOutput":null}]}]}"""));
        reader.Children.Values.ShouldHaveSingleItem().Name.ShouldBe("b", "the other entries count");
        reader.Pools.ShouldBeEmpty();
        reader.Services.ShouldBeEmpty();
    }

    /// <summary>More than half of what one document has room for. Readers leave it out: it is no service.</summary>
    private sealed class Large : IStatusSource
    {
        public StatusKind Kind => StatusKind.Service;

        public void WriteStatus(Utf8JsonWriter writer) => writer.WriteStringValue(new string('x', 600_000));
    }
}
