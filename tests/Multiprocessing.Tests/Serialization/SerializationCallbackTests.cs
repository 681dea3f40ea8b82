#pragma warning disable SYSLIB0050, SYSLIB0051, CS0672 // The formatters' interfaces are what is tested.
using System.Runtime.Serialization;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class SerializationCallbackTests
{
    private class Logged
    {
        [NonSerialized]
        public List<string> Log = [];

        public string? Note;

        [OnSerializing]
        private void BaseSerializing(StreamingContext context)
        {
            context.State.ShouldBe(StreamingContextStates.CrossProcess);
            Note = "written";
            Log.Add("base serializing");
        }

        [OnSerialized]
        private void BaseSerialized(StreamingContext context)
        {
            Note = null;
            Log.Add("base serialized");
        }

        [OnDeserializing]
        private void BaseDeserializing(StreamingContext context)
        {
            Note.ShouldBeNull();
            (Log = []).Add("base deserializing");
        }

        [OnDeserialized]
        private void BaseDeserialized(StreamingContext context)
        {
            Note.ShouldBe("written");
            Log.Add("base deserialized");
        }
    }

    private sealed class DerivedLogged : Logged, IDeserializationCallback
    {
        public object? Other;

        [OnSerializing]
        private void Serializing(StreamingContext context) => Log.Add("serializing");

        [OnSerialized]
        private void Serialized(StreamingContext context) => Log.Add("serialized");

        [OnDeserializing]
        private void Deserializing(StreamingContext context) => Log.Add("deserializing");

        [OnDeserialized]
        private void Deserialized(StreamingContext context) => Log.Add("deserialized");

        public void OnDeserialization(object? sender) => Log.Add("all there");
    }

    [Fact]
    public void All_four_callbacks_run_those_of_the_base_first()
    {
        var value = new DerivedLogged();
        value.Other = value;
        var copy = Message.RoundTrip(value);
        value.Log.ShouldBe(["base serializing", "serializing", "base serialized", "serialized"]);
        value.Note.ShouldBeNull();
        copy.Log.ShouldBe(["base deserializing", "deserializing", "base deserialized", "deserialized", "all there"]);
        copy.Other.ShouldBeSameAs(copy);
    }

    [Fact]
    public void What_OnSerializing_changed_is_undone_when_the_message_is_refused()
    {
        var value = new DerivedLogged { Other = new SemaphoreSlim(1) };
        Message.Refused(value);
        value.Log.ShouldBe(["base serializing", "serializing", "base serialized", "serialized"]);
        value.Note.ShouldBeNull();
    }

    private sealed class Throwing
    {
        public int State;

        public bool Throws;

        [OnSerializing]
        private void Serializing(StreamingContext context)
        {
            State = 1;
            if (Throws)
            {
                throw new InvalidOperationException("not now");
            }
        }

        [OnSerialized]
        private void Serialized(StreamingContext context) => State = 0;
    }

    [Fact]
    public void What_OnSerializing_throws_reaches_the_caller_and_nothing_stays_changed()
    {
        var values = new[] { new Throwing(), new Throwing { Throws = true } };
        Should.Throw<InvalidOperationException>(() => Message.Write(values)).Message.ShouldBe("not now");
        values[0].State.ShouldBe(0);
        values[1].State.ShouldBe(0);
        values[1].Throws = false;
        Message.RoundTrip(values)[1].State.ShouldBe(1);
    }

    private struct Counter
    {
        public int Written;

        [NonSerialized]
        public int Restored;

        [OnSerializing]
        private void Serializing(StreamingContext context) => Written++;

        [OnDeserialized]
        private void Deserialized(StreamingContext context) => Restored = Written * 10;
    }

    [Fact]
    public void Structs_have_callbacks_too()
    {
        var value = new Counter { Written = 1 };
        var copies = Message.RoundTrip(new[] { value, value });
        copies[1].Written.ShouldBe(2);
        copies[1].Restored.ShouldBe(20);
        Message.RoundTrip<object>(value).ShouldBe(new Counter { Written = 2, Restored = 20 });
        Message.RoundTrip<Counter?>(value)!.Value.Restored.ShouldBe(20);
    }

    /// <summary>Its hash code exists after OnDeserialized only, like that of an F# set.</summary>
    private sealed class LateKey(string text)
    {
        [NonSerialized]
        private string? _text = text;

        private string? _saved;

        [OnSerializing]
        private void Serializing(StreamingContext context) => _saved = _text;

        [OnDeserialized]
        private void Deserialized(StreamingContext context) => _text = _saved;

        public override bool Equals(object? obj) => obj is LateKey other && other._text == _text;

        public override int GetHashCode() => _text!.GetHashCode(StringComparison.Ordinal);
    }

    private sealed class Node
    {
        public Node? Next;
        public Dictionary<LateKey, string>? Names;

        [NonSerialized]
        public string? Found;

        [OnDeserialized]
        private void Deserialized(StreamingContext context) => Found = Names?[new LateKey("k")] ?? Next?.Found;
    }

    [Fact]
    public void Inner_objects_are_ready_before_outer_ones_however_deep()
    {
        foreach (var depth in new[] { 1, 50, 99, 100, 101, 250, 5000 })
        {
            var first = new Node { Names = new Dictionary<LateKey, string> { [new LateKey("k")] = "v" } };
            for (var i = 0; i < depth; i++)
            {
                first = new Node { Next = first };
            }

            Message.RoundTrip(first).Found.ShouldBe("v", $"depth {depth}");
        }
    }

    private class Money : ISerializable
    {
        private readonly Lock _gate = new();

        public Money(long cents, object? tag = null)
        {
            Cents = cents;
            Tag = tag;
        }

        protected Money(SerializationInfo info, StreamingContext context)
        {
            context.State.ShouldBe(StreamingContextStates.CrossProcess);
            Cents = info.GetInt64("cents");
            Tag = info.GetValue("tag", typeof(object));
        }

        public long Cents { get; }

        public object? Tag { get; set; }

        public bool HasGate => _gate is not null;

        public virtual void GetObjectData(SerializationInfo info, StreamingContext context)
        {
            info.AddValue("cents", Cents);
            info.AddValue("tag", Tag);
        }
    }

    private sealed class Gold : Money
    {
        public Gold(long cents)
            : base(cents)
        {
        }

        private Gold(SerializationInfo info, StreamingContext context)
            : base(info, context) => Grams = (int[])info.GetValue("grams", typeof(int[]))!;

        public int[] Grams { get; init; } = [];

        public override void GetObjectData(SerializationInfo info, StreamingContext context)
        {
            base.GetObjectData(info, context);
            info.AddValue("grams", Grams);
        }
    }

    [Fact]
    public void ISerializable_says_what_crosses()
    {
        var copy = Message.RoundTrip<object>(new Gold(500) { Grams = [1, 2], Tag = "t" }).ShouldBeOfType<Gold>();
        copy.Cents.ShouldBe(500);
        copy.Grams.ShouldBe([1, 2]);
        copy.Tag.ShouldBe("t");
        copy.HasGate.ShouldBeTrue();

        var loop = new Money(7);
        loop.Tag = new object[] { loop };
        var whole = Message.RoundTrip(loop);
        whole.Cents.ShouldBe(7);
        ((object[])whole.Tag!)[0].ShouldBeSameAs(whole);

        var nested = new Money(0);
        for (var i = 1; i <= 1000; i++)
        {
            nested = new Money(i, nested);
        }

        var inner = Message.RoundTrip(nested);
        for (var i = 1000; i > 0; i--)
        {
            inner.Cents.ShouldBe(i);
            inner = (Money)inner.Tag!;
        }

        Message.Refused(new Money(1, new SemaphoreSlim(1))).Path.ShouldBe("item -> entry 'tag'");
    }

    private sealed class NoConstructor : ISerializable
    {
        public int Number;

        public void GetObjectData(SerializationInfo info, StreamingContext context) => throw new NotSupportedException();
    }

    [Fact]
    public void Without_a_deserialization_constructor_fields_cross() => Message.RoundTrip(new NoConstructor { Number = 3 }).Number.ShouldBe(3);

    private sealed class Singleton : ISerializable
    {
        public static readonly Singleton Instance = new();

        public void GetObjectData(SerializationInfo info, StreamingContext context) => info.SetType(typeof(SingletonHelper));

        private sealed class SingletonHelper : IObjectReference
        {
            public object GetRealObject(StreamingContext context) => Instance;
        }
    }

    private sealed class Level : IObjectReference
    {
        private static readonly Dictionary<string, Level> Known = [];

        private Level(string name) => Name = name;

        public string Name { get; }

        public static Level Of(string name) => Known.TryGetValue(name, out var level) ? level : Known[name] = new Level(name);

        public object GetRealObject(StreamingContext context) => Of(Name);
    }

    private struct Fraction : ISerializable
    {
        public int Top;
        public string Bottom;

        public Fraction(int top, string bottom)
        {
            Top = top;
            Bottom = bottom;
        }

        private Fraction(SerializationInfo info, StreamingContext context)
        {
            Top = info.GetInt32("t");
            Bottom = info.GetString("b") + "!";
        }

        public readonly void GetObjectData(SerializationInfo info, StreamingContext context)
        {
            info.AddValue("t", Top + 1);
            info.AddValue("b", Bottom);
        }
    }

    [Fact]
    public void Object_references_become_what_they_stand_for()
    {
        var singletons = Message.RoundTrip(new[] { Singleton.Instance, Singleton.Instance });
        singletons[0].ShouldBeSameAs(Singleton.Instance);
        singletons[1].ShouldBeSameAs(Singleton.Instance);
        Message.RoundTrip((Level.Of("low"), Level.Of("high"))).Item2.ShouldBeSameAs(Level.Of("high"));
        Message.RoundTrip(new Fraction(1, "x")).ShouldBe(new Fraction(2, "x!"));
    }

    private sealed class Bag : Dictionary<string, int>
    {
        public Bag()
        {
        }

        private Bag(SerializationInfo info, StreamingContext context)
            : base(info, context) => Title = info.GetString("title");

        public string? Title { get; set; }

        public override void GetObjectData(SerializationInfo info, StreamingContext context)
        {
            base.GetObjectData(info, context);
            info.AddValue("title", Title);
        }
    }

    [Fact]
    public void A_dictionary_with_its_own_GetObjectData_crosses_by_it()
    {
        var copy = Message.RoundTrip(new Bag { Title = "t", ["a"] = 1, ["b"] = 2 });
        copy.Title.ShouldBe("t");
        copy["b"].ShouldBe(2);
        copy.Count.ShouldBe(2);
    }

    [Fact]
    public void FSharp_values_cross_equal()
    {
        var map = new FSharpMap<string, int>([Tuple.Create("b", 2), Tuple.Create("a", 1), Tuple.Create("c", 3)]);
        Message.RoundTrip(map).ShouldBe(map);
        Message.RoundTrip(map)["b"].ShouldBe(2);
        Message.RoundTrip(map).Add("d", 4).Count.ShouldBe(4);
        var set = SetModule.OfSeq(["x", "y", "z"]);
        Message.RoundTrip(set).ShouldBe(set);
        Message.RoundTrip(set).Contains("y").ShouldBeTrue();
        var sets = SetModule.OfSeq([SetModule.OfSeq([3, 1]), SetModule.OfSeq([2])]);
        Message.RoundTrip(sets).ShouldBe(sets);
        var byMap = new Dictionary<FSharpMap<string, int>, string> { [map] = "m" };
        Message.RoundTrip(byMap)[map].ShouldBe("m");
        var list = ListModule.OfSeq(Enumerable.Range(0, 1000));
        Message.RoundTrip(list).ShouldBe(list);
        Message.RoundTrip(FSharpList<int>.Empty).IsEmpty.ShouldBeTrue();
        Message.RoundTrip(FSharpOption<string>.Some("v")).ShouldBe(FSharpOption<string>.Some("v"));
        Message.RoundTrip(FSharpOption<string>.None).ShouldBeNull();
        Message.RoundTrip(FSharpValueOption<int>.Some(5)).ShouldBe(FSharpValueOption<int>.Some(5));
        Message.RoundTrip(FSharpResult<int, string>.NewError("e")).ShouldBe(FSharpResult<int, string>.NewError("e"));
        Message.RoundTrip(FSharpChoice<int, string>.NewChoice2Of2("e")).ShouldBe(FSharpChoice<int, string>.NewChoice2Of2("e"));
        Message.RoundTrip(new FSharpRef<FSharpMap<string, int>>(map)).Value.ShouldBe(map);
        Message.RoundTrip(Tuple.Create(map, set, list)).ShouldBe(Tuple.Create(map, set, list));
    }
}
