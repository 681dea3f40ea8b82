using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Names;

/// <summary>Programs that no one of them has started: only the user and a name are common to them.</summary>
public sealed class NamedProgramsTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private readonly MeetingPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public Task Two_programs_talk_through_queues_of_a_name() => Watchdog.Run(
        () =>
        {
            var server = _place.Start("serve");
            server.WaitFor("ready");
            var session = _place.Join();
            using var requests = ProcessQueue<string>.OpenOrCreate(session, "requests", null);
            using var answers = ProcessQueue<string>.OpenOrCreate(session, "answers", new ProcessQueueOptions { Capacity = 10 });
            requests.Put("hello");
            answers.Get().ShouldBe("HELLO");
            requests.Put("stop");
            server.WaitForExit();
            server.ExitCode.ShouldBe(0, server.ToString());
        },
        Limit);

    [Fact]
    public Task A_waiter_for_a_named_lock_gets_a_report_when_its_holder_is_killed() => Watchdog.Run(
        () =>
        {
            var holder = _place.Start("hold-lock");
            holder.WaitFor("held");
            var waiter = _place.Start("enter-lock");
            waiter.WaitFor("waiting");
            using var here = ProcessLock.OpenOrCreate(_place.Join(), "lock", LockRecursionPolicy.NoRecursion);
            here.TryEnter().ShouldBeFalse();
            _place.Kill(holder);
            waiter.WaitForExit();
            waiter.Value("abandoned").ShouldBe("True");
            here.Enter();
            here.Exit();
        },
        Limit);

    [Fact]
    public Task A_killed_holder_hands_the_lock_on_and_the_object_goes_with_its_last_living_holder() => Watchdog.Run(
        () =>
        {
            var session = _place.Join();
            var holder = _place.Start("hold-lock");
            holder.WaitFor("held");
            var here = ProcessLock.OpenOrCreate(session, "lock", LockRecursionPolicy.NoRecursion);
            var watch = Stopwatch.StartNew();
            _place.Kill(holder);
            here.Enter().WasAbandoned.ShouldBeTrue();
            TestContext.Current.TestOutputHelper?.WriteLine($"Handed on {watch.ElapsedMilliseconds} ms after the kill began.");
            here.Exit();
            here.Dispose();
            session.Segments.CountLive(SegmentKind.Lock).ShouldBe(1, "the dead holder's hold is there until somebody looks");
            NamedObject.TryOpen(session, "lock", NamedIdentity.Of<ProcessLock>(null), ProcessLock.OpenNamed, out _).ShouldBeFalse();
            session.Segments.CountLive(SegmentKind.Lock).ShouldBe(0);
        },
        Limit);

    [Fact]
    public Task A_creator_that_is_killed_leaves_the_object_to_its_other_holders() => Watchdog.Run(
        () =>
        {
            var creator = _place.Start("types");
            creator.WaitFor("ready");
            var reader = _place.Start("same-types");
            reader.WaitForExit();
            reader.Value("parcel").ShouldBe("Parcel { Number = 1, Text = one }");
            var session = _place.Join();
            var wrong = Should.Throw<NamedObjectMismatchException>(() => ProcessQueue<Multiprocessing.Scenarios.Named.Parcel>.OpenOrCreate(session, "parcels", null));
            wrong.Message.ShouldContain("build");
            wrong.Expected.ShouldNotBe(wrong.Actual);
            _place.Kill(creator);
            using var mine = ProcessQueue<Multiprocessing.Scenarios.Named.Parcel>.OpenOrCreate(session, "parcels", null);
            mine.Count.ShouldBe(0);
        },
        Limit);

    [Fact]
    public Task Of_many_programs_that_create_at_once_one_creates() => Watchdog.Run(
        () =>
        {
            const int Crowd = 8;
            var crowd = Enumerable.Range(0, Crowd).Select(_ => _place.Start("race", $"{Crowd}")).ToList();
            crowd.ForEach(one => one.WaitForExit());
            crowd.Select(one => int.Parse(one.Value("number"))).Order().ShouldBe(Enumerable.Range(101, Crowd));
            crowd.ShouldAllBe(one => one.ExitCode == 0);
            _place.ShouldBeEmptied();
        },
        Limit);

    [Fact]
    public Task A_handle_of_a_named_object_works_in_a_child() => Watchdog.Run(
        () =>
        {
            var program = _place.Start("capture");
            program.WaitForExit();
            program.ExitCode.ShouldBe(0, program.ToString());
            program.Value("put").ShouldBe("42");
            program.Value("sum").ShouldBe("43");
            program.Value("refused").ShouldContain("without a name");
            _place.ShouldBeEmptied();
        },
        Limit);

    [Fact]
    public Task When_all_are_killed_the_next_one_starts_afresh() => Watchdog.Run(
        () =>
        {
            var first = _place.Start("types");
            first.WaitFor("ready");
            var second = _place.Start("hold-lock");
            second.WaitFor("held");
            using (EnterGate())
            {
                _place.Kill(first);
                _place.Kill(second);
                _place.Files().ShouldNotBeEmpty();
            }

            var session = _place.Join();
            session.Liveness.ListParticipants().Count.ShouldBe(1);
            session.Segments.CountLive(SegmentKind.Queue).ShouldBe(0);
            _place.Files().ShouldBe([SessionDirectory.SessionFile]);
            session.Leave();
            _place.ShouldBeEmptied();
        },
        Limit);

    [Fact]
    public Task Whatever_programs_were_doing_when_they_were_killed_others_go_on() => Watchdog.Run(
        () =>
        {
            var session = _place.Join();
            var random = new Random(7);
            var churners = Enumerable.Range(0, 3).Select(_ => _place.Start("churn")).ToArray();
            var torn = new List<string>();
            for (var round = 0; round < 12; round++)
            {
                var victim = random.Next(churners.Length);
                churners[victim].WaitFor("ready");
                Thread.Sleep(random.Next(60));
                _place.Kill(churners[victim]);
                torn.AddRange(churners[victim].Values("torn"));
                churners[victim] = _place.Start("churn");
                using var numbers = SharedArray<long>.OpenOrCreate(session, "churn numbers", 2);
                using (var scope = numbers.Lock.EnterScope())
                {
                    (scope.WasAbandoned || numbers[0] == numbers[1]).ShouldBeTrue();
                    numbers[1] = numbers[0];
                }
            }

            foreach (var churner in churners)
            {
                _place.Kill(churner);
                torn.AddRange(churner.Values("torn"));
            }

            torn.ShouldBeEmpty();
            using (var numbers = SharedArray<long>.OpenOrCreate(session, "churn numbers", 2))
            {
                numbers[0].ShouldBe(0, "all who had it are dead");
            }

            using (var condition = ProcessCondition.OpenOrCreate(session, "churn condition"))
            using (var queue = ProcessQueue<string>.OpenOrCreate(session, "churn queue", null))
            using (var guard = ProcessLock.OpenOrCreate(session, "churn lock", LockRecursionPolicy.NoRecursion))
            {
                queue.Put("y");
                queue.Get().ShouldBe("y");
                guard.Enter().WasAbandoned.ShouldBeFalse();
                guard.Exit();
                condition.Lock.Enter();
                condition.Lock.Exit();
            }

            // A last look lets go of all that the dead had.
            session.Leave();
            _place.ShouldBeEmptied();
        },
        Limit);

    [Fact]
    public Task What_killed_programs_left_at_a_place_of_their_own_goes_with_the_next_session() => Watchdog.Run(
        () =>
        {
            var holder = _place.Start("hold-lock");
            holder.WaitFor("held");
            SessionSweep.Run();
            _place.Files().ShouldNotBeEmpty("its program lives");
            _place.Kill(holder);

            // As every session begins, wherever it meets others. One of another test may do it in the same moment.
            Eventually.Is(
                () =>
                {
                    SessionSweep.Run();
                    return !_place.Files().Any() && !NamedDirectoryList.All().Contains(_place.Directory);
                },
                "what was left is removed");
        },
        Limit);

    /// <summary>Keeps the sweeps of other tests out.</summary>
    private SafeFileHandle EnterGate()
    {
        SafeFileHandle? gate = null;
        Eventually.Is(
            () =>
            {
                gate = Multiprocessing.Platform.FileLock.TryTake(Path.Combine(_place.Directory, "gate"), create: true);
                return gate is not null;
            },
            "the gate is free");
        return gate!;
    }
}
