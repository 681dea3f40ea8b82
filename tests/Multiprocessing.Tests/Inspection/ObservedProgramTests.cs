using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Inspection;

/// <summary>Another program is looked at: what is seen, what the looking costs it, and what is left if either of the two is killed.</summary>
public sealed class ObservedProgramTests : ProcessTest
{
    private static readonly string[] KindsOfItems = ["System.Int32", "System.String"];

    [Fact]
    public Task Another_program_is_seen_with_its_processes_queues_and_locks() => Watchdog.Run(() =>
    {
        using var program = new Program();
        using var monitor = ProgramMonitor.Open(program.Id);
        monitor.RootProcessId.ShouldBe(program.Id);
        Eventually.Is(() => monitor.Read().Processes.Count >= 7, "the root, three children and three workers are seen");
        var children = program.Children;
        var snapshot = monitor.Read();
        children.ShouldBeSubsetOf(snapshot.Processes.Select(static process => process.Id));
        snapshot.Processes.ShouldAllBe(process => process.Id == program.Id || process.ParentId == program.Id);
        KindsOfItems.ShouldBeSubsetOf(snapshot.Queues.Select(static queue => queue.ItemType));
        snapshot.Queues.Single(static queue => queue.Capacity == 200).HolderProcessIds.ShouldContain(children[0]);
        Eventually.Is(
            () => monitor.Read().Locks.Any(item => item is { Kind: LockKind.Lock, ContentionCount: > 0 } && item.OwnerProcessId == children[2]
                && item.WaitingProcessIds.Contains(children[1])),
            "one child owns the lock, and the other one waits for it");
    });

    [Fact]
    public Task Counts_grow_between_two_looks() => Watchdog.Run(() =>
    {
        using var program = new Program();
        using var monitor = ProgramMonitor.Open(program.Id);
        var before = Pages(monitor);
        Eventually.Is(
            () => Pages(monitor) is var now && now.PutCount > before.PutCount && now.GetCount > before.GetCount
                && now.PutWaitCount + now.GetWaitCount > 0,
            "items are put and taken, and one side waits for the other");
    });

    [Fact]
    public Task A_killed_process_disappears_and_counts_as_a_death() => Watchdog.Run(() =>
    {
        using var program = new Program();
        using var monitor = ProgramMonitor.Open(program.Id);
        var victim = program.Children[2];
        var deaths = monitor.Read().DeathCount;
        monitor.Kill(victim);
        Eventually.Is(
            () => monitor.Read() is var now && now.DeathCount > deaths && now.Processes.All(process => process.Id != victim),
            "the killed process is no process of the program any more");
        Eventually.Is(
            () => monitor.Read().Locks.All(item => item.OwnerProcessId != victim), "the lock of the killed process has another owner, or none");
    });

    [Fact]
    public Task A_program_that_is_killed_is_removed_though_an_observer_has_it_open() => Watchdog.Run(() =>
    {
        using var program = new Program();
        using var monitor = ProgramMonitor.Open(program.Id);
        var processes = monitor.Read().Processes;
        monitor.IsRunning.ShouldBeTrue();
        monitor.Kill(program.Id);
        program.WaitForExit();
        Eventually.Is(() => processes.All(process => ProcessEntry.IsGone(process.Id)), "no process of the program runs");
        Eventually.Is(
            () =>
            {
                SessionSweep.Run(); // if all of them were killed at once, the next session of the user does it
                return !Directory.Exists(program.Session);
            },
            "its files are removed");
        monitor.IsRunning.ShouldBeFalse();
        Should.Throw<ProgramNotFoundException>(monitor.Read).ProcessId.ShouldBe(program.Id);
        Should.Throw<ProgramNotFoundException>(() => monitor.Kill(program.Id));
        ProgramMonitor.FindAll().ShouldNotContain(found => found.ProcessId == program.Id);
    });

    [Fact]
    public Task An_observer_that_is_killed_costs_the_program_nothing() => Watchdog.Run(() =>
    {
        using var program = new Program();
        using var monitor = ProgramMonitor.Open(program.Id);
        Eventually.Is(() => monitor.Read().Pools.Any(static pool => pool.Workers.Count == 3), "all workers have their channels");
        var segments = SegmentFilesIn(program.Session);
        var observers = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            using var observer = Companion.Start(ProgramShape.AppHost, "observe", $"{program.Id}");
            observers.Add(observer.Id);
            observer.WaitFor("looks");
            Posix.Signal(observer.Id, Posix.SigKill);
            observer.WaitForExit();
        }

        var before = Pages(monitor);
        Eventually.Is(() => Pages(monitor).GetCount > before.GetCount, "the program works as before");
        SegmentFilesIn(program.Session).ShouldBe(segments);
        monitor.Read().Processes.Select(static process => process.Id).Intersect(observers).ShouldBeEmpty();
    });

    [Fact]
    public Task A_stopped_program_is_seen_and_does_not_stop_its_observer() => Watchdog.Run(() =>
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals that stop a process");
        using var program = new Program();
        using var monitor = ProgramMonitor.Open(program.Id);
        var owner = program.Children[2];
        Posix.Signal(program.Id, Posix.SigStop);
        Posix.Signal(owner, Posix.SigStop);
        try
        {
            Eventually.Is(
                () => monitor.Read().Processes is var processes && processes.First(process => process.Id == owner).State == SchedulingState.Stopped
                    && processes[0].State == SchedulingState.Stopped,
                "both are seen as stopped");
        }
        finally
        {
            Posix.Signal(program.Id, Posix.SigContinue);
            Posix.Signal(owner, Posix.SigContinue);
        }
    });

    [Fact]
    public Task The_files_of_released_objects_are_removed_while_an_observer_looks() => Watchdog.Run(() =>
    {
        using var kept = new ProcessQueue<int>();
        using var monitor = ProgramMonitor.OpenCurrent();
        for (var i = 0; i < 20; i++)
        {
            var before = SegmentFilesIn(Session.Current.Directory);
            using (var queue = new ProcessQueue<int>())
            using (var gate = new ProcessLock())
            {
                _ = monitor.Read();
                SegmentFilesIn(Session.Current.Directory).Length.ShouldBe(before.Length + 2);
            }

            SegmentFilesIn(Session.Current.Directory).ShouldBe(before);
        }
    });

    private static QueueSnapshot Pages(ProgramMonitor monitor) => monitor.Read().Queues.Single(static queue => queue.Capacity == 200);

    /// <summary>The files of segments: their names begin with the index.</summary>
    private static string[] SegmentFilesIn(string directory) =>
        [.. Directory.EnumerateFiles(directory).Select(static path => Path.GetFileName(path)).Where(static name => char.IsDigit(name[0])).Order()];

    /// <summary>The watched program, until it works: a root, three children and three workers, spares not counted. Leaves nothing behind.</summary>
    private sealed class Program : IDisposable
    {
        private readonly Companion _companion = Companion.Start(ProgramShape.AppHost, "watched");

        public Program()
        {
            _companion.WaitFor("watched");
            _companion.WaitFor("hung");
            Session = SessionSweep.Directories().Single(path => SessionSweep.ReadRoot(path).RootProcessId == Id);
        }

        public int Id => _companion.Id;

        public string Session { get; }

        public int[] Children => [.. _companion.Value("watched").Split(' ').Select(int.Parse)];

        public void WaitForExit() => _companion.WaitForExit();

        public void Dispose()
        {
            _companion.Dispose();
            Eventually.Is(
                () =>
                {
                    SessionSweep.Run();
                    return !SessionSweep.Directories().Any(path => path.StartsWith(Session, StringComparison.Ordinal));
                },
                "the files of the killed program are removed");
        }
    }
}
