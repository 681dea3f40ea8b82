using System.Threading.Channels;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of docs/guide/queues.md and docs/guide/shared-memory.md.</summary>
public class QueuesAndLocks
{
    [Fact]
    public void A_bounded_queue_makes_its_producer_wait()
    {
        #region queue-bounded
        using var pages = new ProcessQueue<string>(capacity: 3);
        using var downloader = ChildProcess.Run(() =>
        {
            for (var i = 1; i <= 10; i++)
            {
                pages.Put($"page {i}"); // waits while three pages are in the queue
            }

            pages.Complete();           // no more will come
        });
        foreach (var page in pages.ReadAll())
        {
            Console.WriteLine(page);
        }
        #endregion
        pages.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Waits_have_time_limits()
    {
        #region queue-timeout
        using var queue = new ProcessQueue<int>(capacity: 1);
        queue.Put(1);
        bool isIn = queue.TryPut(2, TimeSpan.FromMilliseconds(50));     // false: it is full
        try
        {
            queue.PutNoWait(3);
        }
        catch (QueueFullException exception)
        {
            Console.WriteLine(exception.Message);
        }
        #endregion
        isIn.ShouldBeFalse();
    }

    [Fact]
    public void Several_things_are_waited_for_at_once()
    {
        var sum = 0;
        #region wait-any
        using var results = new ProcessQueue<int>();
        using var stop = new ProcessEvent();
        using var child = ChildProcess.Run(() =>
        {
            for (var i = 1; i <= 3; i++)
            {
                results.Put(i);
            }
        });
        var isOver = false;
        while (!isOver)
        {
            switch (ProcessWait.Any([results, child, stop], TimeSpan.FromMinutes(1)))
            {
                case 0:
                    sum += results.Get();
                    break;
                case 1:
                    isOver = results.IsEmpty; // all results of the process are in the queue when it has ended
                    break;
                default:
                    isOver = true; // asked to stop, or the time is over
                    break;
            }
        }
        #endregion
        sum.ShouldBe(6);
    }

    [Fact]
    public async Task A_queue_is_a_channel_too()
    {
        #region queue-channel
        using var queue = new ProcessQueue<int>();
        ChannelWriter<int> writer = queue.Writer;
        ChannelReader<int> reader = queue.Reader;
        await writer.WriteAsync(42);
        writer.Complete();
        await foreach (int item in reader.ReadAllAsync())
        {
            Console.WriteLine(item);
        }
        #endregion
        queue.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Work_can_be_waited_for()
    {
        #region queue-done
        using var jobs = new ProcessQueue<int>();
        using var done = new SharedValue<int>();
        using var first = ChildProcess.Run(Work, jobs, done);
        using var second = ChildProcess.Run(Work, jobs, done);
        jobs.PutMany(Enumerable.Range(0, 100));
        jobs.WaitAllDone(); // until MarkDone was called for each item
        Console.WriteLine($"{done.Value} jobs are done.");
        jobs.Complete();

        static void Work(ProcessQueue<int> jobs, SharedValue<int> done)
        {
            foreach (var job in jobs.ReadAll())
            {
                done.Increment();
                jobs.MarkDone();
            }
        }
        #endregion
        done.Value.ShouldBe(100);
    }

    [Fact]
    public void Processes_share_numbers()
    {
        #region shared-array
        using var pixels = new SharedArray<byte>(1920 * 1080);
        using var child = ChildProcess.Run(image => image.Span.Fill(255), pixels); // nothing is copied
        child.Join();
        Console.WriteLine(pixels[0]);
        #endregion
        pixels[0].ShouldBe((byte)255);
    }

    [Fact]
    public void A_buffer_is_handed_over()
    {
        #region shared-buffer
        using var images = new ProcessQueue<SharedBuffer<byte>>(capacity: 4);
        using var child = ChildProcess.Run(() =>
        {
            using SharedBuffer<byte> image = images.Get(); // the same memory
            return image.Span.Count((byte)255);
        });
        using (var image = SharedMemoryPool.Shared.Rent(1920 * 1080))
        {
            image.Span.Fill(255);
            images.Put(image);
        }

        Console.WriteLine(child.Result.Result); // 2073600
        #endregion
        child.Result.Result.ShouldBe(1920 * 1080);
    }

    [Fact]
    public void A_lock_outlives_its_owner()
    {
        #region shared-lock
        using var gate = new ProcessLock();
        using var taken = new ProcessEvent();
        using var child = ChildProcess.Run(() =>
        {
            gate.Enter();
            taken.Set();
            Thread.Sleep(Timeout.Infinite);
        });
        taken.Wait();
        child.Kill();                       // while it owns the lock
        EnterResult result = gate.Enter();  // the lock is free again, and says what happened
        Console.WriteLine(result.WasAbandoned);
        gate.Exit();
        #endregion
        result.WasAbandoned.ShouldBeTrue();
    }

    [Fact]
    public void Programs_meet_by_name()
    {
        #region shared-names
        using var gate = ProcessLock.OpenOrCreate("nightly import"); // waits for other programs of this user, too
        using (gate.EnterScope())
        {
            using var jobs = ProcessQueue<string>.OpenOrCreate("jobs", new ProcessQueueOptions { Capacity = 100 });
            using var runs = SharedValue<long>.OpenOrCreate("runs");
            jobs.Put("import.csv");
            runs.Increment();
        }
        #endregion
        ProcessLock.TryOpen("no such name", out _).ShouldBeFalse();
    }
}
