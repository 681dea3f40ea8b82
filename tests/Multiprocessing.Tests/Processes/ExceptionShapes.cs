using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Serialization;

namespace Multiprocessing.Tests;

/// <summary>Exceptions of every shape that makes trouble: each is made in the process that throws it.</summary>
internal static class ExceptionShapes
{
    public const string ForeignName = "Foreign.ForeignException";
    public const int HugeLength = 100_000_000;

    private static readonly Dictionary<string, Func<string, Exception>> Makers = new()
    {
        ["loaded from a file"] = static file => Foreign(Assembly.LoadFrom(file)),
        ["loaded from bytes"] = static file => Foreign(Assembly.Load(File.ReadAllBytes(file))),
        ["emitted"] = static _ => Emitted(),
        ["inner of it is foreign"] = static file => new InvalidOperationException("around", Foreign(Assembly.LoadFrom(file))),
        ["aggregate with a foreign part"] = static file => new AggregateException("several", new TimeoutException("good part"), Foreign(Assembly.LoadFrom(file))),
        ["foreign around others"] = static file => new WrappingException("around", new TimeoutException("good inner"), Foreign(Assembly.LoadFrom(file))),
        ["foreign value in Data"] = static file => new InvalidOperationException("data") { Data = { ["foreign"] = Foreign(Assembly.LoadFrom(file)) } },
        ["OnDeserialized throws"] = static _ => new CallbackException("callback"),
        ["OnDeserialized throws what throws"] = static _ => new RudeCallbackException("rude callback"),
        ["IDeserializationCallback throws"] = static _ => new InterfaceCallbackException("interface callback"),
        ["hash key needs a field that does not cross"] = static _ => new KeyedException("keyed"),
        ["static constructor throws in the parent"] = static _ => new StaticException("static"),
        ["Message throws"] = static _ => new MessageThrows(),
        ["Message throws what throws"] = static _ => new MessageThrowsRude(),
        ["Message is null"] = static _ => new MessageIsNull(),
        ["Message throws in the parent"] = static _ => new MessageThrowsElsewhere(),
        ["ToString throws"] = static _ => new ToStringThrows("to string"),
        ["ToString throws in the parent"] = static _ => new ToStringThrowsElsewhere("to string elsewhere"),
        ["StackTrace throws"] = static _ => new StackTraceThrows("stack trace"),
        ["Data throws"] = static _ => new DataThrows("data"),
        ["Source throws"] = static _ => new SourceThrows("source"),
        ["HelpLink throws"] = static _ => new HelpLinkThrows("help link"),
        ["Equals and GetHashCode throw"] = static _ => new HashThrows("hash"),
        ["GetBaseException throws"] = static _ => new BaseThrows("base"),
        ["everything throws"] = static _ => new EverythingThrows(),
        ["inner of it throws"] = static _ => new InvalidOperationException("outer", new MessageThrows()),
        ["aggregate of one that throws"] = static _ => new AggregateException("several", new TimeoutException("good part"), new MessageThrows()),
        ["private constructor"] = static _ => PrivateConstructor.Make("private"),
        ["generic"] = static _ => new Generic<Dictionary<string, int[]>>("generic"),
        ["nested in a generic"] = static _ => new Holder<int>.Nested<string>("nested"),
        ["ISerializable"] = static _ => new SerializableException("serializable", 7),
        ["itself in Data"] = static _ => SelfInData(),
        ["contains itself"] = static _ => Cyclic(),
        ["contains itself in an aggregate"] = static _ => CyclicAggregate(),
        ["deep"] = static _ => Deep(5000),
        ["wide"] = static _ => new AggregateException("wide", Enumerable.Range(0, 2000).Select(static i => new TimeoutException($"part {i}"))),
        ["wide, with a thread"] = static _ => new AggregateException("wide", Enumerable.Range(0, 2000).Select(static i => i == 0 ? (Exception)new ThreadException("holds") : new TimeoutException($"part {i}"))),
        ["huge"] = static _ => new InvalidOperationException(new string('x', HugeLength)),
        ["huge, with a thread"] = static _ => new ThreadException(new string('x', HugeLength)),
        ["holds a thread"] = static _ => new ThreadException("holds"),
        ["finalizer fails on half an object"] = static _ => new FinalizedException("finalized"),
        ["setter of Source throws"] = static _ => new SetterThrows("setter"),
        ["hides InnerException"] = static _ => new HidesInner("hides"),
        ["half a character"] = static _ => new ThreadException("half \ud83d of one"),
        ["compiler's own"] = static _ => new Holder<(int A, string B)>.Nested<Action<int>>("tuple"),
    };

    public static IEnumerable<string> Names => Makers.Keys;

    /// <summary>Says whether this process may use what works in the throwing process only.</summary>
    public static bool IsThrower { get; private set; }

    public static int Throw(string shape, string file)
    {
        IsThrower = true;
        throw Makers[shape](file);
    }

    /// <summary>An assembly with an exception that the program does not refer to.</summary>
    public static void WriteForeign(string file)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("Foreign"), typeof(object).Assembly);
        Define(assembly.DefineDynamicModule("Foreign"));
        assembly.Save(file);
    }

    private static Exception Foreign(Assembly assembly) => (Exception)Activator.CreateInstance(assembly.GetType(ForeignName)!, "foreign words")!;

    private static Exception Emitted()
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Emitted"), AssemblyBuilderAccess.Run);
        return (Exception)Activator.CreateInstance(Define(assembly.DefineDynamicModule("Emitted")), "foreign words")!;
    }

    private static Type Define(ModuleBuilder module)
    {
        var type = module.DefineType(ForeignName, TypeAttributes.Public, typeof(Exception));
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(string)]);
        var body = constructor.GetILGenerator();
        body.Emit(OpCodes.Ldarg_0);
        body.Emit(OpCodes.Ldarg_1);
        body.Emit(OpCodes.Call, typeof(Exception).GetConstructor([typeof(string)])!);
        body.Emit(OpCodes.Ret);
        return type.CreateType();
    }

    private static Exception SelfInData()
    {
        var exception = new InvalidOperationException("self");
        exception.Data["self"] = exception;
        return exception;
    }

    private static Exception Cyclic()
    {
        var inner = new InvalidOperationException("inner of the cycle");
        var outer = new TimeoutException("outer of the cycle", inner);
        SetInner(inner, outer);
        return outer;
    }

    private static Exception CyclicAggregate()
    {
        var inner = new InvalidOperationException("inner of the cycle");
        var outer = new AggregateException("outer of the cycle", inner, new TimeoutException("beside it"));
        SetInner(inner, outer);
        return outer;
    }

    private static void SetInner(Exception exception, Exception inner) =>
        typeof(Exception).GetField("_innerException", BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(exception, inner);

    private static Exception Deep(int depth)
    {
        var exception = new InvalidOperationException("innermost");
        for (var i = 0; i < depth; i++)
        {
            exception = new InvalidOperationException("deep", exception);
        }

        return exception;
    }

    private sealed class WrappingException(string message, params Exception[] inner) : AggregateException(message, inner);

    private class CallbackException(string message) : Exception(message)
    {
        [OnDeserialized]
        private void Check(StreamingContext context) => throw Error();

        protected virtual Exception Error() => new InvalidDataException("the callback's own");
    }

    private sealed class RudeCallbackException(string message) : CallbackException(message)
    {
        protected override Exception Error() => new MessageThrows();
    }

    private sealed class InterfaceCallbackException(string message) : Exception(message), IDeserializationCallback
    {
        public void OnDeserialization(object? sender) => throw new InvalidDataException("the callback's own");
    }

    private sealed class KeyedException(string message) : Exception(message)
    {
        public Dictionary<Key, int> Keys { get; } = new() { [new Key()] = 1 };

        public sealed class Key
        {
            [NonSerialized]
            private readonly object? _needed = new();

            public override int GetHashCode() => _needed!.GetHashCode();

            public override bool Equals(object? obj) => obj is Key key && key._needed!.Equals(_needed);
        }
    }

    private sealed class StaticException(string message) : Exception(message)
    {
        private static readonly string Own = IsThrower ? "own" : throw new InvalidOperationException("only in the thrower");

        public override string Message => base.Message + Own.Length;
    }

    private sealed class MessageThrows : Exception
    {
        public override string Message => throw new InvalidOperationException("the message's own");
    }

    private sealed class MessageThrowsRude : Exception
    {
        public override string Message => throw new MessageThrows();
    }

    private sealed class MessageIsNull : Exception
    {
        public override string Message => null!;
    }

    private sealed class MessageThrowsElsewhere : Exception
    {
        public override string Message => IsThrower ? "only here" : throw new InvalidOperationException("not there");
    }

    private sealed class ToStringThrows(string message) : Exception(message)
    {
        public override string ToString() => throw new InvalidOperationException("the text's own");
    }

    private sealed class ToStringThrowsElsewhere(string message) : Exception(message)
    {
        public override string ToString() => IsThrower ? base.ToString() : throw new InvalidOperationException("not there");
    }

    private sealed class StackTraceThrows(string message) : Exception(message)
    {
        public override string? StackTrace => throw new InvalidOperationException("the trace's own");
    }

    private sealed class DataThrows(string message) : Exception(message)
    {
        public override System.Collections.IDictionary Data => throw new InvalidOperationException("the data's own");
    }

    private sealed class SourceThrows(string message) : Exception(message)
    {
        public override string? Source => throw new InvalidOperationException("the source's own");
    }

    private sealed class SetterThrows(string message) : Exception(message)
    {
        public override string? Source
        {
            get => "source";
            set => throw new InvalidOperationException("the setter's own");
        }
    }

    private sealed class HelpLinkThrows(string message) : Exception(message)
    {
        public override string? HelpLink => throw new InvalidOperationException("the link's own");
    }

    private sealed class HashThrows(string message) : Exception(message)
    {
        public override int GetHashCode() => throw new InvalidOperationException("the hash's own");

        public override bool Equals(object? obj) => throw new InvalidOperationException("the comparison's own");
    }

    private sealed class BaseThrows(string message) : Exception(message)
    {
        public override Exception GetBaseException() => throw new InvalidOperationException("the base's own");
    }

    private sealed class EverythingThrows : Exception
    {
        public override string Message => throw this;

        public override string? StackTrace => throw new EverythingThrows();

        public override string? Source => throw new EverythingThrows();

        public override string? HelpLink => throw new EverythingThrows();

        public override System.Collections.IDictionary Data => throw new EverythingThrows();

        public override string ToString() => throw new EverythingThrows();

        public override int GetHashCode() => throw new EverythingThrows();

        public override bool Equals(object? obj) => throw new EverythingThrows();

        public override Exception GetBaseException() => throw new EverythingThrows();
    }

    private sealed class PrivateConstructor : Exception
    {
        private PrivateConstructor(string message)
            : base(message)
        {
        }

        public static PrivateConstructor Make(string message) => new(message);
    }

    private sealed class Generic<T>(string message) : Exception(message)
    {
        public Type Argument => typeof(T);
    }

    private static class Holder<TOuter>
    {
        public sealed class Nested<T>(string message) : Exception(message)
        {
            public (Type, Type) Arguments => (typeof(TOuter), typeof(T));
        }
    }

    [Serializable]
    private sealed class SerializableException : Exception, ISerializable
    {
        public SerializableException(string message, int code)
            : base(message) => Code = code;

        public int Code { get; }
    }

    private sealed class ThreadException(string message) : Exception(message)
    {
        public Thread Thread { get; } = Thread.CurrentThread;
    }

    private sealed class FinalizedException(string message) : Exception(message)
    {
        private readonly KeyedException.Key _key = new();
        private readonly Dictionary<KeyedException.Key, string> _keys = new() { [new KeyedException.Key()] = "needed" };

        ~FinalizedException()
        {
            if (_key is null || _keys.Values.Single().Length == 0)
            {
                throw new InvalidOperationException("finalized without its fields");
            }
        }
    }

    private sealed class HidesInner(string message) : Exception(message, new TimeoutException("hidden"))
    {
        public new Exception InnerException => throw new InvalidOperationException("the inner one's own");
    }
}
