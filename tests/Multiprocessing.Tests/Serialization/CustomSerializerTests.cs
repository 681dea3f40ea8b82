using System.Buffers;
using System.Runtime.Serialization;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class CustomSerializerTests
{
    /// <summary>Plugs System.Text.Json in: what it reads and writes crosses as UTF-8.</summary>
    public sealed class JsonSerializerAdapter<T> : IProcessSerializer<T>
    {
        public void Write(T value, IBufferWriter<byte> output)
        {
            using var writer = new Utf8JsonWriter(output);
            JsonSerializer.Serialize(writer, value);
        }

        public T Read(ReadOnlySpan<byte> data) => JsonSerializer.Deserialize<T>(data)!;
    }

    [ProcessSerializer(typeof(JsonSerializerAdapter<Order>))]
    public sealed class Order
    {
        private readonly object _gate = new Thread(static () => { });

        public int Id { get; set; }

        public List<string> Lines { get; set; } = [];

        public bool HasGate => _gate is not null;
    }

    [ProcessSerializer(typeof(JsonSerializerAdapter<>))]
    public sealed class Envelope<T>
    {
        public T? Content { get; set; }
    }

    [ProcessSerializer(typeof(CelsiusSerializer))]
    public readonly record struct Celsius(double Degrees);

    public sealed class CelsiusSerializer : IProcessSerializer<Celsius>
    {
        public void Write(Celsius value, IBufferWriter<byte> output) => output.Write("!"u8);

        public Celsius Read(ReadOnlySpan<byte> data) => new(data.Length);
    }

    public sealed class Late;

    [ProcessSerializer(typeof(FailingSerializer))]
    public sealed class Failing;

    public sealed class FailingSerializer : IProcessSerializer<Failing>
    {
        public void Write(Failing value, IBufferWriter<byte> output) => output.Write("x"u8);

        public Failing Read(ReadOnlySpan<byte> data) => throw new FormatException("bad");
    }

    [Fact]
    public void A_type_that_names_its_serializer_goes_its_own_way()
    {
        var order = new Order { Id = 5, Lines = ["a", "b"] };
        var copies = Message.RoundTrip(new object[] { order, order });
        var copy = copies[0].ShouldBeOfType<Order>();
        copy.Id.ShouldBe(5);
        copy.Lines.ShouldBe(["a", "b"]);
        copy.HasGate.ShouldBeTrue();
        copies[1].ShouldBeSameAs(copy);
        Message.RoundTrip(new Envelope<int> { Content = 3 }).Content.ShouldBe(3);
    }

    [Fact]
    public void Structs_may_name_one_too()
    {
        ValueSerializer<Celsius>.IsRaw.ShouldBeFalse();
        Message.RoundTrip(new Celsius(30)).Degrees.ShouldBe(1);
        Message.RoundTrip(new[] { new Celsius(30), new Celsius(31) })[1].Degrees.ShouldBe(1);
        Message.RoundTrip<object>(new Celsius(30)).ShouldBe(new Celsius(1));
    }

    [Fact]
    public void Registering_after_the_first_use_is_an_error()
    {
        Message.RoundTrip(new Late());
        Should.Throw<InvalidOperationException>(ProcessSerialization.Register<Late, JsonSerializerAdapter<Late>>).Message.ShouldContain("when the program starts");
    }

    [Fact]
    public void A_serializer_that_throws_while_reading_is_named()
    {
        var message = Message.Write(new Failing());
        var error = Should.Throw<SerializationException>(() => Message.Read<Failing>(message));
        error.Message.ShouldContain(nameof(FailingSerializer));
        error.InnerException.ShouldBeOfType<FormatException>();
    }
}
