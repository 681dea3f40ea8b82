namespace Multiprocessing.Dashboard.Tests;

public sealed class HistoryTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Rates_are_differences_of_two_samples()
    {
        PointMaker maker = new();
        var first = maker.Make(Snapshot(0, cpuSeconds: 10, put: 100, get: 40, succeeded: 5));
        double.IsNaN(first.Cpu).ShouldBeTrue("one sample gives no rate");
        var second = maker.Make(Snapshot(2, cpuSeconds: 11, put: 140, get: 60, succeeded: 11));
        second.Cpu.ShouldBe(0.5, 0.001);
        second.Processes[0].Cpu.ShouldBe(0.5, 0.001);
        second.Queues[0].Put.ShouldBe(20, 0.001);
        second.Queues[0].Get.ShouldBe(10, 0.001);
        second.Pools[0].Succeeded.ShouldBe(3, 0.001);
    }

    [Fact]
    public void A_process_that_got_the_id_of_an_ended_one_starts_at_zero()
    {
        PointMaker maker = new();
        maker.Make(Snapshot(0, cpuSeconds: 1000));
        var snapshot = Snapshot(1, cpuSeconds: 0.25);
        snapshot = snapshot with { Processes = [snapshot.Processes[0] with { StartTime = Start.AddSeconds(0.5) }] };
        maker.Make(snapshot).Processes[0].Cpu.ShouldBe(0.25, 0.001);
    }

    [Fact]
    public void A_picture_with_smaller_counters_gives_no_negative_rate()
    {
        PointMaker maker = new();
        maker.Make(Snapshot(0, cpuSeconds: 10, put: 100, succeeded: 50));
        var point = maker.Make(Snapshot(1, cpuSeconds: 9, put: 90, succeeded: 40));
        point.Cpu.ShouldBe(0);
        point.Queues[0].Put.ShouldBe(0);
        point.Pools[0].Succeeded.ShouldBe(0);
    }

    [Fact]
    public void A_window_forgets_the_oldest_point_and_a_whole_run_keeps_its_first_one()
    {
        PointRing window = new(100, wholeRun: false);
        PointRing whole = new(100, wholeRun: true);
        PointMaker maker = new();
        for (var second = 0; second < 10_000; second++)
        {
            var point = maker.Make(Snapshot(second));
            window.Add(point);
            whole.Add(point);
        }

        window.Points.Count.ShouldBe(100);
        window.Points[0].Time.ShouldBe(Start.AddSeconds(9900));
        whole.Points.Count.ShouldBeInRange(50, 100);
        whole.Points[0].Time.ShouldBe(Start);
        whole.Points[^1].Time.ShouldBeGreaterThan(Start.AddSeconds(9800));
        var gaps = whole.Points.Zip(whole.Points.Skip(1), (a, b) => b.Time - a.Time).Distinct();
        gaps.ShouldHaveSingleItem("the points of a whole run have equal distances");
    }

    [Fact]
    public void A_program_of_thousands_of_processes_has_points_of_bounded_size()
    {
        var snapshot = Snapshot(0) with
        {
            Processes = [.. Enumerable.Range(1, 5000).Select(id => FakeProgram.Process(id, 1, "p", ProcessRole.Child, 1) with { WorkingSetBytes = 10 })],
        };
        PointMaker maker = new();
        maker.Make(snapshot);
        var later = snapshot with
        {
            Time = Start.AddSeconds(1),
            Processes = [.. snapshot.Processes.Select(process => process with { CpuTime = TimeSpan.FromSeconds(process.Id == 4999 ? 1.9 : 1.01) })],
        };
        var point = maker.Make(later);
        point.Processes.Count.ShouldBe(HistoryPoint.MaxProcesses);
        point.Processes.ShouldContain(figures => figures.Id == 4999, "the busiest ones are kept");
        point.Memory.ShouldBe(50_000, "sums contain all");
    }

    [Fact]
    public void Of_very_many_tasks_the_failed_and_the_longest_are_kept_and_the_others_counted()
    {
        TaskHistory history = new(capacity: 2000);
        for (var sample = 0; sample < 3; sample++)
        {
            var tasks = Enumerable.Range(0, 5000).Select(n => Record(n, seconds: n == 17 ? 9 : 0.001, n % 1000 == 0 ? TaskOutcome.Failed : TaskOutcome.Succeeded)).ToList();
            var kept = history.Add(tasks, missed: 7);
            kept.Count.ShouldBe(TaskHistory.MaxPerSample);
            kept.Count(TaskHistory.IsFailure).ShouldBe(5);
            kept.ShouldContain(task => task.Number == 17);
        }

        history.Tasks.Count().ShouldBe(2000);
        history.Failed.Count().ShouldBe(15);
        history.Slowest.Count.ShouldBe(TaskHistory.MaxSlowest);
        history.Slowest[0].Number.ShouldBe(17);
        history.Missed.ShouldBe(3 * (4000 + 7));
        history.LongestOf("Resize").ShouldBe(TimeSpan.FromSeconds(9));
    }

    [Fact]
    public void Events_name_what_started_ended_died_and_failed()
    {
        EventFinder finder = new();
        finder.Find(Snapshot(0), []).ShouldBeEmpty();
        var later = Snapshot(1) with { Processes = [FakeProgram.Process(78, 1, "worker 1", ProcessRole.Worker, 0)] };
        later = later with
        {
            Pools = [later.Pools[0] with { WorkerDeaths = 2, Retries = 1 }],
            Locks = [later.Locks[0] with { AbandonmentCount = 1 }],
        };
        var events = finder.Find(later, [Record(1, 1, TaskOutcome.Failed) with { Error = "System.IO.IOException: The disk is full.\n   at Save()" }]);
        var texts = events.Select(item => item.Text).ToList();
        texts.ShouldContain("worker 1 (worker, process 78) started.");
        texts.ShouldContain("Batch (root, process 1) ended.");
        texts.ShouldContain("2 workers of the pool images died.");
        texts.ShouldContain("The pool images tries a task again.");
        texts.ShouldContain(text => text.Contains("lock index"));
        texts.ShouldContain("Resize failed: System.IO.IOException: The disk is full.");
        events.Select(item => item.Sequence).ShouldBe(Enumerable.Range(1, events.Count).Select(n => (long)n));
    }

    [Fact]
    public void A_spare_process_is_an_event_when_it_becomes_something()
    {
        EventFinder finder = new();
        finder.Find(Snapshot(0), []);
        finder.Find(With(1, FakeProgram.Process(78, 1, "Multiprocessing.Host", ProcessRole.Child, 0)), []).ShouldBeEmpty("not published yet");
        finder.Find(With(2, FakeProgram.Process(78, 1, "spare", ProcessRole.Spare, 0)), []).ShouldBeEmpty();
        finder.Find(With(3, FakeProgram.Process(78, 1, "images:1", ProcessRole.Worker, 0)), []).ShouldHaveSingleItem().Text.ShouldBe("images:1 (worker, process 78) started.");
        finder.Find(With(4), []).ShouldHaveSingleItem().Text.ShouldBe("images:1 (worker, process 78) ended.");

        static ProgramSnapshot With(double second, params ProcessSnapshot[] others)
        {
            var snapshot = Snapshot(second);
            return snapshot with { Processes = [.. snapshot.Processes, .. others] };
        }
    }

    [Fact]
    public void A_pool_that_was_disposed_stays_in_the_picture_while_the_charts_show_it()
    {
        ProgramHistory window = new(maxPoints: 10, maxTasks: 10, wholeRun: false);
        window.Add(Snapshot(0, succeeded: 42), [], 0);
        for (var second = 1; second < 10; second++)
        {
            window.Add(Snapshot(second) with { Pools = [] }, [], 0).Snapshot.Pools.ShouldHaveSingleItem().Succeeded.ShouldBe(42);
        }

        window.Add(Snapshot(10) with { Pools = [] }, [], 0).Snapshot.Pools.ShouldBeEmpty("the window has moved on");
    }

    [Fact]
    public void A_hundred_failures_in_a_second_are_nine_events()
    {
        EventFinder finder = new();
        var events = finder.Find(Snapshot(0), [.. Enumerable.Range(0, 100).Select(n => Record(n, 1, TaskOutcome.Failed))]);
        events.Count.ShouldBe(9);
        events[^1].Text.ShouldBe("92 more tasks failed.");
    }

    [Fact]
    public void The_names_of_ended_processes_are_kept_and_bounded()
    {
        Names names = new();
        for (var id = 0; id < 10_000; id++)
        {
            names.Add(Snapshot(0) with { Processes = [FakeProgram.Process(id, 1, $"p{id}", ProcessRole.Child, 0)] }).Processes.Count.ShouldBe(1);
        }

        names.Processes.Count.ShouldBe(4096);
        names.Processes.ShouldContainKey("9999");
        names.Processes.ShouldNotContainKey("0");
    }

    internal static ProgramSnapshot Snapshot(double second, double cpuSeconds = 0, long put = 0, long get = 0, long succeeded = 0) => new()
    {
        Time = Start.AddSeconds(second),
        RootProcessId = 1,
        Name = "Batch",
        StartedProcesses = 1,
        DeathCount = 0,
        SharedMemoryBytes = 0,
        OmittedObjects = 0,
        Processes = [FakeProgram.Process(1, null, "Batch", ProcessRole.Root, cpuSeconds)],
        Queues = [FakeProgram.Queue("1-1", "files", put, get)],
        Locks = [FakeProgram.Lock("2-1", LockKind.Lock, "index")],
        Pools = [FakeProgram.Pool("1-1", "images") with { Succeeded = succeeded }],
    };

    internal static TaskRecord Record(long number, double seconds, TaskOutcome outcome) => new()
    {
        PoolId = "1-1",
        Number = number,
        Name = "Resize",
        WorkerNumber = 1,
        ProcessId = 78,
        Created = Start,
        Started = Start.AddSeconds(1),
        Ended = Start.AddSeconds(1 + seconds),
        Outcome = outcome,
        Attempt = 1,
    };
}
