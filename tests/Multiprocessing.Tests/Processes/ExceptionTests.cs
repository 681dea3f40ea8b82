using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>What a body throws arrives as what it was, with where it was thrown.</summary>
public class ExceptionTests : ProcessTest
{
    [Fact]
    public Task An_exception_comes_back_as_its_own_type_with_message_data_and_remote_stack() => Watchdog.Run(() =>
    {
        var failure = Failure(() => Thrower(new ArgumentOutOfRangeException("size", 5, "too small") { Data = { ["file"] = "a.txt", ["line"] = 7 }, HResult = 0x1234 }));
        var exception = failure.ShouldBeOfType<ArgumentOutOfRangeException>();
        exception.ParamName.ShouldBe("size");
        exception.ActualValue.ShouldBe(5);
        exception.Message.ShouldStartWith("too small");
        exception.Data["file"].ShouldBe("a.txt");
        exception.Data["line"].ShouldBe(7);
        exception.HResult.ShouldBe(0x1234);
        exception.ToString().ShouldContain(nameof(Thrower));
        exception.StackTrace!.ShouldContain(nameof(Thrower));
    });

    [Fact]
    public Task An_exception_type_of_the_user_keeps_its_fields() => Watchdog.Run(() =>
    {
        var failure = Failure(() => Thrower(new OrderException("A-17", [1, 2, 3], new FileNotFoundException("gone", "stock.db"))));
        var exception = failure.ShouldBeOfType<OrderException>();
        exception.Order.ShouldBe("A-17");
        exception.Lines.ShouldBe([1, 2, 3]);
        exception.InnerException.ShouldBeOfType<FileNotFoundException>().FileName.ShouldBe("stock.db");
        exception.ToString().ShouldContain(nameof(Thrower));
    });

    [Fact]
    public Task An_exception_that_cannot_be_rebuilt_arrives_as_a_description() => Watchdog.Run(() =>
    {
        int id = 0;
        var child = ChildProcess.Run(() => Thrower(new HandleException("holds a thread", Thread.CurrentThread)), Ends.Quiet);
        id = child.Id;
        var exception = child.TakeFailure().ShouldBeOfType<RemoteException>();
        exception.TypeName.ShouldContain(nameof(HandleException));
        exception.RemoteMessage.ShouldBe("holds a thread");
        exception.RemoteStackTrace.ShouldNotBeNull().ShouldContain(nameof(Thrower));
        exception.ProcessId.ShouldBe(id);
        exception.ToString().ShouldContain(nameof(Thrower));
    });

    [Fact]
    public Task An_aggregate_keeps_all_its_inner_exceptions() => Watchdog.Run(() =>
    {
        var failure = Failure(() => Thrower(new AggregateException("several", new FormatException("one"), new TimeoutException("two", new IOException("three")))));
        var exception = failure.ShouldBeOfType<AggregateException>();
        exception.InnerExceptions.Select(inner => inner.GetType()).ShouldBe([typeof(FormatException), typeof(TimeoutException)]);
        exception.InnerExceptions[1].InnerException.ShouldBeOfType<IOException>().Message.ShouldBe("three");
    });

    [Fact]
    public Task An_asynchronous_body_throws_its_own_exception_and_no_aggregate() => Watchdog.Run(() =>
    {
        var failure = Failure(async () =>
        {
            await Task.Yield();
            throw new TimeoutException("later");
        });
        failure.ShouldBeOfType<TimeoutException>().Message.ShouldBe("later");
    });

    [Fact]
    public Task The_exception_of_a_grandchild_travels_up_two_levels() => Watchdog.Run(() =>
    {
        var failure = Failure(() => ChildProcess.Run(() => Number(new OrderException("deep", [], null))).Take());
        failure.ShouldBeOfType<OrderException>().Order.ShouldBe("deep");
        failure!.ToString().ShouldContain(nameof(Number));
    });

    [Fact]
    public Task The_exception_is_in_the_completion_the_result_and_the_status_and_Join_does_not_throw() => Watchdog.Run(async () =>
    {
        using var child = ChildProcess.Run(() => Number(new FormatException("no number")));
        child.Join();
        await child.JoinAsync();
        child.ExitStatus!.Error.ShouldBeOfType<FormatException>();
        (await Should.ThrowAsync<FormatException>(() => child.Result)).Message.ShouldBe("no number");
        (await Should.ThrowAsync<FormatException>(() => child.Completion)).Message.ShouldBe("no number");
        child.Completion.IsFaulted.ShouldBeTrue();
    });

    [Fact]
    public Task An_unobserved_exception_does_not_end_the_parent() => Watchdog.Run(async () =>
    {
        var unobserved = 0;
        EventHandler<UnobservedTaskExceptionEventArgs> count = (_, arguments) =>
        {
            // Tasks that other tests have left are collected here, too.
            if (arguments.Exception.ToString().Contains("left the body", StringComparison.Ordinal))
            {
                unobserved++;
            }
        };
        TaskScheduler.UnobservedTaskException += count;
        try
        {
            StartAndForget();
            for (var i = 0; i < 5; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                await Task.Delay(10);
            }

            unobserved.ShouldBe(0);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= count;
        }

        static void StartAndForget() => ChildProcess.Run(Ends.ByException, Ends.Quiet).Join();
    });

    [Fact]
    public Task A_cancellation_without_a_request_is_an_exception_like_others() => Watchdog.Run(() =>
        Failure(() => Thrower(new OperationCanceledException("my own"))).ShouldBeOfType<OperationCanceledException>().Message.ShouldBe("my own"));

    private static Exception? Failure(Action body) => ChildProcess.Run(body, Ends.Quiet).TakeFailure();

    private static Exception? Failure(Func<Task> body) => ChildProcess.Run(body, Ends.Quiet).TakeFailure();

    private static void Thrower(Exception exception) => throw exception;

    private static int Number(Exception exception) => throw exception;

    private sealed class OrderException(string order, int[] lines, Exception? inner) : Exception($"Order {order} failed.", inner)
    {
        public string Order { get; } = order;

        public int[] Lines { get; } = lines;
    }

    private sealed class HandleException(string message, Thread thread) : Exception(message)
    {
        public Thread Thread { get; } = thread;
    }
}
