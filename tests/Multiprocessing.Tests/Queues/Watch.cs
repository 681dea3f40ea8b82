using Shouldly;

namespace Multiprocessing.Tests.Queues;

/// <summary>The watchdog of tests that could hang.</summary>
internal static class Watch
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static void Over(Task task) => task.WaitAsync(Patience).GetAwaiter().GetResult();

    /// <summary>Runs the bodies on threads of their own and waits for all of them.</summary>
    public static void Threads(int count, Action<int> body)
    {
        var tasks = Enumerable.Range(0, count).Select(i => Task.Factory.StartNew(() => body(i), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Over(Task.WhenAll(tasks));
    }

    public static void Until(Func<bool> condition, string what) => SpinWait.SpinUntil(condition, Patience).ShouldBeTrue(what);
}
