using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.Dynamic;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class CollectionTests
{
    private static readonly string[] Words = ["one", "two", "three"];

    private sealed record Key(string Text, int Number);

    private sealed class Named : List<int>
    {
        public string Name { get; set; } = "";
    }

    private sealed class Registry() : Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)
    {
        public string Title = "";
    }

    private sealed class ByLength : IEqualityComparer<string>, IComparer<string>
    {
        public int Compare(string? x, string? y) => (x?.Length ?? 0).CompareTo(y?.Length ?? 0);

        public bool Equals(string? x, string? y) => x?.Length == y?.Length;

        public int GetHashCode(string obj) => obj.Length;
    }

    private sealed class Letters : KeyedCollection<char, string>
    {
        public Letters()
            : base(null, 0)
        {
        }

        protected override char GetKeyForItem(string item) => item[0];
    }

    [Fact]
    public void Lists_cross_without_their_spare_room()
    {
        Message.RoundTrip(new List<int>(1000) { 1, 2 }).ShouldBe([1, 2]);
        var empty = Message.RoundTrip(new List<string>());
        empty.Add("x");
        empty.ShouldBe(["x"]);
        var named = Message.RoundTrip(new Named { 1, 2, 3 }.Also(static list => list.Name = "n"));
        named.ShouldBe([1, 2, 3]);
        named.Name.ShouldBe("n");
        named.Add(4);
    }

    [Fact]
    public void Dictionaries_find_their_keys_again()
    {
        var copy = Message.RoundTrip(Words.ToDictionary(static word => word, static word => word.Length));
        copy["three"].ShouldBe(5);
        copy.Comparer.ShouldBeSameAs(new Dictionary<string, int>().Comparer);
        Message.RoundTrip(new Dictionary<int, string> { [1] = "a" })[1].ShouldBe("a");
        Message.RoundTrip(new Dictionary<Key, List<int>> { [new Key("a", 1)] = [1] })[new Key("a", 1)].ShouldBe([1]);
        var ignoring = Message.RoundTrip(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 });
        ignoring["A"].ShouldBe(1);
        ignoring.Comparer.ShouldBeSameAs(StringComparer.OrdinalIgnoreCase);
        var custom = Message.RoundTrip(new Dictionary<string, int>(new ByLength()) { ["abc"] = 1 });
        custom["xyz"].ShouldBe(1);
        var registry = Message.RoundTrip(new Registry { ["a"] = 1, ["b"] = 2 }.Also(static made => made.Title = "t"));
        registry["B"].ShouldBe(2);
        registry.Title.ShouldBe("t");
    }

    [Fact]
    public void A_dictionary_may_contain_itself_as_value_and_as_key()
    {
        var dictionary = new Dictionary<object, object>(ReferenceEqualityComparer.Instance);
        dictionary["self"] = dictionary;
        dictionary[dictionary] = "me";
        var copy = Message.RoundTrip(dictionary);
        copy[copy].ShouldBe("me");
        copy.Count.ShouldBe(2);
    }

    [Fact]
    public void Keys_whose_hash_depends_on_sets_inside_are_hashed_after_those()
    {
        var key = new HashSet<string> { "a", "b" };
        var dictionary = new Dictionary<HashSet<string>, int>(HashSet<string>.CreateSetComparer()) { [key] = 5 };
        Message.RoundTrip(dictionary)[["b", "a"]].ShouldBe(5);
    }

    [Fact]
    public void Sets_cross()
    {
        Message.RoundTrip(new HashSet<string>(Words)).Contains("two").ShouldBeTrue();
        Message.RoundTrip(new HashSet<Key> { new("a", 1) }).Contains(new Key("a", 1)).ShouldBeTrue();
        Message.RoundTrip(new SortedSet<string>(Words, StringComparer.Ordinal)).ShouldBe(["one", "three", "two"]);
        Message.RoundTrip(new SortedSet<string>(Words, new ByLength())).Count.ShouldBe(2);
        Message.RoundTrip(Words.ToImmutableHashSet()).Contains("one").ShouldBeTrue();
        Message.RoundTrip(Words.ToImmutableSortedSet()).ShouldBe(Words.Order());
        Message.RoundTrip(Words.ToFrozenSet()).Contains("three").ShouldBeTrue();
        Message.RoundTrip(new[] { new Key("a", 1), new Key("b", 1) }.ToFrozenSet()).Contains(new Key("b", 1)).ShouldBeTrue();
        Message.RoundTrip(Enumerable.Range(0, 100).ToFrozenSet()).Contains(50).ShouldBeTrue();
    }

    [Fact]
    public void Sorted_linked_and_queued_collections_cross()
    {
        var sorted = Message.RoundTrip(new SortedDictionary<string, int> { ["b"] = 2, ["a"] = 1 });
        sorted.Keys.ShouldBe(["a", "b"]);
        sorted.Add("aa", 3);
        sorted.Keys.ShouldBe(["a", "aa", "b"]);
        Message.RoundTrip(new SortedList<int, string> { [2] = "b", [1] = "a" }).Values.ShouldBe(["a", "b"]);
        var linked = Message.RoundTrip(new LinkedList<string>(Words));
        linked.ShouldBe(Words);
        linked.First!.Next!.List.ShouldBeSameAs(linked);
        var queue = new Queue<int>([1, 2, 3]);
        queue.Dequeue();
        queue.Enqueue(4);
        Message.RoundTrip(queue).ShouldBe([2, 3, 4]);
        Message.RoundTrip(new Stack<string>(Words)).Pop().ShouldBe("three");
        var priorities = new PriorityQueue<string, int>([("b", 2), ("a", 1)]);
        Message.RoundTrip(priorities).Dequeue().ShouldBe("a");
        Message.RoundTrip(new Letters { "apple", "bean" })['b'].ShouldBe("bean");
    }

    [Fact]
    public void Observable_and_read_only_collections_cross_without_their_listeners()
    {
        var observable = new ObservableCollection<string>(Words);
        observable.CollectionChanged += (_, _) => throw new InvalidOperationException();
        var copy = Message.RoundTrip(observable);
        copy.Add("four");
        copy.Count.ShouldBe(4);
        Message.RoundTrip(new ReadOnlyCollection<string>(Words)).ShouldBe(Words);
        Message.RoundTrip(new ReadOnlyDictionary<string, int>(new Dictionary<string, int> { ["a"] = 1 }))["a"].ShouldBe(1);
        IReadOnlyList<int> literal = [1, 2, 3];
        Message.RoundTrip(literal).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Immutable_and_frozen_collections_cross()
    {
        Message.RoundTrip(ImmutableArray.Create(Words)).ShouldBe(Words);
        Message.RoundTrip(default(ImmutableArray<int>)).IsDefault.ShouldBeTrue();
        Message.RoundTrip(ImmutableList.Create(Words)).Add("four").Count.ShouldBe(4);
        Message.RoundTrip(ImmutableStack.Create(Words)).Peek().ShouldBe("three");
        Message.RoundTrip(ImmutableQueue.Create(Words)).Peek().ShouldBe("one");
        Message.RoundTrip(ImmutableSortedDictionary<string, int>.Empty.Add("b", 1).Add("a", 2)).First().Key.ShouldBe("a");
        var map = Words.ToImmutableDictionary(static word => word, static word => word.Length, StringComparer.OrdinalIgnoreCase);
        var copy = Message.RoundTrip(map);
        copy["THREE"].ShouldBe(5);
        copy.Add("four", 4)["four"].ShouldBe(4);
        Message.RoundTrip(ImmutableDictionary<Key, Key>.Empty.Add(new("a", 1), new("b", 2)))[new Key("a", 1)].Text.ShouldBe("b");
        Message.RoundTrip(Words.ToFrozenDictionary(static word => word))["two"].ShouldBe("two");
        Message.RoundTrip(Enumerable.Range(0, 50).ToFrozenDictionary(static i => "key" + i))["key7"].ShouldBe(7);
        Message.RoundTrip(Enumerable.Range(0, 50).ToFrozenDictionary(static i => new Key("k", i)))[new Key("k", 7)].ShouldBe(7);
        Message.RoundTrip(FrozenDictionary<string, int>.Empty).Count.ShouldBe(0);
    }

    [Fact]
    public void An_immutable_collection_may_be_part_of_a_cycle()
    {
        var box = new object[1];
        var map = ImmutableDictionary<string, object>.Empty.Add("box", box);
        box[0] = map;
        var copy = Message.RoundTrip(map);
        ((object[])copy["box"])[0].ShouldBeSameAs(copy);
    }

    [Fact]
    public void Concurrent_dictionaries_cross_by_content()
    {
        var copy = Message.RoundTrip(new ConcurrentDictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 });
        copy["A"].ShouldBe(1);
        copy.TryAdd("b", 2).ShouldBeTrue();
        Message.RoundTrip(new ConcurrentDictionary<Key, Key>([new(new("a", 1), new("b", 2))]))[new Key("a", 1)].Number.ShouldBe(2);
    }

    [Fact]
    public void Ordered_dictionaries_keep_their_order()
    {
        var copy = Message.RoundTrip(new OrderedDictionary<string, int> { ["z"] = 1, ["a"] = 2 });
        copy.Keys.ShouldBe(["z", "a"]);
        copy["a"].ShouldBe(2);
        var old = Message.RoundTrip(new OrderedDictionary { ["z"] = 1, ["a"] = 2 });
        old[0].ShouldBe(1);
        old["a"].ShouldBe(2);
    }

    [Fact]
    public void Old_collections_cross()
    {
        Message.RoundTrip(new ArrayList { 1, "a" }).Cast<object>().ShouldBe([1, "a"]);
        Message.RoundTrip(new Hashtable { ["a"] = 1 })["a"].ShouldBe(1);
        Message.RoundTrip(new Hashtable(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 })["A"].ShouldBe(1);
        Message.RoundTrip(Hashtable.Synchronized(new Hashtable { ["a"] = 1 }))["a"].ShouldBe(1);
        var names = Message.RoundTrip(new NameValueCollection { { "a", "1" }, { "a", "2" } });
        names["A"].ShouldBe("1,2");
        Message.RoundTrip(new BitArray([true, false, true])).Cast<bool>().ShouldBe([true, false, true]);
        Message.RoundTrip(new Queue(new[] { 1 })).Dequeue().ShouldBe(1);
        Message.RoundTrip(new StringDictionary { ["a"] = "1" })["A"].ShouldBe("1");
        Message.RoundTrip(new HybridDictionary { ["a"] = "1" })["a"].ShouldBe("1");
    }

    [Fact]
    public void Views_of_collections_keep_their_collection()
    {
        var dictionary = new Dictionary<string, int> { ["a"] = 1 };
        Message.RoundTrip(dictionary.Keys).ShouldBe(["a"]);
        Message.RoundTrip(Words.Where(static word => word.Length == 3).Select(static word => word + "!")).ShouldBe(["one!", "two!"]);
    }

    [Fact]
    public void Comparers_keep_their_identity()
    {
        Message.RoundTrip(EqualityComparer<string>.Default).ShouldBeSameAs(EqualityComparer<string>.Default);
        Message.RoundTrip(Comparer<Key>.Default).ShouldBeSameAs(Comparer<Key>.Default);
        Message.RoundTrip(StringComparer.Ordinal).ShouldBeSameAs(StringComparer.Ordinal);
        Message.RoundTrip<IEqualityComparer>(StringComparer.InvariantCultureIgnoreCase).ShouldBe(StringComparer.InvariantCultureIgnoreCase);
    }

    [Fact]
    public void Expando_objects_cross_as_their_members()
    {
        dynamic value = new ExpandoObject();
        value.Name = "x";
        value.Self = value;
        dynamic copy = Message.RoundTrip<object>((object)value);
        ((string)copy.Name).ShouldBe("x");
        ((object)copy.Self).ShouldBeSameAs((object)copy);
    }
}

file static class With
{
    public static T Also<T>(this T value, Action<T> change)
    {
        change(value);
        return value;
    }
}
