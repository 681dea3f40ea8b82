using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class ExceptionTests
{
    private sealed class ShopException(string message, int code, Exception? inner = null) : Exception(message, inner)
    {
        public int Code { get; } = code;
    }

    private sealed class HoldingException(Socket socket) : Exception("holds", new InvalidOperationException("inner"))
    {
        public Socket Socket { get; } = socket;
    }

    private sealed class RudeException : Exception
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

        public override string Message => throw new InvalidOperationException("rude");

        public override string? Source => throw new InvalidOperationException("rude");

        public override string? StackTrace => _socket.Connected ? "" : throw new InvalidOperationException("rude");
    }

    [Fact]
    public void The_original_type_is_rebuilt_with_all_its_state()
    {
        var error = Thrown(new ShopException("sold out", 7, Thrown(new InvalidOperationException("inner"))) { HelpLink = "help", HResult = 5 });
        error.Data["k"] = 1;
        var copy = Message.RoundTripException(error).ShouldBeOfType<ShopException>();
        copy.Message.ShouldBe("sold out");
        copy.Code.ShouldBe(7);
        copy.HelpLink.ShouldBe("help");
        copy.HResult.ShouldBe(5);
        copy.Data["k"].ShouldBe(1);
        copy.Source.ShouldBe(error.Source);
        copy.InnerException.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("inner");
    }

    [Fact]
    public void The_remote_stack_trace_stays_visible()
    {
        var copy = Message.RoundTripException(Thrown(new ShopException("x", 1)));
        copy.StackTrace.ShouldNotBeNull().ShouldContain($"at {typeof(ExceptionTests)}.{nameof(Thrown)}");
        copy.StackTrace.ShouldContain($"--- End of stack trace from process {Environment.ProcessId} ---");
        copy.ToString().ShouldContain(nameof(Thrown));

        var again = Should.Throw<ShopException>(() => ExceptionDispatchInfo.Throw(copy));
        again.StackTrace.ShouldNotBeNull().ShouldContain(nameof(Thrown));
        again.StackTrace.ShouldContain(nameof(The_remote_stack_trace_stays_visible));
    }

    [Fact]
    public void Passing_an_exception_on_does_not_repeat_the_line_of_its_process()
    {
        var copy = Message.RoundTripException(Message.RoundTripException(Thrown(new ShopException("x", 1))));
        copy.StackTrace!.Split("--- End of stack trace from process").Length.ShouldBe(2);
    }

    [Fact]
    public void Exceptions_that_were_never_thrown_have_no_trace() => Message.RoundTripException(new ShopException("x", 1)).StackTrace.ShouldBeNull();

    [Fact]
    public void What_cannot_be_rebuilt_faithfully_becomes_a_RemoteException()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var copy = Message.RoundTripException(Thrown(new HoldingException(socket))).ShouldBeOfType<RemoteException>();
        copy.TypeName.ShouldBe(typeof(HoldingException).FullName);
        copy.RemoteMessage.ShouldBe("holds");
        copy.ProcessId.ShouldBe(Environment.ProcessId);
        copy.RemoteStackTrace.ShouldNotBeNull().ShouldContain(nameof(Thrown));
        copy.InnerException.ShouldBeOfType<InvalidOperationException>();
        copy.RebuildFailure.ShouldContain(nameof(Socket));
        copy.Message.ShouldContain(copy.RebuildFailure);

        var twice = Message.RoundTripException(copy).ShouldBeOfType<RemoteException>();
        twice.RemoteStackTrace.ShouldBe(copy.RemoteStackTrace);
    }

    [Fact]
    public void Aggregates_keep_their_parts()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var whole = Message.RoundTripException(new AggregateException("both", new ShopException("a", 1), new TimeoutException("b"))).ShouldBeOfType<AggregateException>();
        whole.InnerExceptions[0].ShouldBeOfType<ShopException>();
        whole.InnerExceptions[1].ShouldBeOfType<TimeoutException>();

        var mixed = Message.RoundTripException(Thrown(new AggregateException("both", new ShopException("a", 1), new HoldingException(socket)))).ShouldBeOfType<AggregateException>();
        mixed.InnerExceptions[0].ShouldBeOfType<ShopException>();
        mixed.InnerExceptions[1].ShouldBeOfType<RemoteException>();
        mixed.Message.ShouldStartWith("both (a)");
        mixed.StackTrace.ShouldNotBeNull().ShouldContain(nameof(Thrown));
    }

    [Fact]
    public void Cancellation_crosses_whatever_its_token_was()
    {
        using var source = new CancellationTokenSource();
        Message.RoundTripException(new OperationCanceledException("stop", source.Token)).ShouldBeOfType<OperationCanceledException>();
        source.Cancel();
        var copy = Message.RoundTripException(new TaskCanceledException(Task.FromCanceled(source.Token))).ShouldBeOfType<TaskCanceledException>();
        copy.Message.ShouldNotBeEmpty();
    }

    [Fact]
    public void Exceptions_whose_members_throw_are_reported_nevertheless() =>
        Message.RoundTripException(new RudeException()).ShouldBeOfType<RemoteException>().TypeName.ShouldBe(typeof(RudeException).FullName);

    [Fact]
    public void A_message_of_any_bytes_is_read_as_some_exception()
    {
        var bytes = Message.WriteException(Thrown(new ShopException("x", 1, Thrown(new InvalidOperationException("inner")))));
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var damaged = (byte[])bytes.Clone();
            for (var i = random.Next(1, 8); i > 0; i--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next();
            }

            Message.ReadException(damaged[..random.Next(damaged.Length + 1)]).ShouldNotBeNull();
            Message.ReadException(damaged).ShouldNotBeNull();
        }
    }

    [Fact]
    public void Exceptions_are_values_too()
    {
        var copy = Message.RoundTrip(new List<Exception> { Thrown(new ShopException("x", 3)), new ArgumentNullException("p") });
        ((ShopException)copy[0]).Code.ShouldBe(3);
        ((ArgumentNullException)copy[1]).ParamName.ShouldBe("p");
        Message.RoundTrip(ExceptionDispatchInfo.Capture(new ShopException("y", 4))).SourceException.Message.ShouldBe("y");
    }

    [Fact]
    public void Refusals_themselves_cross() =>
        Message.RoundTripException(new NotSerializableException("item", typeof(Socket), "Open it in the child.")).ShouldBeOfType<NotSerializableException>().Culprit.ShouldBe(typeof(Socket));

    private static T Thrown<T>(T exception)
        where T : Exception
    {
        try
        {
            throw exception;
        }
        catch (T caught)
        {
            return caught;
        }
    }
}
