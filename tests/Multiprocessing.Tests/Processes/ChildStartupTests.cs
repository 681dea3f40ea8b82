using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Code that runs at the start and at the end of every child.</summary>
[Collection(ProcessCollection.Name)]
public sealed class ChildStartupTests : ProcessTest
{
    private static int _begun;

    /// <summary>Says in a queue when it is disposed.</summary>
    private sealed class Ending(ProcessQueue<string> ended, string name) : IDisposable
    {
        public void Dispose() => ended.Put($"{name} {CurrentProcess.Name}");
    }

    private static IDisposable Register(ProcessQueue<string> ended, string name = "end") => ChildStartup.Add(() =>
    {
        _begun++;
        return new Ending(ended, name);
    });

    private static List<string> All(ProcessQueue<string> queue)
    {
        var all = new List<string>();
        while (queue.TryGet(out var item))
        {
            all.Add(item);
        }

        return all;
    }

    [Fact]
    public Task It_runs_before_the_body_and_ends_after_it() => Watchdog.Run(async () =>
    {
        using var ended = new ProcessQueue<string>();
        using (Register(ended, "first"))
        using (Register(ended, "second"))
        {
            using var child = ChildProcess.Run(static () => _begun, new() { Name = "a" });
            (await child.Result).ShouldBe(2);
            await child.Completion;
            All(ended).ShouldBe(["second a", "first a"]);
            _begun.ShouldBe(0); // nothing of it runs here
        }

        using var other = ChildProcess.Run(static () => _begun);
        (await other.Result).ShouldBe(0);
    });

    [Fact]
    public Task It_runs_in_workers_services_and_grandchildren() => Watchdog.Run(async () =>
    {
        using var ended = new ProcessQueue<string>();
        using var registration = Register(ended);
        await using (var pool = new ProcessPool(new() { Workers = 1, Name = "pool", ShutdownGrace = TimeSpan.FromSeconds(60) }))
        {
            (await pool.RunAsync(static () => _begun)).ShouldBe(1);
        }

        All(ended).Count.ShouldBe(1);
        using var parent = ChildProcess.Run(
            static () =>
            {
                using var child = ChildProcess.Run(static () => _begun, new() { Name = "grandchild" });
                var begun = child.Result.GetAwaiter().GetResult();
                child.Join();
                return begun;
            },
            new() { Name = "parent" });
        (await parent.Result).ShouldBe(1);
        await parent.Completion;
        All(ended).ShouldBe(["end grandchild", "end parent"]);
    });

    [Theory]
    [InlineData("exit")]
    [InlineData("throw")]
    [InlineData("thread")]
    [InlineData("terminate")]
    [InlineData("token")]
    public Task It_ends_however_the_child_ends_by_itself(string way) => Watchdog.Run(() =>
    {
        using var ended = new ProcessQueue<string>();
        using var registration = Register(ended);
        using var began = new ProcessEvent();
        using var child = ChildProcess.Run(
            () =>
            {
                if (way == "token")
                {
                    _ = CurrentProcess.Stopping;
                }

                began.Set();
                switch (way)
                {
                    case "exit":
                        Environment.Exit(3);
                        break;
                    case "throw":
                        throw new InvalidOperationException("no");
                    case "thread":
                        new Thread(static () => throw new InvalidOperationException("no")).Start();
                        break;
                    case "token":
                        CurrentProcess.Stopping.WaitHandle.WaitOne();
                        CurrentProcess.Stopping.ThrowIfCancellationRequested();
                        break;
                }

                Thread.Sleep(Timeout.Infinite);
            },
            new() { Name = "child", StandardError = ProcessOutput.Discard });
        began.Wait();
        if (way is "terminate" or "token")
        {
            child.Terminate(TimeSpan.FromSeconds(60));
        }

        child.Join();
        All(ended).ShouldBe(["end child"]);
    });

    [Fact]
    public Task An_exception_of_it_is_a_failed_start() => Watchdog.Run(async () =>
    {
        using var registration = ChildStartup.Add(static () => throw new InvalidOperationException("not today"));
        using var child = ChildProcess.Run(static () => 1, new() { StandardError = ProcessOutput.Discard });
        var error = await Should.ThrowAsync<ProcessStartException>(async () => await child.Result);
        error.Message.ShouldContain("ChildStartup.Add");
        error.InnerException.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("not today");
    });

    [Fact]
    public void What_cannot_cross_is_refused_where_it_is_added()
    {
        var socket = new System.Net.Sockets.TcpClient();
        using (socket)
        {
            Should.Throw<NotSerializableException>(() => ChildStartup.Add(() => socket));
        }
    }
}
