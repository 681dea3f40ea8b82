using System.Runtime.Serialization;
using CsCheck;
using Xunit;

namespace Multiprocessing.Fuzz.Tests;

/// <summary>
/// Mutated values of registered types, as a hostile client of a manager would send them: another value or a <see cref="SerializationException"/>, never
/// more memory than the message's size justifies, and never an object of a type that is not registered.
/// </summary>
public class ManagerPayloadFuzzTests
{
    private const long MostAllocated = 16 << 20;

    private static readonly RegisteredTypes Types = new RegisteredTypes().Register<Order>().Register<Line>().Register<DayOfWeek>();

    [Fact]
    public void Objects() => Fuzz(new Order("name", [new(1, 2.5m), new(2, 3)], new() { ["k"] = DayOfWeek.Friday }, (1, "x"), DateTimeOffset.UnixEpoch));

    [Fact]
    public void Items() => Fuzz(new Many<Pair<string, Line>>([new("a", new(1, 2)), new("", new(3, 4))]));

    [Fact]
    public void Values_that_name_their_type() => Fuzz(new Many<AnyValue>([new("text"), new(5), new(new Line(1, 2)), new(null), new(DayOfWeek.Monday)]));

    [Fact]
    public void Exceptions()
    {
        using var buffer = MessageBuffer.Rent();
        Types.Payload.WriteException(buffer, new InvalidOperationException("outer", new KeyNotFoundException("inner")));
        Mutations.Of(BytesOf(buffer)).Sample(
            static bytes =>
            {
                unsafe
                {
                    fixed (byte* data = bytes)
                    {
                        if (Types.Payload.ReadException(data, data + bytes.Length) is not (RemoteException or InvalidOperationException or KeyNotFoundException
                            or AggregateException))
                        {
                            // Another one of the fixed list, by a changed name: its constructor takes a text only.
                        }
                    }
                }
            },
            time: FuzzTime.Seconds);
    }

    private static unsafe void Fuzz<T>(T value)
    {
        using var buffer = MessageBuffer.Rent();
        Types.Payload.Write(buffer, value, "value");
        Mutations.Of(BytesOf(buffer)).Sample(
            static bytes =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    fixed (byte* start = bytes)
                    {
                        var at = start;
                        Check(Types.Payload.Read<T>(ref at, start + bytes.Length, "value"));
                    }
                }
                catch (SerializationException)
                {
                    // Noticed; other changes make another valid message.
                }

                if (GC.GetAllocatedBytesForCurrentThread() - before is > MostAllocated and var allocated)
                {
                    throw new InvalidOperationException($"{allocated} bytes were allocated for a message of {bytes.Length}: {Convert.ToHexString(bytes)}");
                }
            },
            time: FuzzTime.Seconds);
    }

    private static void Check<T>(T value)
    {
        if (value is Many<AnyValue> many && many.Items.FirstOrDefault(static any => any.Value is { } item && Types.Find(item.GetType()) is null) is { Value: { } wrong })
        {
            throw new InvalidOperationException($"A {wrong.GetType()} was created, which is not registered.");
        }
    }

    private static byte[] BytesOf(MessageBuffer buffer)
    {
        var bytes = new byte[buffer.Length];
        buffer.CopyTo(0, bytes);
        return bytes;
    }

    internal sealed record Line(int Number, decimal Price);

    internal sealed record Order(string Name, Line[] Lines, Dictionary<string, DayOfWeek> Days, (int, string) Pair, DateTimeOffset When);
}
