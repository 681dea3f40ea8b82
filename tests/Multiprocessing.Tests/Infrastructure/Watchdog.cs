using System.Runtime.ExceptionServices;

namespace Multiprocessing.Tests;

/// <summary>
/// Runs a test's body and does not wait for it for ever. The body has a thread of its own; when its time is over, the watchdog says all it
/// can find out, kills what the body started so that the next test finds a clean machine, and fails the test.
/// </summary>
internal static class Watchdog
{
    // Longer than any patience inside a test, which says more about what did not happen.
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(180);
    private static readonly AsyncLocal<List<(string Name, Func<object?> Look)>?> Watched = new();

    public static Task Run(Action body, TimeSpan? limit = null) => Run(
        () =>
        {
            body();
            return Task.CompletedTask;
        },
        limit);

    public static async Task Run(Func<Task> body, TimeSpan? limit = null)
    {
        var watched = new List<(string, Func<object?>)>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            Watched.Value = watched;
            try
            {
                body().GetAwaiter().GetResult();
                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        })
        {
            IsBackground = true,
            Name = "Test under watchdog",
        };
        thread.Start();
        var time = limit ?? DefaultLimit;
        if (await Task.WhenAny(done.Task, Task.Delay(time)) != done.Task)
        {
            var report = WatchdogReport.Write(watched);
            KillLeftovers();
            throw new TimeoutException($"The test did not end within {time.TotalSeconds:0} s.{Environment.NewLine}{report}");
        }

        if (done.Task.Exception?.InnerException is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Has the watchdog show the queue's count when the test hangs.</summary>
    public static ProcessQueue<T> Watch<T>(this ProcessQueue<T> queue, string name = "queue")
    {
        var list = Watched.Value ?? throw new InvalidOperationException("Only a body under the watchdog can have its queues watched.");
        lock (list)
        {
            list.Add((name, () => $"Count {queue.Count}, capacity {queue.Capacity?.ToString() ?? "none"}, adding completed {queue.IsCompletionRequested}"));
        }

        return queue;
    }

    private static void KillLeftovers()
    {
        foreach (var process in TestRun.Processes())
        {
            Posix.Signal(process.Id, Posix.SigKill);
        }
    }
}
