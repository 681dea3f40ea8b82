using System.Numerics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class CapturedVariableTests : ProcessTest
{
    private static int _counter;

    private enum Colour : byte
    {
        Red = 3,
        Green = 200,
    }

    [Fact]
    public Task Captured_values_of_many_types_arrive_as_they_were() => Watchdog.Run(() =>
    {
        var (small, large, precise) = ((sbyte)-5, ulong.MaxValue, 1.000000000000000000000000001m);
        var (real, letter, nothing) = (Math.PI, 'ß', (string?)null);
        var text = "naïve 漢字 😀 \0 \ud800";
        var (moment, span, day) = (new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc), TimeSpan.FromTicks(12345), new DateOnly(2024, 2, 29));
        var (id, version, link, huge) = (Guid.NewGuid(), new Version(1, 2, 3, 4), new Uri("https://example.org/a?b=c"), BigInteger.Pow(7, 300));
        int? some = 5;
        int? none = null;
        var colour = Colour.Green;
        var pair = (Left: 1, Right: "r");
        var anonymous = new { Name = "n", Values = new[] { 1, 2 } };
        var record = new Person("Ada", new Person("Byron", null));
        Func<string> body = () => string.Join(
            '|',
            small,
            large,
            precise,
            real.ToString("R"),
            letter,
            nothing ?? "null",
            string.Join(',', text.Select(character => (int)character)),
            moment.ToString("O") + moment.Kind,
            span,
            day,
            id,
            version,
            link,
            huge,
            some,
            none is null,
            colour,
            pair,
            anonymous,
            anonymous.Values[1],
            record);
        ChildProcess.Run(body).Take().ShouldBe(body());
    });

    [Fact]
    public Task Captured_collections_arrive_with_their_contents() => Watchdog.Run(() =>
    {
        var array = new[] { 1, 2, 3 };
        var grid = new[,] { { 1, 2 }, { 3, 4 } };
        var jagged = new[] { new[] { "a" }, [], ["b", "c"] };
        var list = new List<object?> { 1, "two", null, 3.0, new Person("x", null) };
        var dictionary = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["One"] = 1, ["TWO"] = 2 };
        var set = new HashSet<string> { "a", "b" };
        var sorted = new SortedDictionary<int, string> { [2] = "b", [1] = "a" };
        var waiting = new Queue<int>([1, 2, 3]);
        var piled = new Stack<int>([1, 2, 3]);
        var linked = new LinkedList<string>(["x", "y"]);
        Func<string> body = () => string.Join(
            '|',
            string.Join(',', array),
            grid[1, 0],
            jagged[2][1],
            string.Join(',', list),
            dictionary["one"] + dictionary["two"],
            set.Contains("b"),
            string.Join(',', sorted),
            waiting.Dequeue(),
            piled.Pop(),
            linked.Last!.Value);
        var here = body();
        (waiting, piled) = (new Queue<int>([1, 2, 3]), new Stack<int>([1, 2, 3]));
        ChildProcess.Run(body).Take().ShouldBe(here);
    });

    [Fact]
    public Task Two_references_to_one_object_stay_two_references_to_one_object() => Watchdog.Run(() =>
    {
        var shared = new List<int> { 1 };
        var (first, second) = (shared, shared);
        var cycle = new Node();
        cycle.Next = new Node { Next = cycle };
        ChildProcess.Run(() =>
        {
            first.Add(2);
            return (second.Count, ReferenceEquals(cycle, cycle.Next!.Next));
        }).Take().ShouldBe((2, true));
    });

    [Fact]
    public Task What_the_child_changes_stays_in_the_child() => Watchdog.Run(() =>
    {
        var number = 1;
        var list = new List<int> { 1 };
        _counter = 1;
        ChildProcess.Run(() =>
        {
            number += 10;
            list.Add(2);
            return (number, list.Count, ++_counter);
        }).Take().ShouldBe((11, 2, 1), "the child's statics begin anew");
        (number, list.Count, _counter).ShouldBe((1, 1, 1));
    });

    [Fact]
    public Task Only_what_the_body_reads_is_taken_along() => Watchdog.Run(() =>
    {
        // The compiler puts both variables into one display class; the thread must not get in the number's way.
        var thread = Thread.CurrentThread;
        var number = 41;
        Func<int> other = () => thread.ManagedThreadId;
        ChildProcess.Run(() => number + 1).Take().ShouldBe(42);
        other().ShouldBe(thread.ManagedThreadId);
    });

    [Fact]
    public Task A_captured_delegate_crosses_with_what_it_captures() => Watchdog.Run(() =>
    {
        var factor = 6;
        Func<int, int> multiply = value => value * factor;
        ChildProcess.Run(() => multiply(7)).Take().ShouldBe(42);
    });

    [Fact]
    public Task A_large_argument_and_a_large_result_cross() => Watchdog.Run(() =>
    {
        var data = new byte[64 << 20];
        new Random(1).NextBytes(data);
        var result = ChildProcess.Run(
            bytes =>
            {
                Array.Reverse(bytes);
                return bytes;
            },
            data).Take();
        Array.Reverse(result);
        result.AsSpan().SequenceEqual(data).ShouldBeTrue();
    });

    private sealed record Person(string Name, Person? Parent);

    private sealed class Node
    {
        public Node? Next { get; set; }
    }
}
