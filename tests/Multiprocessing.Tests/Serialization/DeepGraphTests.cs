using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class DeepGraphTests
{
    private sealed class Node
    {
        public int Number;
        public Node? Next;
    }

    [Fact]
    public void A_list_of_a_million_nodes_does_not_overflow_the_stack()
    {
        Node? first = null;
        for (var i = 1_000_000; i > 0; i--)
        {
            first = new Node { Number = i, Next = first };
        }

        var copy = Message.RoundTrip(first);

        var count = 0;
        for (var node = copy; node is not null; node = node.Next)
        {
            node.Number.ShouldBe(++count);
        }

        count.ShouldBe(1_000_000);
    }

    [Fact]
    public void Boxed_structs_arrays_lists_and_delegates_may_nest_deeply_too()
    {
        object value = "end";
        for (var i = 0; i < 100_000; i++)
        {
            var inner = value;
            value = (i % 4) switch
            {
                0 => new object[] { inner },
                1 => new List<object> { inner },
                2 => (inner, i),
                _ => new Func<object>(() => inner),
            };
        }

        var copy = Message.RoundTrip(value);

        for (var i = 99_999; i >= 0; i--)
        {
            copy = (i % 4) switch
            {
                0 => ((object[])copy)[0],
                1 => ((List<object>)copy)[0],
                2 => (((object, int))copy).Item1,
                _ => ((Func<object>)copy)(),
            };
        }

        copy.ShouldBe("end");
    }

    [Fact]
    public void Dictionaries_nested_in_each_others_values_may_be_deep()
    {
        var value = new Dictionary<string, object>();
        for (var i = 0; i < 10_000; i++)
        {
            value = new Dictionary<string, object> { ["inner"] = value };
        }

        var copy = Message.RoundTrip(value);

        var depth = 0;
        while (copy.Count > 0)
        {
            copy = (Dictionary<string, object>)copy["inner"];
            depth++;
        }

        depth.ShouldBe(10_000);
    }
}
