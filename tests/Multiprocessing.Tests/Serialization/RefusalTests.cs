using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Net.Sockets;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class RefusalTests
{
    private sealed class Database : IDisposable
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

        public void Query() => _socket.Poll(0, SelectMode.SelectRead);

        public void Dispose() => _socket.Dispose();
    }

    private sealed class Box
    {
        public object? Content { get; set; }
    }

    private sealed class NativeOwner
    {
        private nint _pointer;

        public NativeOwner(nint pointer) => _pointer = pointer;

        ~NativeOwner() => _pointer = 0;
    }

    private unsafe struct Pointing
    {
        public int* At;

        public static Pointing To(nint address) => new() { At = (int*)address };
    }

    [Fact]
    public void The_path_leads_from_a_captured_variable_to_the_culprit()
    {
        using var db = new Database();
        Action body = () => db.Query();
        var error = Message.Refused(body, "body");
        error.Path.ShouldBe("captured variable 'db' -> field '_socket'");
        error.Culprit.ShouldBe(typeof(Socket));
        error.Message.ShouldStartWith("captured variable 'db' -> field '_socket' (System.Net.Sockets.Socket) cannot cross to another process. Open it in the child");
    }

    [Fact]
    public void The_path_shows_elements_keys_properties_and_this()
    {
        using var culprit = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Message.Refused(new object[] { 1, 2, 3, culprit }).Path.ShouldBe("item -> element [3]");
        Message.Refused(new List<object> { culprit }, "argument 2").Path.ShouldBe("argument 2 -> element [0]");
        Message.Refused(new Dictionary<string, object> { ["abc"] = culprit }).Path.ShouldBe("item -> value of key \"abc\"");
        Message.Refused(new Dictionary<object, int> { [culprit] = 1 }).Path.ShouldBe("item -> key (System.Net.Sockets.Socket)");
        Message.Refused(new Box { Content = new Box { Content = culprit } }).Path.ShouldBe("item -> property 'Content' -> property 'Content'");
        Message.Refused((1, (2, (object)culprit))).Path.ShouldBe("item -> field 'Item2' -> field 'Item2'");
        Message.Refused(new object[,] { { 1, culprit } }).Path.ShouldBe("item -> element [0, 1]");
        Message.Refused<Func<bool>>(new Holder(culprit).Read, "body").Path.ShouldBe("target (Multiprocessing.Tests.Serialization.RefusalTests.Holder) -> field '_socket'");
        Message.Refused(new Holder(culprit).Lambda(), "body").Path.ShouldBe("captured 'this' (Multiprocessing.Tests.Serialization.RefusalTests.Holder) -> field '_socket'");
    }

    [Fact]
    public void A_refusal_as_the_body_itself_has_a_path_too() =>
        Message.Refused(new Thread(static () => { }), "body").Path.ShouldBe("body");

    [Theory]
    [MemberData(nameof(ProcessBound))]
    public void What_is_bound_to_a_process_is_refused_with_the_way_out(object culprit, string wayOut)
    {
        var error = Message.Refused(new Box { Content = culprit });
        error.Path.ShouldBe("item -> property 'Content'");
        error.Suggestion.ShouldContain(wayOut);
        (culprit as IDisposable)?.Dispose();
    }

    public static TheoryData<object, string> ProcessBound() => new()
    {
        { new ConcurrentQueue<int>(), "ProcessQueue<T>" },
        { new ConcurrentStack<int>(), "ProcessQueue<T>" },
        { new ConcurrentBag<int>(), "ProcessQueue<T>" },
        { new BlockingCollection<int>(), "ProcessQueue<T>" },
        { Channel.CreateUnbounded<int>(), "ProcessQueue<T>" },
        { Channel.CreateBounded<int>(1).Reader, "ProcessQueue<T>" },
        { Channel.CreateUnbounded<int>().Writer, "ProcessQueue<T>" },
        { new Thread(static () => { }), "start it in the child" },
        { Task.FromResult(1), "await it" },
        { new TaskCompletionSource(), "ProcessEvent" },
        { new CancellationTokenSource(), "CurrentProcess.Stopping" },
        { new CancellationTokenSource().Token, "CurrentProcess.Stopping" },
        { NewLock(), "ProcessLock" },
        { new Mutex(), "ProcessLock" },
        { new SemaphoreSlim(1), "ProcessSemaphore" },
        { new Semaphore(1, 1), "ProcessSemaphore" },
        { new ManualResetEventSlim(), "ProcessEvent" },
        { new AutoResetEvent(false), "ProcessEvent" },
        { new ReaderWriterLockSlim(), "ProcessReaderWriterLock" },
        { new Barrier(1), "ProcessBarrier" },
        { new CountdownEvent(1), "ProcessBarrier" },
        { new Timer(static _ => { }), "in the child" },
        { new ThreadLocal<int>(), "pass the value" },
        { new AsyncLocal<int>(), "pass its value" },
        { new Socket(SocketType.Stream, ProtocolType.Tcp), "pass the address" },
        { new HttpClient(), "in the child" },
        { File.OpenRead(typeof(RefusalTests).Assembly.Location), "by its path" },
        { File.OpenRead(typeof(RefusalTests).Assembly.Location).SafeFileHandle, "open it in the child" },
        { System.Diagnostics.Process.GetCurrentProcess(), "Id" },
        { new WeakReference(new object()), "pass the object itself" },
        { new NativeOwner(5), "finalizer" },
        { Steps(), "ToList" },
        { AsyncSteps(), "cannot continue" },
        { new[] { 1 }.ToLookup(static i => i), "Dictionary" },
        { new System.Runtime.CompilerServices.ConditionalWeakTable<string, string>(), "Dictionary" },
    };

    [Fact]
    public async Task A_value_task_crosses_only_when_it_is_just_a_value()
    {
        Message.Refused(ValueTaskOf()).Suggestion.ShouldContain("await it");
        (await Message.RoundTrip(new ValueTask<int>(5))).ShouldBe(5);
    }

    [Fact]
    public void Pointers_and_pinned_handles_are_refused_unless_empty()
    {
        Message.Refused(Pointing.To(1)).Path.ShouldBe("item -> field 'At'");
        Message.RoundTrip(default(Pointing)).ShouldBe(default);
        var handle = GCHandle.Alloc(new object());
        Message.Refused(new Box { Content = handle }).Path.ShouldBe("item -> property 'Content'");
        handle.Free();
        Message.RoundTrip(default(GCHandle)).IsAllocated.ShouldBeFalse();
    }

    [Fact]
    public void Code_made_at_run_time_is_refused()
    {
        Expression<Func<int>> tree = () => 5;
        Message.Refused(tree.Compile(), "body").Suggestion.ShouldContain("made at run time");
        var method = new DynamicMethod("M", typeof(int), null);
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldc_I4_1);
        code.Emit(OpCodes.Ret);
        Message.Refused(method.CreateDelegate<Func<int>>(), "body").Suggestion.ShouldContain("made at run time");

        var type = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Made"), AssemblyBuilderAccess.Run).DefineDynamicModule("m").DefineType("T", TypeAttributes.Public).CreateType();
        Message.Refused(new Box { Content = Activator.CreateInstance(type) }).Suggestion.ShouldContain("'Made'");
        Message.Refused(type).Suggestion.ShouldContain("'Made'");
        Message.Refused(new Box { Content = Activator.CreateInstance(typeof(List<>).MakeGenericType(type)) }).Path.ShouldBe("item -> property 'Content'");
    }

    [Fact]
    public void Nothing_is_left_of_a_value_that_is_refused()
    {
        using var buffer = MessageBuffer.Rent();
        ValueSerializer.Serialize(buffer, "before", "item");
        var length = buffer.Length;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Should.Throw<NotSerializableException>(() => ValueSerializer.Serialize(buffer, new object[] { new byte[200_000], socket }, "item"));
        buffer.Length.ShouldBe(length);
        ValueSerializer.Serialize(buffer, new string('x', 50_000), "item");
        Should.Throw<NotSerializableException>(() => ValueSerializer.Serialize(buffer, new object[] { new string('y', 200_000), socket }, "item"));
        ValueSerializer.Serialize(buffer, 5, "item");
        var bytes = Message.Bytes(buffer);
        ReadBack(bytes).ShouldBe(("before", 50_000, 5));
    }

    private static unsafe (string First, int Length, int Last) ReadBack(byte[] bytes)
    {
        fixed (byte* start = bytes)
        {
            var at = start;
            var end = start + bytes.Length;
            var first = ValueSerializer.Deserialize<string>(ref at, end);
            var second = ValueSerializer.Deserialize<string>(ref at, end);
            return (first, second.Length, ValueSerializer.Deserialize<int>(ref at, end));
        }
    }

    private static object NewLock() => Activator.CreateInstance(typeof(Lock))!;

    private static object ValueTaskOf() => new ValueTask<int>(Task.Delay(0).ContinueWith(static _ => 1, TaskScheduler.Default));

    private static IEnumerable<int> Steps()
    {
        yield return 1;
    }

    private static async IAsyncEnumerable<int> AsyncSteps()
    {
        await Task.Yield();
        yield return 1;
    }

    private sealed class Holder(Socket socket)
    {
        private readonly Socket _socket = socket;

        public bool Read() => _socket.Connected;

        public Func<bool> Lambda() => () => _socket.Connected;
    }
}
