using System.Text.Json;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Inspection;

/// <summary>What an observer sees of a program: this process and its children, also from another process.</summary>
[Collection(ProcessCollection.Name)]
public sealed class ProgramMonitorTests : ProcessTest
{
    [Fact]
    public Task The_processes_of_the_program_are_listed() => Watchdog.Run(() =>
    {
        using var release = new ProcessEvent();
        using var child = ChildProcess.Run(() => release.Wait());
        using var monitor = ProgramMonitor.OpenCurrent();
        var snapshot = monitor.Read();
        snapshot.RootProcessId.ShouldBe(Environment.ProcessId);
        snapshot.Processes[0].Id.ShouldBe(Environment.ProcessId);
        snapshot.Processes[0].Role.ShouldBe(ProcessRole.Root);
        var seen = snapshot.Processes.Single(process => process.Id == child.Id);
        seen.ParentId.ShouldBe(Environment.ProcessId);
        seen.WorkingSetBytes.ShouldBeGreaterThan(0);
        seen.ThreadCount.ShouldBeGreaterThan(0);
        child.Kill();
        child.Join();
        monitor.Read().Processes.ShouldNotContain(process => process.Id == child.Id);
    });

    [Fact]
    public Task A_queue_shows_its_items_and_who_waits() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<long>(new() { Capacity = 3, DisplayName = "work" });
        using var monitor = ProgramMonitor.OpenCurrent();
        queue.Put(1);
        queue.Put(2);
        _ = queue.Get();
        var seen = Find(monitor, "work");
        (seen.Count, seen.Capacity, seen.PutCount, seen.GetCount).ShouldBe((1, 3, 2, 1));
        seen.Bytes.ShouldBeGreaterThan(0);
        seen.HolderProcessIds.ShouldBe([Environment.ProcessId]);
        _ = queue.Get();
        using var child = ChildProcess.Run(() => queue.Get());
        Eventually.Is(() => Find(monitor, "work") is { WaitingGetters: 1, HolderProcessIds.Count: 2 }, "the child waits for an item");
        for (var i = 0; i < 4; i++)
        {
            queue.Put(i);
        }

        child.Join();
        using var writer = ChildProcess.Run(() => queue.Put(9));
        Eventually.Is(() => Find(monitor, "work").WaitingPutters == 1, "the child waits for room");
        queue.Get().ShouldBe(1);
        writer.Join();
        Find(monitor, "work").WaitingPutters.ShouldBe(0);
    });

    [Fact]
    public Task An_asynchronous_waiter_is_seen() => Watchdog.Run(async () =>
    {
        using var queue = new ProcessQueue<int>(new() { DisplayName = "later" });
        using var monitor = ProgramMonitor.OpenCurrent();
        var item = queue.GetAsync().AsTask();
        Eventually.Is(() => Find(monitor, "later").WaitingGetters == 1, "this process waits without a thread");
        queue.Put(1);
        (await item).ShouldBe(1);
    });

    [Fact]
    public Task A_lock_shows_its_owner_and_its_waiters() => Watchdog.Run(() =>
    {
        using var gate = new ProcessLock();
        using var inside = new ProcessEvent();
        using var monitor = ProgramMonitor.OpenCurrent();
        using var owner = ChildProcess.Run(() => Hold(gate, inside));
        inside.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
        using var waiter = ChildProcess.Run(() => gate.Enter());
        Eventually.Is(
            () => OfKind(monitor, LockKind.Lock) is { Count: 1 } locks && locks[0].OwnerProcessId == owner.Id && locks[0].WaitingProcessIds is [var id] && id == waiter.Id,
            "one child owns the lock, the other waits");
        owner.Kill();
        waiter.Join();
        Eventually.Is(() => OfKind(monitor, LockKind.Lock)[0] is { OwnerProcessId: not null, AbandonmentCount: >= 1 }
            or { OwnerProcessId: null, AbandonmentCount: >= 1 }, "the lock was taken over");

        static void Hold(ProcessLock gate, ProcessEvent inside)
        {
            gate.Enter();
            inside.Set();
            Thread.Sleep(Timeout.Infinite);
        }
    });

    [Fact]
    public Task Counts_of_the_other_objects_are_seen() => Watchdog.Run(() =>
    {
        using var permits = new ProcessSemaphore(3, 5);
        using var happened = new ProcessEvent(initialState: true);
        using var meeting = new ProcessBarrier(2);
        using var monitor = ProgramMonitor.OpenCurrent();
        permits.Wait();
        OfKind(monitor, LockKind.Semaphore).Single().Count.ShouldBe(2);
        OfKind(monitor, LockKind.Event).Single().Count.ShouldBe(1);
        OfKind(monitor, LockKind.Barrier).Single().Count.ShouldBe(0);
    });

    [Fact]
    public Task Another_process_sees_the_program_and_keeps_none_of_its_memory() => Watchdog.Run(() =>
    {
        using var answers = new ProcessQueue<string>();
        using var go = new ProcessSemaphore(0, 1);
        using var child = ChildProcess.Run(Observe, Environment.ProcessId, answers, go);
        answers.Get(TimeSpan.FromSeconds(60)).ShouldContain("watched");
        var before = 0L;
        using (var queue = new ProcessQueue<int>(new() { DisplayName = "watched for a moment" }))
        {
            using var monitor = ProgramMonitor.OpenCurrent();
            before = monitor.Read().SharedMemoryBytes;
            go.Release();
            answers.Get(TimeSpan.FromSeconds(60)).ShouldContain("moment");
        }

        using var after = ProgramMonitor.OpenCurrent();
        after.Read().SharedMemoryBytes.ShouldBeLessThan(before);
        go.Release();
        child.Join();

        static void Observe(int root, ProcessQueue<string> answers, ProcessSemaphore go)
        {
            using var queue = new ProcessQueue<int>(new() { DisplayName = "watched" });
            using var monitor = ProgramMonitor.Open(root);
            answers.Put(ProgramSnapshotJson.ToJson(monitor.Read()));
            go.Wait();
            answers.Put(ProgramSnapshotJson.ToJson(monitor.Read()));
            go.Wait();
        }
    });

    [Fact]
    public Task The_program_is_found_by_the_pid_of_any_of_its_processes() => Watchdog.Run(() =>
    {
        using var release = new ProcessEvent();
        using var child = ChildProcess.Run(() => release.Wait());
        ProgramMonitor.FindAll().ShouldContain(program => program.ProcessId == Environment.ProcessId && program.ProcessCount >= 2);
        using var monitor = ProgramMonitor.Open(child.Id);
        monitor.RootProcessId.ShouldBe(Environment.ProcessId);
        monitor.IsRunning.ShouldBeTrue();
        monitor.Kill(child.Id);
        child.Join();
        child.ExitStatus!.Signal.ShouldNotBe(0);
        Should.Throw<ProgramNotFoundException>(() => monitor.Kill(child.Id)).ProcessId.ShouldBe(child.Id);
        Should.Throw<ProgramNotFoundException>(() => ProgramMonitor.Open(1)).Message.ShouldContain("Process 1 ");
    });

    [Fact]
    public Task A_session_of_another_layout_or_a_damaged_one_is_refused() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>();
        using var directory = new TemporaryDirectory();
        var copy = File.ReadAllBytes(Path.Combine(Session.Current.Directory, "session"));
        Refused([]);
        Refused(copy[..1000]);
        copy[4] += 1;
        Refused(copy).ShouldContain("another layout");
        copy[4] -= 1;
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            var damaged = copy.ToArray();
            for (var at = 0; at < 64; at++)
            {
                damaged[random.Next(12, damaged.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(directory.File("session"), damaged);
            using var view = SessionView.TryOpen(directory.Path, out _);
            if (view is not null)
            {
                var living = view.LivingSlots();
                new ObjectReader().Read(view, new Sleepers(view, living));
                _ = new ProcessReader().Read(view, living);
            }
        }

        string Refused(byte[] bytes)
        {
            File.WriteAllBytes(directory.File("session"), bytes);
            SessionView.TryOpen(directory.Path, out var refusal).ShouldBeNull();
            return refusal ?? "";
        }
    });

    [Fact]
    public Task A_snapshot_is_written_as_json() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>(new() { DisplayName = "json", Capacity = 2 });
        using var monitor = ProgramMonitor.OpenCurrent();
        using var json = JsonDocument.Parse(ProgramSnapshotJson.ToJson(monitor.Read()));
        json.RootElement.GetProperty("rootProcessId").GetInt32().ShouldBe(Environment.ProcessId);
        json.RootElement.GetProperty("processes")[0].GetProperty("role").GetString().ShouldBe("Root");
        json.RootElement.GetProperty("processes")[0].GetProperty("cpuTime").GetDouble().ShouldBeGreaterThan(0);
        json.RootElement.GetProperty("queues").EnumerateArray().Single(item => item.GetProperty("name").GetString() == "json")
            .GetProperty("capacity").GetInt32().ShouldBe(2);
    });

    private static QueueSnapshot Find(ProgramMonitor monitor, string name) => monitor.Read().Queues.Single(queue => queue.Name == name);

    private static List<LockSnapshot> OfKind(ProgramMonitor monitor, LockKind kind) => [.. monitor.Read().Locks.Where(item => item.Kind == kind)];
}
