namespace Multiprocessing.Dashboard.Tests;

public sealed class ObservationTests
{
    private readonly ObservationFinder _finder = new();
    private readonly PointMaker _maker = new();
    private readonly TaskHistory _tasks = new(100);
    private int _second;

    [Fact]
    public void A_quiet_program_gives_no_sentence()
    {
        for (var i = 0; i < 40; i++)
        {
            Observe(snapshot => snapshot).ShouldBeEmpty();
        }
    }

    [Fact]
    public void A_full_queue_with_waiters_names_the_slow_side()
    {
        var text = Observe(snapshot => snapshot with { Queues = [FakeProgram.Queue("1-1", "files", 10, 0) with { Capacity = 10, WaitingPutters = 3 }] })
            .ShouldHaveSingleItem();
        text.Subject.ShouldBe("Queue files:");
        text.Text.ShouldContain("full (10 items), and 3 threads wait");
        text.Page.ShouldBe("queues");
        Observe(snapshot => snapshot with { Queues = [FakeProgram.Queue("1-1", "files", 10, 0) with { Capacity = 10 }] }).ShouldBeEmpty("a full queue alone slows no process");
    }

    [Fact]
    public void A_queue_that_grows_for_twenty_samples_is_named_with_its_rates()
    {
        IReadOnlyList<Observation> found = [];
        for (var i = 0; i < 20; i++)
        {
            found.ShouldBeEmpty();
            found = Observe(snapshot => snapshot with { Queues = [FakeProgram.Queue("1-1", null, i * 60, i * 10)] });
        }

        found.ShouldHaveSingleItem().Text.ShouldStartWith("it grew from 0 to 950 items in the last 20 samples (now 60 put and 10 taken per second).");
    }

    [Fact]
    public void A_lock_that_one_process_holds_in_five_samples_while_others_wait_is_named()
    {
        IReadOnlyList<Observation> found = [];
        for (var i = 0; i < 5; i++)
        {
            found.ShouldBeEmpty();
            found = Observe(Held(7));
        }

        found.ShouldHaveSingleItem().Text.ShouldContain("process 7 held it in each of the last 5 samples, and 1 thread waits");
        Observe(Held(8)).ShouldBeEmpty("another owner: the lock is passed on");

        static Func<ProgramSnapshot, ProgramSnapshot> Held(int owner) =>
            snapshot => snapshot with { Locks = [FakeProgram.Lock("2-1", LockKind.Lock, null) with { OwnerProcessId = owner, WaitingProcessIds = [12] }] };
    }

    [Fact]
    public void A_task_that_runs_far_longer_than_those_that_succeeded_may_hang()
    {
        _tasks.Add([HistoryTests.Record(1, 2, TaskOutcome.Succeeded)], 0);
        Observe(Running(5.5)).ShouldBeEmpty("less than three times the slowest one");
        var found = Observe(Running(30)).ShouldHaveSingleItem();
        found.Severity.ShouldBe(Severity.Bad);
        found.Text.ShouldContain("has run 'Resize' for 30 s; the slowest one that succeeded took 2 s");
        found.Text.ShouldContain("mp stack 99");

        static Func<ProgramSnapshot, ProgramSnapshot> Running(double seconds) => snapshot => snapshot with
        {
            Pools = [FakeProgram.Pool("1-1", "images") with { Workers = [FakeProgram.Worker(1, 99, "Resize", TimeSpan.FromSeconds(seconds))] }],
        };
    }

    [Fact]
    public void One_busy_process_among_idle_ones_limits_the_program()
    {
        IReadOnlyList<Observation> found = [];
        for (var i = 0; i < 8; i++)
        {
            found = Observe(snapshot => snapshot with { Processes = [Process(1, i * 0.99), Process(2, i * 0.01), Process(3, 0)] });
        }

        Assert.SkipWhen(Environment.ProcessorCount == 1, "One busy process uses all processors of this machine.");
        found.ShouldHaveSingleItem().Text.ShouldContain("while the other 2 processes use almost none");
    }

    [Fact]
    public void All_processors_busy_means_that_more_processes_do_not_help()
    {
        var processors = Environment.ProcessorCount;
        IReadOnlyList<Observation> found = [];
        for (var i = 0; i < 8; i++)
        {
            found = Observe(snapshot => snapshot with { Processes = [.. Enumerable.Range(1, processors + 1).Select(id => Process(id, i * 0.99))] });
        }

        found.ShouldHaveSingleItem().Subject.ShouldBe("Processors:");
    }

    [Fact]
    public void A_stopped_process_and_the_conclusions_of_a_pool_are_said_the_worst_first()
    {
        var found = Observe(snapshot => snapshot with
        {
            Processes = [Process(1, 0) with { State = SchedulingState.Stopped }],
            Pools = [FakeProgram.Pool("1-1", "images") with { Conclusions = ["Most workers were idle."] }],
        });
        found.Select(item => item.Severity).ShouldBe([Severity.Bad, Severity.Warning]);
        found[1].Text.ShouldBe("Most workers were idle.");
    }

    private static ProcessSnapshot Process(int id, double cpu) =>
        FakeProgram.Process(id, 1, $"p{id}", ProcessRole.Child, cpu);

    private IReadOnlyList<Observation> Observe(Func<ProgramSnapshot, ProgramSnapshot> change)
    {
        var snapshot = change(HistoryTests.Snapshot(_second++));
        return _finder.Find(snapshot, _maker.Make(snapshot), _tasks);
    }
}
