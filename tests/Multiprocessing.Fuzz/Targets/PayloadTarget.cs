using System.Runtime.Serialization;

namespace Multiprocessing.Fuzz;

/// <summary>
/// Values between processes of one program: reading them returns another value or throws a <see cref="SerializationException"/>. It never reads outside
/// the message (which would end this process), hangs, or allocates more than the message's size justifies. The values are not used: bits that no
/// <see cref="DateTime"/> has are read as they are, because both sides of such a message are the same build.
/// </summary>
internal static class PayloadTarget
{
    public static FuzzTarget Objects() => new PayloadTarget<Node>(
        new("root", [new Node("a", null), new Node("b", [])]) { Map = { ["k"] = 1.5 }, Any = new[] { 1, 2, 3 }, Pair = (7, "seven") });

    public static FuzzTarget Arrays() => new PayloadTarget<object>(
        new object[] { new byte[40], new[] { "x", "y", null }, new int[2, 3], new[] { new[] { 1L }, [2L, 3L] }, "text" });

    public static FuzzTarget Collections() => new PayloadTarget<Dictionary<string, List<HashSet<int>>>>(
        new() { ["a"] = [[1, 2], []], ["b"] = [[3]], [""] = [] });

    public static FuzzTarget Leaves() => new PayloadTarget<object>(
        new object[]
        {
            DateTimeOffset.UnixEpoch, new Uri("http://localhost/a?b"), Guid.Empty, 1.5m, new Version(1, 2), new System.Text.StringBuilder("text"),
            System.Globalization.CultureInfo.InvariantCulture, System.Numerics.BigInteger.One, new int?[] { 1, null }, DayOfWeek.Friday,
        });

    private sealed class Node(string name, List<Node>? children)
    {
        public string Name = name;
        public List<Node>? Children = children;
        public Dictionary<string, double> Map = [];
        public object? Any;
        public (int, string?) Pair;
    }
}

/// <inheritdoc cref="PayloadTarget"/>
internal sealed class PayloadTarget<T>(T value) : FuzzTarget
{
    public override IReadOnlyList<byte[]> Seeds { get; } = [Write(value)];

    public override unsafe void Run(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            fixed (byte* start = input)
            {
                var at = start;
                _ = ValueSerializer.Deserialize<T>(ref at, start + input.Length);
            }
        }
        catch (SerializationException)
        {
            // Noticed; other changes make another valid message.
        }

        Allocation.ThrowIfAbove(before, input);
    }

    private static byte[] Write(T value)
    {
        using var buffer = MessageBuffer.Rent();
        ValueSerializer.Serialize(buffer, value, "value");
        var bytes = new byte[buffer.Length];
        buffer.CopyTo(0, bytes);
        return bytes;
    }
}
