using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>The order in which the tasks of several callers begin on a node, and what may be taken back.</summary>
public class NodeQueueTests
{
    private const long LongTicks = 50 * TimeSpan.TicksPerMillisecond;

    private readonly List<NodeTask> _begun = [];

    private CallerLine NewLine() => new(task =>
    {
        lock (_begun)
        {
            _begun.Add(task);
        }
    });

    private static List<NodeTask> Tasks(CallerLine line, int first, int count, string name = "task") =>
        [.. Enumerable.Range(first, count).Select(id => new NodeTask(line, new LeasedTask(id, 1, 1, name, Timeout.InfiniteTimeSpan, false, [], 0, 0)))];

    [Fact]
    public void A_caller_with_many_tasks_and_one_with_few_have_their_turns()
    {
        var queue = new NodeQueue(workers: 2);
        var (many, few) = (NewLine(), NewLine());
        queue.Add(Tasks(many, 0, 10_000));
        queue.Add(Tasks(few, 0, 10));
        for (var i = 0; i < 40; i++)
        {
            queue.End(_begun[i], LongTicks);
        }

        _begun.Count(task => task.Line == few).ShouldBe(10);
        _begun.Take(24).Count(task => task.Line == few).ShouldBe(10, "every second task is one of the caller with few, once it has come");
    }

    [Fact]
    public void A_caller_with_long_tasks_leaves_half_of_the_workers_to_one_with_short_ones()
    {
        var queue = new NodeQueue(workers: 4);
        var (slow, quick) = (NewLine(), NewLine());
        queue.Add(Tasks(slow, 0, 100, "slow"));
        queue.Add(Tasks(quick, 0, 100, "quick"));
        for (var i = 0; i < 4; i++)
        {
            queue.End(_begun[i], LongTicks); // the first four, which all were of the caller that came first
        }

        for (var i = 4; i < _begun.Count; i++)
        {
            if (_begun[i].Line == quick)
            {
                queue.End(_begun[i], LongTicks); // no task of the other one ends any more
            }
        }

        _begun.Count(task => task.Line == quick).ShouldBe(100, "two workers are left to it, and all of its tasks run on them");
        _begun.Count(task => task.Line == slow && task.State == NodeTaskState.Begun).ShouldBe(4, "the workers are its own again when no other caller waits");
    }

    [Fact]
    public void Short_tasks_are_passed_to_the_pool_ahead_and_long_ones_are_not()
    {
        var queue = new NodeQueue(workers: 2);
        var line = NewLine();
        queue.Add(Tasks(line, 0, 1_000, "short"));
        _begun.Count.ShouldBe(2, "a name that was not measured counts as long");
        queue.End(_begun[0], 100 * TimeSpan.TicksPerMicrosecond);
        _begun.Count(static task => task.State == NodeTaskState.Begun).ShouldBe(22, "each of two workers has ten tasks of 0.1 ms ahead");
        var other = new NodeQueue(workers: 2);
        var longs = NewLine();
        _begun.Clear();
        other.Add(Tasks(longs, 0, 10, "long"));
        other.End(_begun[0], LongTicks);
        _begun.Count(static task => task.State == NodeTaskState.Begun).ShouldBe(2);
    }

    [Fact]
    public void What_has_not_begun_is_taken_back_the_last_first_and_the_rest_is_asked_of_the_pool()
    {
        var queue = new NodeQueue(workers: 2);
        var line = NewLine();
        var tasks = Tasks(line, 0, 5);
        queue.Add(tasks);
        queue.TakeBack(line, 2, out var pooled).Select(static task => task.Lease.Id).ShouldBe([4, 3]);
        pooled.ShouldBe(0);
        queue.TakeBack(line, 2, out pooled).Select(static task => task.Lease.Id).ShouldBe([2]);
        pooled.ShouldBe(1);
        tasks.Select(static task => task.IsWantedBack).ShouldBe([false, true, false, false, false]);
        queue.TryRemove(tasks[0]).ShouldBeFalse("it has begun");
        queue.TakeBack(line, int.MaxValue, out _).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Each_task_begins_or_is_taken_back_and_never_both(int seed)
    {
        const int count = 20_000;
        var queue = new NodeQueue(workers: 3);
        var line = NewLine();
        var tasks = Tasks(line, 0, count);
        var taken = new List<NodeTask>();
        var isOver = false;
        using var hasTaken = new ManualResetEventSlim(); // or all tasks may have begun before this thread takes the first one back
        var adder = new Thread(() =>
        {
            foreach (var chunk in tasks.Chunk(50))
            {
                queue.Add(chunk);
            }
        })
        {
            IsBackground = true, // or a failed test keeps the process
        };
        var ender = new Thread(() =>
        {
            hasTaken.Wait();
            for (var next = 0; !Volatile.Read(ref isOver);)
            {
                NodeTask? task = null;
                lock (_begun)
                {
                    task = next < _begun.Count ? _begun[next] : null;
                }

                if (task is not null)
                {
                    next++;
                    Thread.SpinWait(20);
                    queue.End(task, LongTicks);
                }
            }
        })
        {
            IsBackground = true,
        };
        adder.Start();
        ender.Start();
        var random = new Random(seed);
        Watchdog.Until(() =>
        {
            taken.AddRange(queue.TakeBack(line, random.Next(4), out _));
            if (taken.Count > 0)
            {
                hasTaken.Set();
            }

            lock (_begun)
            {
                return _begun.Count + taken.Count == count;
            }
        });
        Volatile.Write(ref isOver, true);
        adder.Join();
        ender.Join();
        taken.Count.ShouldBeGreaterThan(0);
        _begun.Count.ShouldBeGreaterThan(0);
        _begun.Concat(taken).Select(static task => task.Lease.Id).Order().ShouldBe(Enumerable.Range(0, count).Select(static id => (long)id));
    }

    private static class Watchdog
    {
        public static void Until(Func<bool> condition)
        {
            for (var began = Environment.TickCount64; !condition();)
            {
                if (Environment.TickCount64 - began > 60_000)
                {
                    throw new TimeoutException("Not all tasks began or were taken back.");
                }
            }
        }
    }
}
