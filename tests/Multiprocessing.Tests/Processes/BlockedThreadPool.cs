using System.Runtime.ExceptionServices;

namespace Multiprocessing.Tests;

/// <summary>Runs code while all threads of the thread pool are blocked, and no further ones come.</summary>
internal static class BlockedThreadPool
{
    /// <summary>Fails if the code has not ended after a while.</summary>
    public static void Run(string what, Action body, TimeSpan? patience = null)
    {
        ThreadPool.GetMinThreads(out var least, out var leastPorts);
        ThreadPool.GetMaxThreads(out var most, out var mostPorts);
        var release = new ManualResetEventSlim(); // not disposed: an item may begin after this has given up waiting for it
        var count = Environment.ProcessorCount + 1;
        var items = 4 * count;
        var blocked = 0;
        var released = 0;
        var isFree = false;
        var hasStarted = false;
        Exception? error = null;
        var runner = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception exception)
            {
                error = exception;
            }
        })
        {
            IsBackground = true,
        };
        var hasEnded = false;
        try
        {
            ThreadPool.SetMinThreads(count, leastPorts);
            ThreadPool.SetMaxThreads(count, mostPorts);
            for (var i = 0; i < items; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(
                    _ =>
                    {
                        Interlocked.Increment(ref blocked);
                        release.Wait();
                        Interlocked.Increment(ref released);
                    },
                    null);
            }

            // The test itself, and tests before it, may have some of its threads; a thread that they give back meets one more of the items above. What is queued now begins when all are released.
            Eventually.Is(() => Volatile.Read(ref blocked) >= 1, "the thread pool is blocked");
            ThreadPool.UnsafeQueueUserWorkItem(_ => Volatile.Write(ref isFree, true), null);
            Thread.Sleep(100);
            if (Volatile.Read(ref isFree))
            {
                throw new InvalidOperationException("The thread pool has a free thread: this run would prove nothing.");
            }

            runner.Start();
            hasStarted = true;
            hasEnded = runner.Join(patience ?? TimeSpan.FromSeconds(120));
        }
        finally
        {
            ThreadPool.SetMaxThreads(most, mostPorts);
            ThreadPool.SetMinThreads(least, leastPorts);
            release.Set();
            _ = hasStarted && runner.Join(TimeSpan.FromSeconds(20));
            Eventually.Is(() => Volatile.Read(ref released) == items, "the thread pool is free again");
        }

        if (!hasEnded)
        {
            throw new TimeoutException($"With all threads of the thread pool blocked it did not end: {what}");
        }

        if (error is not null)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }
}
