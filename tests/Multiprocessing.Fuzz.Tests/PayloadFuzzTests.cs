using System.Runtime.Serialization;
using CsCheck;
using Xunit;

namespace Multiprocessing.Fuzz.Tests;

/// <summary>
/// Mutated values: reading them returns another value or throws a <see cref="SerializationException"/>. It never reads outside the message (which would end
/// this process), hangs, or allocates more than the message's size justifies. The values are not used: bits that no <see cref="DateTime"/> has are read as
/// they are, because both sides of such a message are the same build.
/// </summary>
public class PayloadFuzzTests
{
    /// <summary>A message of a few hundred bytes has objects of a few kilobytes; code that is compiled for a new type adds some more.</summary>
    private const long MostAllocated = 16 << 20;

    [Fact]
    public void Objects() => Fuzz(new Node("root", [new Node("a", null), new Node("b", [])]) { Map = { ["k"] = 1.5 }, Any = new[] { 1, 2, 3 }, Pair = (7, "seven") });

    [Fact]
    public void Arrays() => Fuzz<object>(new object[] { new byte[40], new[] { "x", "y", null }, new int[2, 3], new[] { new[] { 1L }, [2L, 3L] }, "text" });

    [Fact]
    public void Collections() => Fuzz(
        new Dictionary<string, List<HashSet<int>>> { ["a"] = [[1, 2], []], ["b"] = [[3]], [""] = [] });

    [Fact]
    public void Leaves() => Fuzz<object>(
        new object[]
        {
            DateTimeOffset.UnixEpoch, new Uri("http://localhost/a?b"), Guid.Empty, 1.5m, new Version(1, 2), new System.Text.StringBuilder("text"),
            System.Globalization.CultureInfo.InvariantCulture, System.Numerics.BigInteger.One, new int?[] { 1, null }, DayOfWeek.Friday,
        });

    private static void Fuzz<T>(T value)
    {
        var recorded = Write(value);
        Mutations.Of(recorded).Sample(
            bytes =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    _ = Read<T>(bytes);
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

    private static unsafe byte[] Write<T>(T value)
    {
        using var buffer = MessageBuffer.Rent();
        ValueSerializer.Serialize(buffer, value, "value");
        var bytes = new byte[buffer.Length];
        fixed (byte* start = bytes)
        {
            buffer.CopyTo(start);
        }

        return bytes;
    }

    private static unsafe T Read<T>(byte[] bytes)
    {
        fixed (byte* start = bytes)
        {
            var at = start;
            return ValueSerializer.Deserialize<T>(ref at, start + bytes.Length);
        }
    }

    private sealed class Node(string name, List<Node>? children)
    {
        public string Name = name;
        public List<Node>? Children = children;
        public Dictionary<string, double> Map = [];
        public object? Any;
        public (int, string?) Pair;
    }
}
