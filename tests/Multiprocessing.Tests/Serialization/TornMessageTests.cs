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
    public void Changed_bytes_in_documents_tables_and_json_are_noticed_or_make_others()
    {
        var document = new System.Xml.XmlDocument();
        document.LoadXml("<!DOCTYPE a [<!ENTITY e 'x'>]><a b='1'><c>t&e;</c><!-- d --></a>");
        var options = new System.Text.Json.JsonSerializerOptions { WriteIndented = true };
        Change(document);
        Change(FrameworkTables.Set());
        Change(FrameworkTables.Table());
        Change((System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse("""{"a":[1,"x",{"b":null}]}""")!);
        Change(options);
        Change(new System.Text.StringBuilder("text"));
    }

    private static void Change<T>(T value)
    {
        var whole = Message.Write(value);
        var random = new Random(2);
        for (var i = 0; i < 1000; i++)
        {
            var changed = whole.ToArray();
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            try
            {
                Message.Read<T>(i % 4 == 0 ? changed[..random.Next(changed.Length)] : changed);
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
