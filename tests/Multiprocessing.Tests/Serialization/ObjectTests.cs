using System.Runtime.InteropServices;
using System.Runtime.Serialization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class ObjectTests
{
    private class Base
    {
        private readonly int _hidden;

        protected Base(int hidden) => _hidden = hidden;

        public int Hidden => _hidden;
    }

    private sealed class Derived : Base
    {
        public static int Constructed;

        private readonly int _hidden;

        [NonSerialized]
        public string? Skipped;

        public Derived(int own, int hidden)
            : base(hidden)
        {
            _hidden = own;
            Constructed++;
        }

        public int Own => _hidden;

        public string Text { get; init; } = "";

        public object? Any { get; set; }

        public Base? Other { get; set; }
    }

    private sealed record Person(string Name, int Age, Person? Friend = null);

    private readonly record struct Holder(string Name, int[] Numbers, DateTime At);

    private struct Pair<TFirst, TSecond>
    {
        public TFirst First;
        public TSecond Second;
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct Overlapped
    {
        [FieldOffset(0)]
        public long Whole;
        [FieldOffset(0)]
        public int Low;
        [FieldOffset(8)]
        public string? Text;
    }

    [Fact]
    public void Private_readonly_and_base_fields_cross_without_constructors()
    {
        var value = new Derived(1, 2) { Text = "t", Any = 5, Skipped = "s" };
        var constructed = Derived.Constructed;
        var copy = Message.RoundTrip(value);
        copy.Own.ShouldBe(1);
        copy.Hidden.ShouldBe(2);
        copy.Text.ShouldBe("t");
        copy.Any.ShouldBe(5);
        copy.Skipped.ShouldBeNull();
        Derived.Constructed.ShouldBe(constructed);
    }

    [Fact]
    public void Shared_references_stay_shared_and_cycles_closed()
    {
        var value = new Derived(1, 2);
        value.Any = value;
        value.Other = value;
        var pair = Message.RoundTrip(new object[] { value, value });
        var copy = (Derived)pair[0];
        copy.Any.ShouldBeSameAs(copy);
        copy.Other.ShouldBeSameAs(copy);
        pair[1].ShouldBeSameAs(copy);
    }

    [Fact]
    public void An_array_that_contains_itself_crosses()
    {
        var array = new object[2];
        array[1] = array;
        var copy = Message.RoundTrip(array);
        copy[1].ShouldBeSameAs(copy);
    }

    [Fact]
    public void Many_shared_references_are_found_by_hash()
    {
        var objects = Enumerable.Range(0, 1000).Select(static i => new Person("p" + i, i)).ToArray();
        var copy = Message.RoundTrip(objects.Concat(objects).ToArray());
        for (var i = 0; i < 1000; i++)
        {
            copy[i].Age.ShouldBe(i);
            copy[i + 1000].ShouldBeSameAs(copy[i]);
        }
    }

    [Fact]
    public void Records_structs_tuples_generics_and_anonymous_types_cross()
    {
        var person = new Person("Ada", 36, new Person("Bob", 5));
        Message.RoundTrip(person).ShouldBe(person);
        var holder = Message.RoundTrip(new Holder("n", [1, 2], DateTime.UnixEpoch));
        holder.Name.ShouldBe("n");
        holder.Numbers.ShouldBe([1, 2]);
        Message.RoundTrip((1, "a", (2.5, person))).ShouldBe((1, "a", (2.5, person)));
        Message.RoundTrip(Tuple.Create(1, "x")).ShouldBe(Tuple.Create(1, "x"));
        var pair = Message.RoundTrip(new Pair<int, List<string>> { First = 1, Second = ["a"] });
        pair.Second.ShouldBe(["a"]);
        var anonymous = new { A = 1, B = "b" };
        Message.RoundTrip(anonymous).ShouldBe(anonymous);
        Message.RoundTrip<Holder?>(new Holder("n", [], default)).ShouldNotBeNull().Name.ShouldBe("n");
        Message.RoundTrip<Holder?>(null).ShouldBeNull();
    }

    [Fact]
    public void Explicit_layouts_cross()
    {
        var copy = Message.RoundTrip(new Overlapped { Whole = long.MaxValue - 5, Text = "t" });
        copy.Whole.ShouldBe(long.MaxValue - 5);
        copy.Text.ShouldBe("t");
    }

    [Fact]
    public void Arrays_of_every_kind_cross()
    {
        Message.RoundTrip(new[] { 1, 2, 3 }).ShouldBe([1, 2, 3]);
        Message.RoundTrip(Array.Empty<string>()).ShouldBeEmpty();
        Message.RoundTrip(new string?[] { "a", null }).ShouldBe(["a", null]);
        Message.RoundTrip(new[,] { { 1, 2 }, { 3, 4 } }).ShouldBe(new[,] { { 1, 2 }, { 3, 4 } });
        Message.RoundTrip(new[,] { { "a", "b" }, { "c", null } })[1, 0].ShouldBe("c");
        Message.RoundTrip(new int[][] { [1], [], [2, 3] })[2].ShouldBe([2, 3]);
        Message.RoundTrip<object[]>(new[] { "covariant" }).ShouldBeOfType<string[]>();
        Message.RoundTrip(new Holder[] { new("a", [1], default) })[0].Numbers.ShouldBe([1]);

        var shifted = Array.CreateInstance(typeof(string), [2, 2], [5, -1]);
        shifted.SetValue("x", 6, 0);
        var copy = Message.RoundTrip(shifted);
        copy.GetLowerBound(0).ShouldBe(5);
        copy.GetValue(6, 0).ShouldBe("x");
        var vector = Array.CreateInstance(typeof(int), [2], [3]);
        vector.SetValue(7, 4);
        Message.RoundTrip(vector).GetValue(4).ShouldBe(7);
    }

    [Fact]
    public void Slices_cross_without_what_lies_around_them()
    {
        var array = Enumerable.Range(0, 1000).ToArray();
        Message.Write(array.AsMemory(10, 5)).Length.ShouldBeLessThan(50);
        Message.RoundTrip(array.AsMemory(10, 5)).ToArray().ShouldBe([10, 11, 12, 13, 14]);
        Message.RoundTrip("hello".AsMemory(1, 3)).ToString().ShouldBe("ell");
        Message.RoundTrip(new ArraySegment<string>(["a", "b", "c"], 1, 2)).ShouldBe(["b", "c"]);
        Message.RoundTrip(default(ArraySegment<int>)).Array.ShouldBeNull();
        Message.RoundTrip(default(Memory<int>)).IsEmpty.ShouldBeTrue();
    }

    private sealed class Cached : IDeserializationCallback
    {
        public Dictionary<Cached, string> Names { get; } = [];

        [NonSerialized]
        public string? Log;

        [OnDeserialized]
        private void Restore(StreamingContext context) => Log = "restored " + Names.Count;

        public void OnDeserialization(object? sender) => Log += ", called";
    }

    [Fact]
    public void OnDeserialized_methods_run_when_all_is_there()
    {
        var value = new Cached();
        value.Names[value] = "me";
        Message.RoundTrip(value).Log.ShouldBe("restored 1, called");
    }

    private sealed class Failing
    {
        public int Number = 1;

        [OnDeserialized]
        private void Restore(StreamingContext context) => throw new InvalidOperationException("no " + Number);
    }

    [Fact]
    public void What_fails_to_be_rebuilt_is_named()
    {
        var message = Message.Write(new Failing());
        var error = Should.Throw<SerializationException>(() => Message.Read<Failing>(message));
        error.Message.ShouldContain(nameof(Failing));
        error.InnerException.ShouldBeOfType<InvalidOperationException>();
    }

    [Fact]
    public void Field_offsets_from_the_runtime_agree_with_compiled_access()
    {
        foreach (var type in new[] { typeof(Derived), typeof(Base), typeof(Overlapped), typeof(Pair<byte, string>), typeof(Person), typeof(List<int>), typeof(Exception), typeof(Dictionary<string, int>) })
        {
            foreach (var field in FieldPlan.Declared(type))
            {
                FieldOffsets.Of(field).ShouldBe(FieldOffsets.Measure(field), $"{type}.{field.Name}");
            }
        }
    }
}
