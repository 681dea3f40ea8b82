using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Managers;

/// <summary>Values between programs: what crosses, what is refused, and what bytes from outside can do.</summary>
public sealed unsafe class RegisteredTypesTests
{
    private static readonly RegisteredTypes Types = new RegisteredTypes()
        .Register<Point>().Register<Shape>().Register<Color>().Register<Node>().Register<List<Point>>().Register<Holder>();

    public static TheoryData<object> SimpleValues => new()
    {
        true, (byte)1, (sbyte)-1, (short)-2, (ushort)2, -3, 3u, -4L, 4ul, 1.5f, double.NaN, 'x', 1.25m, "", "text \ud83d\ude00", Guid.NewGuid(),
        DateTime.UtcNow, DateTimeOffset.Now, TimeSpan.FromTicks(-5), DateOnly.MaxValue, new TimeOnly(1, 2), (Int128)5, new Uri("http://a/b"), new Version(1, 2),
    };

    [Theory]
    [MemberData(nameof(SimpleValues))]
    public void Simple_values_need_no_registration(object value) =>
        Round(new AnyValue(value), RegisteredTypes.Simple).Value.ShouldBe(value);

    [Fact]
    public void Composed_values_cross_by_their_members()
    {
        Round(new Point(1, double.PositiveInfinity)).ShouldBe(new Point(1, double.PositiveInfinity));
        Round(new Shape("a", Color.Red, [new(1, 2)], new() { ["k"] = new(3, 4) }, (5, "six"), null)).Corners.ShouldBe([new(1, 2)]);
        Round(new Shape("a", Color.Red, [], new() { ["k"] = new(3, 4) }, (5, "six"), 7)).Pair.ShouldBe((5, "six"));
        Round(Color.Blue).ShouldBe(Color.Blue);
        Round<int?>(null).ShouldBeNull();
        Round<int?>(5).ShouldBe(5);
        Round<string?>(null).ShouldBeNull();
        Round<byte[]?>([1, 2]).ShouldBe([1, 2]);
        Round<Dictionary<string, List<int[]>>>(new() { ["a"] = [[1], []] })["a"].Count.ShouldBe(2);
        Round<(int, string)>((1, "x")).ShouldBe((1, "x"));
        Round<IReadOnlyList<Point>>([new(1, 2)]).ShouldBe([new(1, 2)]);
        Round(new Many<Point>([new(1, 2), new(3, 4)])).Items.Length.ShouldBe(2);
        Round(new Found<Point>(new(1, 2))).Value.ShouldBe(new Point(1, 2));
        Round(new AnyValue(new List<Point> { new(1, 2) })).As<List<Point>>("x").ShouldBe([new(1, 2)]);
    }

    [Fact]
    public void A_derived_object_is_written_as_the_declared_type() => Round<Point>(new Colored(1, 2, Color.Red)).GetType().ShouldBe(typeof(Point));

    [Fact]
    public void Types_that_are_not_registered_are_refused_with_the_path()
    {
        var error = Should.Throw<NotSerializableException>(() => Write(new Unknown(1)));
        error.Culprit.ShouldBe(typeof(Unknown));
        error.Suggestion.ShouldContain("Register<Unknown>()");
        Should.Throw<NotSerializableException>(() => Write(new Holder(new Unknown(1)))).Path.ShouldContain("value -> Inner");
        Should.Throw<NotSerializableException>(() => Write(new List<Unknown>())).Culprit.ShouldBe(typeof(Unknown));
        Should.Throw<NotSerializableException>(() => Write<object>(1)).Suggestion.ShouldContain("Declare the type");
        Should.Throw<NotSerializableException>(() => Write(typeof(int)));
        Should.Throw<NotSerializableException>(() => Write<Func<int>>(static () => 1)).Suggestion.ShouldContain("code never crosses");
        Should.Throw<NotSerializableException>(() => Write(new AnyValue(new Unknown(1))));
        Should.Throw<ArgumentException>(() => new RegisteredTypes().Register<object>());
        Should.Throw<ArgumentException>(() => new RegisteredTypes().Register<Action>());
        Should.Throw<ArgumentException>(() => new RegisteredTypes().Register<IDisposable>());
        Should.Throw<ArgumentException>(() => new RegisteredTypes().Register<Type>());
        Should.Throw<ArgumentException>(() => new RegisteredTypes().Register<Point>("p").Register<Color>("p"));
        Should.Throw<InvalidOperationException>(() => Types.Register<Unknown>());
    }

    [Fact]
    public void Cycles_and_depth_are_refused()
    {
        var node = new Node();
        node.Next = node;
        Should.Throw<NotSerializableException>(() => Write(node));
        var deep = new RegisteredTypes { MaxDepth = 3 }.Register<Node>();
        Should.Throw<NotSerializableException>(() => Write(new Node { Next = new() { Next = new() { Next = new() { Next = new() } } } }, deep));
    }

    [Fact]
    public void A_message_cannot_name_a_type_that_is_not_registered()
    {
        var bytes = Bytes(new AnyValue(new Point(1, 2)), new RegisteredTypes().Register<Point>());
        Should.Throw<SerializationException>(() => Read<AnyValue>(bytes, RegisteredTypes.Simple)).Message.ShouldContain("not registered");
        Should.Throw<NotSerializableException>(() => Read<Unknown>([2, (byte)'{', (byte)'}'], Types));
        var polymorphic = Read<Animal>(Json("""{"$type":"dog","Name":"x"}"""), new RegisteredTypes().Register<Animal>());
        polymorphic.GetType().ShouldBe(typeof(Animal));
    }

    [Fact]
    public void Mutated_bytes_are_a_value_or_a_serialization_exception()
    {
        var random = new Random(20);
        byte[][] seeds =
        [
            Bytes(new Shape("name", Color.Red, [new(1, 2)], new() { ["k"] = new(3, 4) }, (5, "six"), 7), Types), Bytes(new AnyValue(new Point(1, 2)), Types),
            Bytes(new Many<Pair<string, Point>>([new("a", new(1, 2))]), Types), Bytes(new Versioned<DateTimeOffset>(DateTimeOffset.Now, 4), Types),
            Bytes("text", Types), Bytes(new Node { Next = new() }, Types),
        ];
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])seeds[i % seeds.Length].Clone();
            for (var changes = random.Next(1, 5); changes > 0 && bytes.Length > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            bytes = random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
            TryRead<Shape>(bytes);
            TryRead<AnyValue>(bytes);
            TryRead<Many<Pair<string, Point>>>(bytes);
            TryRead<Versioned<DateTimeOffset>>(bytes);
            TryRead<string>(bytes);
            TryRead<Node>(bytes);
            fixed (byte* data = bytes)
            {
                RegisteredException.Read(data, data + bytes.Length).ShouldNotBeNull();
            }
        }
    }

    [Fact]
    public void Counts_in_a_message_are_not_trusted()
    {
        byte[] huge = [0xFF, 0xFF, 0xFF, 0xFF, 0x07, 1, 2, 3];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<SerializationException>(() => Read<string>(huge, Types));
        Should.Throw<SerializationException>(() => Read<byte[]>(huge, Types));
        Should.Throw<SerializationException>(() => Read<Many<long>>(huge, Types));
        Should.Throw<SerializationException>(() => Read<Point>(huge, Types));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public void Exceptions_cross_as_text_and_as_those_of_a_fixed_list()
    {
        Pass(new KeyNotFoundException("no key")).ShouldBeOfType<KeyNotFoundException>().Message.ShouldBe("no key");
        Pass(new QueueFullException("full")).ShouldBeOfType<QueueFullException>();
        var other = Pass(new UnknownException("secret")).ShouldBeOfType<RemoteException>();
        other.TypeName.ShouldBe(typeof(UnknownException).FullName);
        other.RemoteMessage.ShouldBe("secret");
        Pass(new InvalidOperationException("outer", new FormatException("inner"))).InnerException.ShouldBeOfType<FormatException>();

        static Exception Pass(Exception exception)
        {
            using var buffer = MessageBuffer.Rent();
            Types.Payload.WriteException(buffer, exception);
            var bytes = new byte[buffer.Length];
            buffer.CopyTo(0, bytes);
            fixed (byte* data = bytes)
            {
                return Types.Payload.ReadException(data, data + bytes.Length);
            }
        }
    }

    private static byte[] Json(string text) => [(byte)text.Length, .. System.Text.Encoding.UTF8.GetBytes(text)];

    private static T Round<T>(T value, RegisteredTypes? types = null) => Read<T>(Bytes(value, types ?? Types), types ?? Types);

    private static void Write<T>(T value, RegisteredTypes? types = null) => Bytes(value, types ?? Types);

    private static byte[] Bytes<T>(T value, RegisteredTypes types)
    {
        using var buffer = MessageBuffer.Rent();
        types.Payload.Write(buffer, value, "value");
        var bytes = new byte[buffer.Length];
        buffer.CopyTo(0, bytes);
        return bytes;
    }

    private static T Read<T>(byte[] bytes, RegisteredTypes types)
    {
        fixed (byte* start = bytes)
        {
            var data = start;
            return types.Payload.Read<T>(ref data, start + bytes.Length, "value");
        }
    }

    private static void TryRead<T>(byte[] bytes)
    {
        try
        {
            Read<T>(bytes, Types);
        }
        catch (SerializationException)
        {
            // The only exception that bytes may cause.
        }
    }

    internal record Point(double X, double Y);

    internal sealed record Colored(double X, double Y, Color Color) : Point(X, Y);

    internal sealed record Shape(string Name, Color Color, Point[] Corners, Dictionary<string, Point> Named, (int, string) Pair, int? Size);

    internal enum Color
    {
        Red,
        Blue,
    }

    internal sealed class Node
    {
        public Node? Next { get; set; }
    }

    internal sealed record Unknown(int X);

    internal sealed record Holder(Unknown Inner);

    [JsonDerivedType(typeof(Dog), "dog")]
    internal class Animal
    {
        public string Name { get; set; } = "";
    }

    internal sealed class Dog : Animal;

    internal sealed class UnknownException(string message) : Exception(message);
}
