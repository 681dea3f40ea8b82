using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Every shape of body compiles with every number of arguments, and the compiler finds the member that is meant.</summary>
public class BodyShapeTests : ProcessTest
{
    private static readonly ChildProcessOptions Quiet = new() { StandardError = ProcessOutput.Discard };

    private static int Sum() => 0;

    private static int Sum(int a) => a;

    private static int Sum(int a, int b) => a + b;

    private static int Sum(int a, int b, int c) => a + b + c;

    private static int Sum(int a, int b, int c, int d) => a + b + c + d;

    private static Task<int> SumTask(int a, int b) => Task.FromResult(a + b);

    private static async ValueTask<int> SumValueTask(int a, int b)
    {
        await Task.Yield();
        return a + b;
    }

    private static async ValueTask Fail()
    {
        await Task.Yield();
        throw new FormatException("from a value task");
    }

    private static async ValueTask FailWith(string text)
    {
        await Task.Yield();
        throw new FormatException(text);
    }

    private static bool StopsWith(CancellationToken token) => token.CanBeCanceled;

    private static int Ended(ChildProcess child)
    {
        child.Start();
        child.Join();
        return child.ExitStatus!.IsSuccess ? 0 : 1;
    }

    [Fact]
    public Task Create_takes_bodies_of_every_kind_with_up_to_four_arguments() => Watchdog.Run(() =>
    {
        // Without a result.
        Ended(ChildProcess.Create(() => { })).ShouldBe(0);
        Ended(ChildProcess.Create(static a => { }, 1)).ShouldBe(0);
        Ended(ChildProcess.Create(static (a, b) => { }, 1, 2)).ShouldBe(0);
        Ended(ChildProcess.Create(static (a, b, c) => { }, 1, 2, 3)).ShouldBe(0);
        Ended(ChildProcess.Create(static (a, b, c, d) => { }, 1, 2, 3, 4)).ShouldBe(0);
        Ended(ChildProcess.Create(async () => { await Task.Yield(); })).ShouldBe(0);
        Ended(ChildProcess.Create(() => Task.CompletedTask)).ShouldBe(0);
        Ended(ChildProcess.Create(() => ValueTask.CompletedTask)).ShouldBe(0);
        Ended(ChildProcess.Create(async (a, b, c, d) => { await Task.Yield(); }, 1, 2, 3, 4)).ShouldBe(0);

        // With one.
        ((ChildProcess<int>)ChildProcess.Create(() => 42).Started()).Take().ShouldBe(42);
        ChildProcess.Create(static a => a, 1).Started().Take().ShouldBe(1);
        ChildProcess.Create(static (a, b) => a + b, 1, 2).Started().Take().ShouldBe(3);
        ChildProcess.Create(static (a, b, c) => a + b + c, 1, 2, 3).Started().Take().ShouldBe(6);
        ChildProcess.Create(static (a, b, c, d) => a + b + c + d, 1, 2, 3, 4).Started().Take().ShouldBe(10);
        ChildProcess.Create(async () => await SumTask(1, 2)).Started().Take().ShouldBe(3);
        ChildProcess.Create(() => SumTask(1, 2)).Started().Take().ShouldBe(3);
        ChildProcess.Create(() => SumValueTask(1, 2)).Started().Take().ShouldBe(3);
        ChildProcess.Create(SumValueTask, 3, 4).Started().Take().ShouldBe(7);
        ChildProcess.Create(SumTask, 3, 4).Started().Take().ShouldBe(7);
        ChildProcess.Create(Sum, 1, 2, 3).Started().Take().ShouldBe(6);
        ChildProcess.Create(StopsWith).Started().Take().ShouldBeTrue();
    });

    [Fact]
    public Task Run_takes_bodies_of_every_shape() => Watchdog.Run(() =>
    {
        var captured = 40;
        ChildProcess.Run(() => captured + 2).Take().ShouldBe(42);
        ChildProcess.Run(() => { return captured + 2; }).Take().ShouldBe(42);
        ChildProcess.Run(async () =>
        {
            await Task.Yield();
            return captured + 2;
        }).Take().ShouldBe(42);
        ChildProcess.Run(() => new ValueTask<int>(42)).Take().ShouldBe(42);
        ChildProcess.Run(async a => await new ValueTask<int>(a), 42).Take().ShouldBe(42);
        ChildProcess.Run(static a => SumValueTask(a, 2), 40).Take().ShouldBe(42);
        ChildProcess.Run(SumValueTask, 40, 2).Take().ShouldBe(42);
        ChildProcess.Run(LocalValueTask, 40).Take().ShouldBe(42);
        ChildProcess.Run(() => throw new FormatException("x"), Quiet).TakeFailure().ShouldBeOfType<FormatException>();
        ChildProcess.Run(() => { throw new FormatException("x"); }, Quiet).TakeFailure().ShouldBeOfType<FormatException>();
        ChildProcess.Run(async () => throw new FormatException("x"), Quiet).TakeFailure().ShouldBeOfType<FormatException>();
        ChildProcess.Run(Fail, Quiet).TakeFailure().ShouldBeOfType<FormatException>().Message.ShouldBe("from a value task");
        ChildProcess.Run(() => Fail(), Quiet).TakeFailure().ShouldBeOfType<FormatException>();
        ChildProcess.Run(async () => await Fail(), Quiet).TakeFailure().ShouldBeOfType<FormatException>();
        ChildProcess.Run(FailWith, "said", Quiet).TakeFailure().ShouldBeOfType<FormatException>().Message.ShouldBe("said");
        ChildProcess.Run(static text => FailWith(text), "said", Quiet).TakeFailure().ShouldBeOfType<FormatException>().Message.ShouldBe("said");
        ChildProcess.Run(static int (a) => throw new FormatException($"{a}"), 7, Quiet).TakeFailure().ShouldBeOfType<FormatException>().Message.ShouldBe("7");

        static async ValueTask<int> LocalValueTask(int a)
        {
            await Task.Yield();
            return a + 2;
        }
    });

    [Fact]
    public Task A_body_that_takes_the_token_is_asked_to_stop() => Watchdog.Run(() =>
    {
        using var running = new ProcessEvent();
        using var child = ChildProcess.Run(token =>
        {
            running.Set();
            return token.WaitHandle.WaitOne(TimeSpan.FromSeconds(60));
        });
        running.Wait();
        child.Terminate(TimeSpan.FromSeconds(60));
        child.Take().ShouldBeTrue();

        using var second = ChildProcess.Run(
            async (ready, token) =>
            {
                ready.Set();
                await Task.Delay(TimeSpan.FromSeconds(60), token);
            },
            running,
            new() { Name = "waits" });
        running.Wait();
        second.Name.ShouldBe("waits");
        second.Terminate(TimeSpan.FromSeconds(60));
        second.Join();
        second.ExitStatus!.Reason.ShouldBe(ExitReason.Terminated);

        // Options are options, and not an argument of a body that has one parameter.
        using var named = ChildProcess.Run(_ => CurrentProcess.Name, new ChildProcessOptions { Name = "named" });
        named.Take().ShouldBe("named");
        using var stepped = ChildProcess.Run(static (a, b, c, d, token) => a + b + c + d + (token.CanBeCanceled ? 1 : 0), 1, 2, 3, 4);
        stepped.Take().ShouldBe(11);
    });

    [Fact]
    public Task The_constructors_take_value_tasks_too() => Watchdog.Run(() =>
    {
        using var first = new ChildProcess<int>(() => SumValueTask(1, 2));
        first.Started().Take().ShouldBe(3);
        using var second = new ChildProcess(Fail, Quiet);
        second.Started().TakeFailure().ShouldBeOfType<FormatException>();
        using var third = ChildProcess.Create(FailWith, "by delegate", Quiet);
        third.Started().TakeFailure().ShouldBeOfType<FormatException>().Message.ShouldBe("by delegate");
        using var fourth = new ChildProcess(async () => { await Task.Yield(); });
        Ended(fourth).ShouldBe(0);
        using var fifth = new ChildProcess<int>(async () => await SumTask(1, 2));
        fifth.Started().Take().ShouldBe(3);
    });
}
