using System.Runtime.Serialization;

namespace Multiprocessing.Fuzz;

/// <summary>
/// Values of registered types, as a hostile client of a manager would send them: another value or a <see cref="SerializationException"/>, never more memory
/// than the message's size justifies, and never an object of a type that is not registered.
/// </summary>
internal static class RegisteredTarget
{
    public static RegisteredTypes Types { get; } = new RegisteredTypes().Register<Order>().Register<Line>().Register<DayOfWeek>();

    public static FuzzTarget Objects() => new RegisteredTarget<Order>(
        new("name", [new(1, 2.5m), new(2, 3)], new() { ["k"] = DayOfWeek.Friday }, (1, "x"), DateTimeOffset.UnixEpoch));

    public static FuzzTarget Items() => new RegisteredTarget<Many<Pair<string, Line>>>(new([new("a", new(1, 2)), new("", new(3, 4))]));

    public static FuzzTarget NamedTypes() => new RegisteredTarget<Many<AnyValue>>(
        new([new("text"), new(5), new(new Line(1, 2)), new(null), new(DayOfWeek.Monday)]));

    public static byte[] BytesOf(Action<MessageBuffer> write)
    {
        using var buffer = MessageBuffer.Rent();
        write(buffer);
        var bytes = new byte[buffer.Length];
        buffer.CopyTo(0, bytes);
        return bytes;
    }

    internal sealed record Line(int Number, decimal Price);

    internal sealed record Order(string Name, Line[] Lines, Dictionary<string, DayOfWeek> Days, (int, string) Pair, DateTimeOffset When);
}

/// <inheritdoc cref="RegisteredTarget"/>
internal sealed class RegisteredTarget<T>(T value) : FuzzTarget
{
    public override IReadOnlyList<byte[]> Seeds { get; } = [RegisteredTarget.BytesOf(buffer => RegisteredTarget.Types.Payload.Write(buffer, value, "value"))];

    public override unsafe void Run(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            fixed (byte* start = input)
            {
                var at = start;
                Check(RegisteredTarget.Types.Payload.Read<T>(ref at, start + input.Length, "value"));
            }
        }
        catch (SerializationException)
        {
            // Noticed; other changes make another valid message.
        }

        Allocation.ThrowIfAbove(before, input);
    }

    private static void Check(T value)
    {
        if (value is Many<AnyValue> many
            && many.Items.FirstOrDefault(static any => any.Value is { } item && RegisteredTarget.Types.Find(item.GetType()) is null) is { Value: { } wrong })
        {
            throw new InvalidOperationException($"A {wrong.GetType()} was created, which is not registered.");
        }
    }
}
