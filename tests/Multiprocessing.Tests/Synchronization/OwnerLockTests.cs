using System.Diagnostics;
using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

public sealed unsafe class OwnerLockTests : IDisposable
{
    private readonly Session _root = Session.CreateRoot();
    private readonly Segment _segment;

    public OwnerLockTests() => _segment = _root.Segments.Create(SegmentKind.Other, 4096, SegmentId.None);

    private int* Word => (int*)_segment.Base;

    public void Dispose() => _root.Leave();

    [Fact]
    public void Threads_of_several_participants_exclude_each_other()
    {
        using var other = new FakeParticipant(_root);
        var mapped = other.Session.Segments.Open(_segment.Id, hold: true)!;
        var counter = 0;
        Watch.Threads(6, thread =>
        {
            var members = (thread % 2 == 0 ? _root : other.Session).Participants;
            var word = (int*)(thread % 2 == 0 ? _segment : mapped).Base;
            for (var i = 0; i < 20_000; i++)
            {
                OwnerLock.Enter(word, members, Deadline.Never).ShouldBe(OwnerLock.Result.Entered);
                counter++;
                OwnerLock.Exit(word);
            }
        });
        counter.ShouldBe(120_000);
        (*Word).ShouldBe(0);
    }

    [Fact]
    public void The_word_names_slot_and_generation()
    {
        var word = OwnerLock.WordOf(new ParticipantId(511, 0x12345));
        OwnerLock.OwnerOf(word).ShouldBe((511, 0x2345));
        word.ShouldBeGreaterThan(0);
        OwnerLock.WordOf(new ParticipantId(0, 0)).ShouldNotBe(0);
    }

    [Fact]
    public void Patience_counts_from_the_owners_last_change()
    {
        // The waiter reads about every 8 to 12 changes: with seven owners, not the same one again.
        var owners = Enumerable.Range(0, 7).Select(_ => new FakeParticipant(_root)).ToArray();
        var words = Array.ConvertAll(owners, static owner => owner.Session.Participants.SelfWord);
        Volatile.Write(ref *Word, words[0]);
        var watch = Stopwatch.StartNew();
        var changing = TimeSpan.FromSeconds(3);
        var changer = new Thread(() =>
        {
            for (var i = 1; watch.Elapsed < changing; i++)
            {
                Thread.Sleep(10);
                Volatile.Write(ref *Word, words[i % words.Length]); // from one to the next, and never free
            }
        });
        changer.Start();
        // Longer than the thread that changes the word may stand still.
        var patience = TimeSpan.FromSeconds(6);
        OwnerLock.Enter(Word, _root.Participants, Deadline.Now, stoppedAfter: patience).ShouldBe(OwnerLock.Result.TimedOut);
        // The waiter reads the word about 10 times a second, so it may find the same owner again.
        watch.Elapsed.ShouldBeGreaterThan(changing + patience - TimeSpan.FromSeconds(1));
        changer.Join();
        OwnerLock.Exit(Word);
        OwnerLock.Enter(Word, _root.Participants, Deadline.Now, stoppedAfter: TimeSpan.FromSeconds(1)).ShouldBe(OwnerLock.Result.Entered);
        OwnerLock.Exit(Word);
        Array.ForEach(owners, static owner => owner.Dispose());
    }

    [Fact]
    public void A_living_owner_is_waited_for_until_the_deadline_and_not_robbed()
    {
        using var other = new FakeParticipant(_root);
        OwnerLock.TryEnter(Word, other.Session.Participants.SelfWord).ShouldBeTrue();
        var watch = Stopwatch.StartNew();
        OwnerLock.Enter(Word, _root.Participants, Deadline.After(TimeSpan.FromMilliseconds(150))).ShouldBe(OwnerLock.Result.TimedOut);
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(140));
        using var source = new CancellationTokenSource(50);
        Should.Throw<OperationCanceledException>(() => OwnerLock.Enter(Word, _root.Participants, Deadline.Never, source.Token));
        OwnerLock.Exit(Word);
        OwnerLock.Enter(Word, _root.Participants, Deadline.Now).ShouldBe(OwnerLock.Result.Entered);
    }

    [Fact]
    public void A_dead_owners_lock_goes_to_exactly_one_of_the_waiters_as_recovered()
    {
        var dead = new FakeParticipant(_root);
        OwnerLock.TryEnter(Word, dead.Session.Participants.SelfWord).ShouldBeTrue();
        var recovered = 0;
        var waiting = Watch.Thread(() => Watch.Threads(4, _ =>
        {
            if (OwnerLock.Enter(Word, _root.Participants, Deadline.Never) is OwnerLock.Result.Recovered)
            {
                Interlocked.Increment(ref recovered);
            }

            OwnerLock.Exit(Word);
        }));
        Thread.Sleep(50);
        waiting.IsCompleted.ShouldBeFalse();
        dead.Kill();
        Watch.Over(waiting);
        recovered.ShouldBe(1);
    }

    [Fact]
    public void A_process_that_the_system_has_killed_is_detected_without_a_report()
    {
        using var process = Stranger.StartSleeping();
        var participant = _root.Liveness.Reserve();
        _root.Liveness.Activate(participant, process.Id);
        *Word = OwnerLock.WordOf(participant);
        OwnerLock.Enter(Word, _root.Participants, Deadline.After(TimeSpan.FromMilliseconds(50))).ShouldBe(OwnerLock.Result.TimedOut);
        process.Kill();
        OwnerLock.Enter(Word, _root.Participants, Deadline.After(Watch.Patience)).ShouldBe(OwnerLock.Result.Recovered);
    }

    [Fact]
    public void A_slot_given_out_again_does_not_own_the_earlier_ones_lock()
    {
        var dead = _root.Liveness.Reserve();
        _root.Liveness.Activate(dead, Environment.ProcessId);
        *Word = OwnerLock.WordOf(dead);
        _root.Memory.Participants[dead.Slot].Generation++;
        OwnerLock.Enter(Word, _root.Participants, Deadline.After(Watch.Patience)).ShouldBe(OwnerLock.Result.Recovered);
    }

    [Fact]
    public void A_dead_waiters_bit_costs_one_wake_up_and_no_more()
    {
        *Word = _root.Participants.SelfWord | (1 << 31);
        OwnerLock.Exit(Word);
        OwnerLock.Enter(Word, _root.Participants, Deadline.Now).ShouldBe(OwnerLock.Result.Entered);
        (*Word).ShouldBe(_root.Participants.SelfWord);
    }
}
