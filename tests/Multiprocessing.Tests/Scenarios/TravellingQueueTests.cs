using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>A queue may be captured, passed and sent through another queue, and it outlives who made it.</summary>
public class TravellingQueueTests : ProcessTest
{
    [Fact]
    public Task A_queue_sent_through_a_queue_outlives_its_maker_that_left() => Watchdog.Run(() =>
    {
        using var post = new ProcessQueue<ProcessQueue<string>>().Watch();
        ChildProcess.Run(() => SendOneMadeHere(post)).TakeFailure().ShouldBeNull();
        ShouldArriveWithItsItems(post);
    });

    [Fact]
    public Task A_queue_sent_through_a_queue_outlives_its_maker_that_was_killed() => Watchdog.Run(() =>
    {
        using var post = new ProcessQueue<ProcessQueue<string>>().Watch();
        ChildProcess.Run(() =>
        {
            SendOneMadeHere(post);
            Posix.Signal(Environment.ProcessId, Posix.SigKill);
        }).TakeFailure().ShouldBeOfType<ProcessDiedException>();
        ShouldArriveWithItsItems(post);
    });

    [Fact]
    public Task A_queue_whose_message_is_never_taken_goes_with_the_queue_it_lies_in() => Watchdog.Run(() =>
    {
        // The footprint is the test: the inner queue's file must go.
        using var post = new ProcessQueue<ProcessQueue<string>>().Watch();
        ChildProcess.Run(() => SendOneMadeHere(post)).TakeFailure().ShouldBeNull();
        post.Count.ShouldBe(1);
    });

    [Fact]
    public Task A_queue_goes_from_child_to_child_without_the_parent_holding_it() => Watchdog.Run(() =>
    {
        using var post = new ProcessQueue<ProcessQueue<string>>().Watch();
        var maker = ChildProcess.Run(() => SendOneMadeHere(post));
        var receiver = ChildProcess.Run(() =>
        {
            using var received = post.Get();
            return string.Join(' ', received.GetMany(3));
        });
        maker.TakeFailure().ShouldBeNull();
        receiver.Take().ShouldBe("one two three");
    });

    [Fact]
    public Task A_queue_travels_inside_other_values() => Watchdog.Run(() =>
    {
        using var requests = new ProcessQueue<(int Number, ProcessQueue<int> Answer)>().Watch("requests");
        using var server = ChildProcess.Run(() =>
        {
            foreach (var (number, answer) in requests.ReadAll())
            {
                using (answer)
                {
                    answer.Put(number * number);
                }
            }
        });
        for (var i = 0; i < 100; i++)
        {
            using var answer = new ProcessQueue<int>();
            requests.Put((i, answer));
            answer.Get().ShouldBe(i * i);
        }

        requests.Complete();
        server.TakeFailure().ShouldBeNull();
    });

    [Fact]
    public Task A_queue_sent_through_itself_is_the_same_queue() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<object>().Watch();
        queue.Put(queue);
        ChildProcess.Run(() =>
        {
            using var same = (ProcessQueue<object>)queue.Get();
            same.Put("through the copy");
        }).TakeFailure().ShouldBeNull();
        queue.Get().ShouldBe("through the copy");
    });

    [Fact]
    public Task A_queue_is_captured_passed_and_returned() => Watchdog.Run(() =>
    {
        using var captured = new ProcessQueue<int>().Watch("captured");
        using var passed = new ProcessQueue<int>().Watch("passed");
        using var returned = ChildProcess.Run(
            argument =>
            {
                captured.Put(1);
                argument.Put(2);
                var own = new ProcessQueue<int>(capacity: 7);
                own.Put(3);
                return own;
            },
            passed).Take();
        (captured.Get(), passed.Get(), returned.Get(), returned.Capacity).ShouldBe((1, 2, 3, 7));
    });

    [Fact]
    public Task The_same_queue_twice_in_one_message_is_one_queue() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        ChildProcess.Run((first, second) => ReferenceEquals(first, second), queue, queue).Take().ShouldBeTrue();
    });

    [Fact]
    public Task Three_hundred_queues_may_live_at_once() => Watchdog.Run(() =>
    {
        var queues = Enumerable.Range(0, 300).Select(_ => new ProcessQueue<int>()).ToArray();
        ChildProcess.Run(
            all =>
            {
                for (var i = 0; i < all.Length; i++)
                {
                    all[i].Put(i);
                }
            },
            queues).TakeFailure().ShouldBeNull();
        for (var i = 0; i < queues.Length; i++)
        {
            queues[i].Get().ShouldBe(i);
            queues[i].Dispose();
        }
    });

    [Fact]
    public Task A_disposed_queue_refuses_to_travel() => Watchdog.Run(() =>
    {
        var queue = new ProcessQueue<int>();
        queue.Dispose();
        Should.Throw<ObjectDisposedException>(() => ChildProcess.Run(() => queue.Put(1)));
        ChildProcess.Active.ShouldBeEmpty();
    });

    private static void SendOneMadeHere(ProcessQueue<ProcessQueue<string>> post)
    {
        var made = new ProcessQueue<string>();
        made.Put("one");
        made.Put("two");
        made.Put("three");
        post.Put(made);
    }

    private static void ShouldArriveWithItsItems(ProcessQueue<ProcessQueue<string>> post)
    {
        post.Count.ShouldBe(1);
        using var received = post.Get();
        received.Count.ShouldBe(3);
        received.GetMany(3).ShouldBe(["one", "two", "three"]);
        received.Put("four");
        received.Get().ShouldBe("four");
    }
}
