using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Multiprocessing.Shapes;

/// <summary>Values of many kinds, each sent to a child as it is and looked at there: a trimmed program must have kept what the serializer needs.</summary>
internal static class Values
{
    public static string Check()
    {
        var cases = new List<Case>();
        Expect("array", new[] { 1, 2, 3 }, value => value.Sum().ToString(), "6");
        Expect("table", new[,] { { 1, 2 }, { 3, 4 } }, value => value[1, 0].ToString(), "3");
        Expect("record", new Item(5, "five"), value => value.ToString(), "Item { Id = 5, Name = five }");
        Expect("record struct", new Money(9.5m, "EUR"), value => value.ToString(), "Money { Amount = 9.5, Currency = EUR }");
        Expect("enum", Colour.Green, value => value.ToString(), "Green");
        Expect("nullable", (int?)4, value => value.ToString()!, "4");
        Expect("tuple", (1, "a", Colour.Red), value => value.ToString(), "(1, a, Red)");
        Expect("derived class", (Animal)new Cat("Tom"), value => value.Introduce(), "Tom the cat");
        Expect("interface", (IShout)new LoudShout(2), value => value.Shout("hey"), "HEY!!");
        Expect("cycle", Ring(), value => value.Next!.Next!.Value, "a");
        Expect("boxed", (object)new Money(1, "X"), value => ((Money)value).Currency, "X");
        Expect("list", new List<Item> { new(1, "x") }, value => value[0].Name, "x");
        Expect("dictionary", new Dictionary<string, Item>(StringComparer.OrdinalIgnoreCase) { ["A"] = new(1, "x") }, value => value["a"].Name, "x");
        Expect("hash set", new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "A" }, value => value.Contains("a").ToString(), "True");
        Expect("sorted dictionary", new SortedDictionary<int, string> { [2] = "b", [1] = "a" }, value => string.Concat(value.Values), "ab");
        Expect("sorted set", new SortedSet<Colour> { Colour.Green, Colour.Red }, value => value.Min.ToString(), "Red");
        Expect("linked list", new LinkedList<string>(["p", "q"]), value => value.Last!.Value, "q");
        Expect("stack", new Stack<int>([1, 2]), value => value.Peek().ToString(), "2");
        Expect("queue", new Queue<int>([1, 2]), value => value.Peek().ToString(), "1");
        Expect("priority queue", Priorities(), value => value.Peek(), "low");
        Expect("concurrent dictionary", new ConcurrentDictionary<string, int> { ["k"] = 8 }, value => value["k"].ToString(), "8");
        Expect("immutable array", ImmutableArray.Create(1, 2), value => value[1].ToString(), "2");
        Expect("immutable dictionary", ImmutableDictionary<string, int>.Empty.Add("k", 3), value => value["k"].ToString(), "3");
        Expect("immutable list", ImmutableList.Create("i"), value => value[0], "i");
        Expect("frozen set", new[] { "f" }.ToFrozenSet(), value => value.Contains("f").ToString(), "True");
        Expect("memory", new Memory<byte>([1, 2, 3]), value => value.Length.ToString(), "3");
        Expect("big integer", BigInteger.Pow(2, 80), value => value.ToString(CultureInfo.InvariantCulture), "1208925819614629174706176");
        Expect("date", new DateOnly(2024, 2, 29), value => value.DayOfYear.ToString(), "60");
        Expect("time with offset", new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.FromHours(2)), value => value.Offset.Hours.ToString(), "2");
        Expect("uri", new Uri("https://example.org/a?b"), value => value.Host, "example.org");
        Expect("version", new Version(1, 2, 3), value => value.ToString(), "1.2.3");
        Expect("regex", new Regex("a+", RegexOptions.IgnoreCase), value => value.Match("xAAy").Value, "AA");
        Expect("json", JsonDocument.Parse("""{"a":[1,2]}""").RootElement, value => value.GetProperty("a")[1].ToString(), "2");
        Expect("culture", CultureInfo.InvariantCulture, value => value.LCID.ToString(), "127");
        Expect("type", typeof(Node<Money>), value => value.GetGenericArguments()[0].Name, "Money");
        Expect("delegate", (Func<int, int>)(number => number * 2), value => value(21).ToString(), "42");
        Expect("exception", (Exception)new OrderRefusedException(3, "no"), value => ((OrderRefusedException)value).Order.ToString(), "3");
        return AllAtOnce() ?? OneByOne();

        void Expect<T>(string name, T value, Func<T, string> look, string expected) => cases.Add(new Case(name, () => look(value), expected));

        string? AllAtOnce()
        {
            try
            {
                return Judge(cases);
            }
            catch (Exception)
            {
                return null; // one of them did not cross: one by one they say which
            }
        }

        string OneByOne()
        {
            var wrong = new List<string>();
            foreach (var one in cases)
            {
                try
                {
                    wrong.Add(Judge([one]));
                }
                catch (Exception exception)
                {
                    wrong.Add($"{one.Name}: {exception}");
                }
            }

            return string.Join("; ", wrong);
        }
    }

    /// <summary>One child looks at all values.</summary>
    private static string Judge(List<Case> cases)
    {
        using var child = ChildProcess.Run(looked => string.Join("; ", looked.Select(Judge).OfType<string>()), cases);
        return child.Result.GetAwaiter().GetResult() is { Length: > 0 } wrong ? wrong : "all of them";
    }

    private static string? Judge(Case one)
    {
        try
        {
            var seen = one.Look();
            return seen == one.Expected ? null : $"{one.Name}: '{seen}' instead of '{one.Expected}'";
        }
        catch (Exception exception)
        {
            return $"{one.Name}: {exception}";
        }
    }

    private sealed record Case(string Name, Func<string> Look, string Expected);

    private static Node<string> Ring()
    {
        var first = new Node<string>("a") { Next = new Node<string>("b") };
        first.Next.Next = first;
        return first;
    }

    private static PriorityQueue<string, int> Priorities()
    {
        var queue = new PriorityQueue<string, int>();
        queue.Enqueue("high", 9);
        queue.Enqueue("low", 1);
        return queue;
    }
}
