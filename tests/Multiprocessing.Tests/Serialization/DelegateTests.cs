using System.Reflection;
using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

/// <summary>Every kind of method group and delegate calls in the other process what it calls in this one.</summary>
public class DelegateTests
{
    private delegate ref int ByReference();

    private delegate int OpenOnStruct(ref Point point);

    private delegate bool TryParse(string text, out int value);

    private delegate int GetProcessId();

    private interface INamed
    {
        static abstract string Kind();

        string Name();

        string Twice() => Name() + Name();
    }

    private class Animal : INamed
    {
        public string Own { get; set; } = "rex";

        public static string Kind() => "animals";

        public virtual string Speak() => $"animal {Own}";

        public virtual string Generic<T>(T value) => $"animal {typeof(T).Name} {value}";

        public virtual string Sound { get => $"sound of {Own}"; set => Own = value; }

        string INamed.Name() => $"named {Own}";
    }

    private class Dog : Animal
    {
        private int _legs = 4;

        public override string Sound { get => "barks"; set => Own = "dog " + value; }

        public override string Speak() => $"dog {Own}";

        public override string Generic<T>(T value) => "dog";

        public Func<string> BaseSpeak() => base.Speak;

        public Func<int, string> BaseGeneric() => base.Generic;

        public Func<string> BaseToString() => base.ToString!;

        public Func<string> BaseSpeakInLambda() => () => base.Speak();

        public Func<string> BaseSound() => (Func<string>)Delegate.CreateDelegate(typeof(Func<string>), this, typeof(Animal).GetProperty(nameof(Sound))!.GetMethod!);

        public ByReference Legs() => LegsReference;

        public override string ToString() => "a dog";

        private ref int LegsReference() => ref _legs;
    }

    private sealed class Puppy : Dog
    {
        public override string Speak() => $"puppy {Own}";

        public Func<string> Middle() => base.Speak;
    }

    private class Box<T>
    {
        public T? Value { get; set; }

        public virtual string Show() => $"box of {typeof(T).Name} {Value}";

        public static string Type<TOther>() => typeof(T).Name + typeof(TOther).Name;
    }

    private sealed class Crate<T> : Box<T>
    {
        public override string Show() => "crate";

        public Func<string> BaseShow() => base.Show;
    }

    private struct Point
    {
        public int X;

        public readonly int Next(int more) => X + more;

        public override readonly string ToString() => $"point {X}";

        public readonly Func<string> BaseToString() => base.ToString!;
    }

    private static string KindOf<T>()
        where T : INamed
    {
        Func<string> kind = T.Kind;
        return Message.RoundTrip(kind)();
    }

    private static Func<int, int> LocalFunctions(int captured)
    {
        int Closed(int value) => value + captured;
        static int Static(int value) => value * 2;
        return value => Message.RoundTrip<Func<int, int>>(Closed)(Message.RoundTrip<Func<int, int>>(Static)(value));
    }

    public static TheoryData<string, Func<object?>> Delegates()
    {
        var dog = new Dog { Own = "bello" };
        var puppy = new Puppy { Own = "pip" };
        Animal animal = dog;
        INamed named = dog;
        var point = new Point { X = 3 };
        string? nothing = null;
        var captured = 5;
        Func<string> first = dog.Speak;
        Func<string> open = static () => "open";
        return new()
        {
            // Of the class itself, of its base, of an interface.
            { "virtual", Of<Func<string>>(animal.Speak, static body => body()) },
            { "base", Of(dog.BaseSpeak(), static body => body()) },
            { "base of a class between", Of(puppy.Middle(), static body => body()) },
            { "base of a derived object", Of(puppy.BaseSpeak(), static body => body()) },
            { "base and generic", Of(dog.BaseGeneric(), static body => body(7)) },
            { "base of object", Of(dog.BaseToString(), static body => body()) },
            { "base in a lambda", Of(dog.BaseSpeakInLambda(), static body => body()) },
            { "base of a generic class", Of(new Crate<string> { Value = "v" }.BaseShow(), static body => body()) },
            { "base of a generic class of a value type", Of(new Crate<int> { Value = 8 }.BaseShow(), static body => body()) },
            { "base of a struct", Of(point.BaseToString(), static body => body()) },
            { "accessor that is overridden", Of(dog.BaseSound(), static body => body()) },
            { "explicit interface implementation", Of<Func<string>>(named.Name, static body => body()) },
            { "default interface method", Of<Func<string>>(named.Twice, static body => body()) },
            { "static abstract interface method", () => KindOf<Animal>() },

            // Open and closed.
            { "open instance", Of((Func<Dog, string>)Delegate.CreateDelegate(typeof(Func<Dog, string>), typeof(Dog).GetMethod(nameof(Dog.Speak))!), body => body(dog)) },
            { "open virtual", Of((Func<Animal, string>)Delegate.CreateDelegate(typeof(Func<Animal, string>), typeof(Animal).GetMethod(nameof(Animal.Speak))!), body => body(dog)) },
            { "open on a struct", Of((OpenOnStruct)Delegate.CreateDelegate(typeof(OpenOnStruct), typeof(OpenStructs).GetMethod(nameof(OpenStructs.Bump))!), body => body(ref point)) },
            { "closed static", Of((Func<string>)Delegate.CreateDelegate(typeof(Func<string>), "text", typeof(Extensions).GetMethod(nameof(Extensions.Shout))!), static body => body()) },
            { "extension method", Of<Func<string>>("text".Shout, static body => body()) },
            { "extension method of null", Of<Func<string>>(nothing!.Shout, static body => body()) },
            { "property getter", Of(typeof(Animal).GetProperty(nameof(Animal.Own))!.GetMethod!.CreateDelegate<Func<string>>(dog), static body => body()) },

            // Generic, struct, parameters by reference.
            { "generic method", Of<Func<int, string>>(Show, static body => body(5)) },
            { "generic method of a reference type", Of<Func<string, string>>(Show, static body => body("s")) },
            { "generic method of a generic class", Of<Func<string>>(Box<string>.Type<int>, static body => body()) },
            { "struct", Of<Func<int, int>>(point.Next, static body => body(4)) },
            { "override of a struct", Of<Func<string>>(point.ToString, static body => body()) },
            { "out parameter", Of<TryParse>(int.TryParse, static body => body("12", out var value) ? value : -1) },
            { "result by reference", Of(dog.Legs(), static body => body()) },
            { "framework method", Of<Func<double, double>>(Math.Abs, static body => body(-2)) },

            // Lambdas and local functions.
            { "static lambda", Of(open, static body => body()) },
            { "closure", Of(() => captured + 1, static body => body()) },
            { "local functions", () => LocalFunctions(captured)(10) },
            { "lambda of lambdas", Of<Func<Func<int>>>(() => () => captured, static body => body()()) },

            // Delegates of delegates.
            { "several", Of((Func<string>)Delegate.Combine(first, dog.BaseSpeak(), open)!, static body => string.Join(',', body.GetInvocationList().Select(static part => ((Func<string>)part)()))) },
            { "delegate of a delegate", Of(new Func<string>(first.Invoke), static body => body()) },
            { "variance", Of<Func<object>>(first, static body => body()) },
        };
    }

    [Theory]
    [MemberData(nameof(Delegates))]
    public void A_delegate_calls_the_same_method(string kind, Func<object?> check)
    {
        kind.ShouldNotBeEmpty();
        _ = check();
    }

    [Fact]
    public void A_delegate_over_native_code_is_refused()
    {
        var library = NativeLibrary.Load(OperatingSystem.IsWindows() ? "kernel32.dll" : "libc");
        var address = NativeLibrary.GetExport(library, OperatingSystem.IsWindows() ? "GetCurrentProcessId" : "getpid");
        var native = Marshal.GetDelegateForFunctionPointer<GetProcessId>(address);
        native().ShouldBe(Environment.ProcessId);
        Message.Refused(native).Suggestion.ShouldContain("in the child");
    }

    /// <summary>Calls the original and the copy and compares what they say.</summary>
    private static Func<object?> Of<TDelegate>(TDelegate original, Func<TDelegate, object?> call)
        where TDelegate : Delegate => () =>
        {
            var copy = Message.RoundTrip(original);
            copy.GetType().ShouldBe(original.GetType());
            var result = call(copy);
            result.ShouldBe(call(original));
            copy.Method.ShouldBe(original.Method);
            return result;
        };

    private static string Show<T>(T value) => $"{typeof(T).Name} {value}";

    private static class OpenStructs
    {
        public static int Bump(ref Point point) => point.X + 1;
    }
}

internal static class Extensions
{
    public static string Shout(this string? text) => text is null ? "null!" : text + "!";
}
