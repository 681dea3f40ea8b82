using Shouldly;

namespace Multiprocessing.Tests.Queues;

/// <summary>The watchdog of tests that could hang.</summary>
internal static class Watch
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static void Over(Task task) => task.WaitAsync(Patience).GetAwaiter().GetResult();

    /// <summary>A thread of its own: the pool's few may all be blocked by the tests beside this one.</summary>
    public static Task<T> Thread<T>(Func<T> body) =>
        Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc cref="Thread{T}(Func{T})"/>
    public static Task Thread(Action body) =>
        Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Runs the bodies on threads of their own and waits for all of them.</summary>
    public static void Threads(int count, Action<int> body)
    {
        var tasks = Enumerable.Range(0, count).Select(i => Thread(() => body(i))).ToArray();
        Over(Task.WhenAll(tasks));
    }

    public static void Until(Func<bool> condition, string what) => SpinWait.SpinUntil(condition, Patience).ShouldBeTrue(what);
}
