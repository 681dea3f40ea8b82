using System.Runtime.Serialization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class TornMessageTests
{
    private sealed record Person(string Name, object? Other, List<string> Words, Dictionary<string, int> Map);

    // The root's type is not named in it: a changed name would make codecs for types that other tests want to be the first to use.
    private static readonly byte[] Whole = Message.Write(
        new Person("n", new int[,] { { 1, 2 } }, ["a", "b"], new() { ["k"] = 1 }));

    [Fact]
    public void Every_cut_is_noticed()
    {
        for (var length = 0; length < Whole.Length; length++)
        {
            var cut = Whole[..length];
            Should.Throw<SerializationException>(() => Message.Read<Person>(cut));
        }
    }

    [Fact]
    public void Changed_bytes_never_read_outside_the_message()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var changed = Whole.ToArray();
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            try
            {
                Message.Read<Person>(changed);
            }
            catch (Exception error) when (error is SerializationException or InvalidOperationException)
            {
                // Noticed; other changes may make another valid message.
            }
        }
    }

    [Fact]
    public void Lengths_beyond_the_message_are_not_believed()
    {
        var message = Message.Write(new byte[100]);
        var at = Array.IndexOf(message, (byte)100);
        message[at] = 101;
        Should.Throw<SerializationException>(() => Message.Read<byte[]>(message));
        Should.Throw<SerializationException>(() => Message.Read<string[]>([2, 0xFF, 0xFF, 0xFF, 0xFF, 0x07]));
    }
}
