using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class HandleTests
{
    private sealed class Travelling : ITravellingReference
    {
        public int Cancelled { get; private set; }

        public void Cancel() => Cancelled++;
    }

    private sealed class Thing : IProcessHandle<Thing>
    {
        public string Name { get; init; } = "";

        public int Number { get; init; }

        public int Written { get; private set; }

        public Travelling Travelling { get; } = new();

        public static Thing ReadHandle(ref HandleReader reader) => new() { Number = reader.Read<int>(), Name = reader.ReadString() };

        public void WriteHandle(HandleWriter writer)
        {
            Written++;
            writer.Write(Number);
            writer.Write(Name);
            writer.AddTravelling(Travelling);
        }

        public string Show() => Name + Number;
    }

    [Fact]
    public void A_handle_is_written_once_and_opened_once()
    {
        var thing = new Thing { Name = "queue", Number = 7 };
        Func<string> method = thing.Show;
        Func<string> lambda = () => thing.Show();
        var copy = Message.RoundTrip((thing, new object[] { thing }, method, lambda));
        thing.Written.ShouldBe(1);
        copy.thing.Show().ShouldBe("queue7");
        copy.Item2[0].ShouldBeSameAs(copy.thing);
        copy.method.Target.ShouldBeSameAs(copy.thing);
        copy.lambda().ShouldBe("queue7");
    }

    [Fact]
    public void References_are_taken_back_when_serialization_fails_midway()
    {
        var before = new Thing();
        var thing = new Thing();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var buffer = MessageBuffer.Rent();
        ValueSerializer.Serialize(buffer, before, "item");
        Should.Throw<NotSerializableException>(() => ValueSerializer.Serialize(buffer, new object[] { thing, socket }, "item"));
        thing.Travelling.Cancelled.ShouldBe(1);
        before.Travelling.Cancelled.ShouldBe(0);
        buffer.Dispose();
        before.Travelling.Cancelled.ShouldBe(1);
        thing.Travelling.Cancelled.ShouldBe(1);
        buffer.Dispose();
        before.Travelling.Cancelled.ShouldBe(1);
    }

    [Fact]
    public void A_message_that_was_sent_cancels_nothing()
    {
        var thing = new Thing();
        using (var buffer = MessageBuffer.Rent())
        {
            ValueSerializer.Serialize(buffer, thing, "item");
            buffer.MarkSent();
        }

        thing.Travelling.Cancelled.ShouldBe(0);
    }

    private sealed class Nesting : IProcessHandle<Nesting>
    {
        public static Nesting ReadHandle(ref HandleReader reader) => new();

        public void WriteHandle(HandleWriter writer) => Message.RoundTrip(new List<string> { "inner" }).ShouldBe(["inner"]);
    }

    [Fact]
    public void A_handle_may_serialize_something_else_while_it_is_written() => Message.RoundTrip(new object[] { new Nesting(), "x" })[1].ShouldBe("x");
}
