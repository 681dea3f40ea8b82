using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class RandomGraphTests
{
    /// <summary>An object of a random graph: any number of references to any objects, itself included, in every kind of place.</summary>
    private sealed class Node
    {
        public int Id;
        public string? Text;
        public double? Number;
        public Node? Next;
        public object? Any;
        public List<Node?> List = [];
        public Node?[] Array = [];
        public Dictionary<string, Node?> Map = [];
        public (int, Node?) Pair;
        public HashSet<Node> Set = [];
        public Func<Node?>? Body;
    }

    /// <summary>For each object: its text, and where its references go (numbers, taken modulo the number of objects).</summary>
    private sealed record Plan(string?[] Texts, int[][] References);

    private static readonly Arbitrary<Plan> Plans = Arb.From(
        from count in Gen.Choose(1, 40)
        from texts in Gen.ArrayOf(ArbMap.Default.GeneratorFor<string?>(), count)
        from references in Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(0, 1000), 9), count)
        select new Plan(texts, references));

    [Fact]
    public void Any_graph_of_objects_comes_back_with_the_same_shape() =>
        Prop.ForAll(Plans, static plan => Shape(Message.RoundTrip(Build(plan))) == Shape(Build(plan)))
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300));

    [Fact]
    public void Any_plain_values_come_back_equal()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<string[]>(), static value => Message.RoundTrip(value).SequenceEqual(value)).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
        Prop.ForAll(ArbMap.Default.ArbFor<Dictionary<int, string>>(), static value => Message.RoundTrip(value).OrderBy(static pair => pair.Key).SequenceEqual(value.OrderBy(static pair => pair.Key))).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
        Prop.ForAll(ArbMap.Default.ArbFor<Tuple<int, string, double[]>>(), static value =>
            Message.RoundTrip(value) is var copy && copy.Item1 == value.Item1 && copy.Item2 == value.Item2 && copy.Item3.AsSpan().SequenceEqual(value.Item3)).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
        Prop.ForAll(ArbMap.Default.ArbFor<DateTime>(), static value => Message.RoundTrip(value) == value).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
        Prop.ForAll(ArbMap.Default.ArbFor<decimal>(), static value => Message.RoundTrip(value) == value).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }

    private static Node Build(Plan plan)
    {
        var nodes = plan.Texts.Select(static (text, id) => new Node { Id = id, Text = text }).ToArray();
        for (var i = 0; i < nodes.Length; i++)
        {
            var node = nodes[i];
            var to = plan.References[i].Select(number => number % 5 == 0 ? null : nodes[number % nodes.Length]).ToArray();
            node.Number = to[0] is null ? null : i / 3.0;
            node.Next = to[1];
            node.Any = to[2] is { } any ? new object?[] { any, i, "s", any } : i;
            node.List = [to[3], to[4], to[3]];
            node.Array = [to[5], to[5]];
            node.Map = new() { ["a"] = to[6], [node.Text ?? ""] = to[7] };
            node.Pair = (i, to[8]);
            node.Set = [.. to.OfType<Node>()];
            var captured = to[0];
            node.Body = captured is null ? null : () => captured;
        }

        return nodes[0];
    }

    /// <summary>The graph as text: each object when it is first reached, later by its number.</summary>
    private static string Shape(Node root)
    {
        var text = new System.Text.StringBuilder();
        var numbers = new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        var pending = new Queue<Node>();
        Refer(root);
        while (pending.TryDequeue(out var node))
        {
            text.Append('\n').Append(node.Id).Append(node.Text).Append(node.Number).Append(':');
            Refer(node.Next);
            if (node.Any is object?[] array)
            {
                Refer((Node?)array[0]);
                text.Append(array[1]).Append(array[2]);
                Refer((Node?)array[3]);
            }
            else
            {
                text.Append(node.Any);
            }

            node.List.ForEach(Refer);
            System.Array.ForEach(node.Array, Refer);
            foreach (var (key, value) in node.Map.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            {
                text.Append(key);
                Refer(value);
                node.Map[key].ShouldBeSameAs(value);
            }

            text.Append(node.Pair.Item1);
            Refer(node.Pair.Item2);
            foreach (var item in node.Set.OrderBy(static item => item.Id))
            {
                Refer(item);
                node.Set.Contains(item).ShouldBeTrue();
            }

            Refer(node.Body?.Invoke());
        }

        return text.ToString();

        void Refer(Node? node)
        {
            if (node is null)
            {
                text.Append('-');
                return;
            }

            if (!numbers.TryGetValue(node, out var number))
            {
                numbers.Add(node, number = numbers.Count);
                pending.Enqueue(node);
            }

            text.Append('#').Append(number);
        }
    }
}
