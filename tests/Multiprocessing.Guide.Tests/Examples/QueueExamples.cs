using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Queues and their exceptions.</summary>
public class QueueExamples
{
    [Fact]
    public void Process_queue()
    {
        #region ProcessQueue<T>
        using var queue = new ProcessQueue<string>(capacity: 100);
        using var producer = ChildProcess.Run(() =>
        {
            queue.Put("one");
            queue.Put("two");
            queue.Complete();
        });
        foreach (string item in queue.ReadAll())
        {
            Console.WriteLine(item);
        }
        #endregion
        queue.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Process_queue_options()
    {
        #region ProcessQueueOptions
        var options = new ProcessQueueOptions
        {
            Capacity = 1_000,      // a put waits while there are that many items
            MaxBytes = 64L << 20,  // or while the items take 64 MiB
            DisplayName = "pages", // in messages and in the debugger
        };
        using var queue = new ProcessQueue<byte[]>(options);
        #endregion
        queue.Capacity.ShouldBe(1_000);
    }

    [Fact]
    public void Queue_full()
    {
        #region QueueFullException
        using var queue = new ProcessQueue<int>(capacity: 2);
        try
        {
            queue.PutMany([1, 2, 3], TimeSpan.FromMilliseconds(50));
        }
        catch (QueueFullException exception)
        {
            Console.WriteLine($"{exception.ItemsPut} items were put."); // 2
        }
        #endregion
        queue.IsFull.ShouldBeTrue();
    }

    [Fact]
    public void Queue_empty()
    {
        #region QueueEmptyException
        using var queue = new ProcessQueue<int>();
        try
        {
            Console.WriteLine(queue.Get(TimeSpan.FromMilliseconds(50)));
        }
        catch (QueueEmptyException)
        {
            Console.WriteLine("There was no item within 50 ms."); // TryGet returns false instead
        }
        #endregion
        queue.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Queue_completed()
    {
        #region QueueCompletedException
        using var queue = new ProcessQueue<int>();
        queue.Complete();
        try
        {
            queue.Put(1);
        }
        catch (QueueCompletedException exception)
        {
            Console.WriteLine(exception.Message);
        }
        #endregion
        queue.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Queue_exception()
    {
        #region QueueException
        using var queue = new ProcessQueue<int>(capacity: 1);
        try
        {
            queue.PutNoWait(1);
            queue.PutNoWait(2);
        }
        catch (QueueException exception) // full, empty or completed
        {
            Console.WriteLine(exception.Message);
        }
        #endregion
        queue.Count.ShouldBe(1);
    }

    [Fact]
    public void Queue_abandoned()
    {
        #region QueueAbandonedException
        using var queue = new ProcessQueue<int>();
        using var producer = ChildProcess.Run(() => queue.Put(1)); // it does not call Complete
        try
        {
            foreach (int item in queue.ReadAll())
            {
                Console.WriteLine(item);
            }
        }
        catch (QueueAbandonedException exception)
        {
            Console.WriteLine(exception.Message); // the last process that could put an item exited
        }
        #endregion
        queue.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Items_lost()
    {
        #region ItemsLostException
        using var jobs = new ProcessQueue<string>();
        jobs.Put("page 1");
        using var worker = ChildProcess.Run(() =>
        {
            jobs.Get();
            Environment.FailFast("The process dies before it marks the item as done.");
        });
        try
        {
            jobs.WaitAllDone();
        }
        catch (ItemsLostException exception)
        {
            Console.WriteLine($"{exception.ItemsLost} items were lost. Put them again if they matter."); // 1
        }
        #endregion
        jobs.WaitAllDone(); // the lost item was reported once
    }
}
