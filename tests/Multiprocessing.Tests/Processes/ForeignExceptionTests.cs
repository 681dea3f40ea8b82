using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>An exception of another process never ends this one, whatever its shape; type, message and trace arrive in any case.</summary>
public partial class ForeignExceptionTests : ProcessTest
{
    /// <summary>What arrives as what it is; all others arrive as text.</summary>
    private static readonly Dictionary<string, string> Originals = new()
    {
        ["Message is null"] = "MessageIsNull",
        ["Data throws"] = "DataThrows",
        ["Source throws"] = "SourceThrows",
        ["setter of Source throws"] = "SetterThrows",
        ["HelpLink throws"] = "HelpLinkThrows",
        ["Equals and GetHashCode throw"] = "HashThrows",
        ["GetBaseException throws"] = "BaseThrows",
        ["private constructor"] = "PrivateConstructor",
        ["generic"] = "Generic`1",
        ["nested in a generic"] = "Nested`1",
        ["compiler's own"] = "Nested`1",
        ["ISerializable"] = "SerializableException",
        ["itself in Data"] = "InvalidOperationException",
        ["wide"] = "AggregateException",
        ["huge"] = "InvalidOperationException",
        ["hides InnerException"] = "HidesInner",
        ["aggregate with a foreign part"] = "AggregateException",
        ["aggregate of one that throws"] = "AggregateException",
        ["contains itself in an aggregate"] = "AggregateException",
        ["wide, with a thread"] = "AggregateException",
    };

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public Task Every_shape_arrives_from_a_child() => Watchdog.Run(
        () => WithForeign(file =>
        {
            foreach (var shape in ExceptionShapes.Names)
            {
                using var child = ChildProcess.Run(() => ExceptionShapes.Throw(shape, file), Ends.Quiet);
                var error = child.TakeFailure().ShouldNotBeNull();
                Check(shape, error);
                child.ExitStatus!.Reason.ShouldBe(ExitReason.UnhandledException, shape);
                Check(shape, child.ExitStatus.Error.ShouldNotBeNull());
                child.ExitStatus.ToString().ShouldNotBeEmpty();
            }

            ExceptionShapes.Names.Count().ShouldBeGreaterThan(40);
        }),
        Patience);

    [Fact]
    public Task Every_shape_arrives_from_a_body_without_a_result_and_may_stay_unobserved() => Watchdog.Run(
        () => WithForeign(file =>
        {
            foreach (var shape in new[] { "loaded from a file", "loaded from bytes", "OnDeserialized throws", "contains itself", "everything throws", "finalizer fails on half an object" })
            {
                using var child = ChildProcess.Run(() => { ExceptionShapes.Throw(shape, file); }, Ends.Quiet);
                child.Join();
                Collect();
            }
        }),
        Patience);

    [Fact]
    public Task Every_shape_arrives_from_a_pool() => Watchdog.Run(
        async () =>
        {
            using var directory = new TemporaryDirectory();
            var file = directory.File("Foreign.dll");
            ExceptionShapes.WriteForeign(file);
            await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
            foreach (var shape in ExceptionShapes.Names)
            {
                Check(shape, (await Should.ThrowAsync<Exception>(() => pool.RunAsync(() => ExceptionShapes.Throw(shape, file)))).ShouldNotBeNull());
            }

            string[] shapes = [.. ExceptionShapes.Names];
            var outcomes = await pool.MapOutcomesAsync(shapes, shape => ExceptionShapes.Throw(shape, file));
            foreach (var (shape, outcome) in shapes.Zip(outcomes))
            {
                Check(shape, outcome.Error.ShouldNotBeNull());
                outcome.ToString().ShouldNotBeEmpty();
            }

            (await pool.RunAsync(() => Environment.ProcessId)).ShouldNotBe(0);
        },
        Patience);

    [Fact]
    public Task A_thread_of_a_worker_that_throws_such_an_exception_ends_the_worker_only() => Watchdog.Run(
        async () =>
        {
            using var directory = new TemporaryDirectory();
            var file = directory.File("Foreign.dll");
            ExceptionShapes.WriteForeign(file);
            await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1, Process = Ends.Quiet });
            foreach (var shape in new[] { "loaded from a file", "OnDeserialized throws", "hash key needs a field that does not cross", "Message throws" })
            {
                var died = await Should.ThrowAsync<WorkerDiedException>(() => pool.RunAsync(() => ThrowOnThread(shape, file)));
                died.ExitStatus.Error.ShouldBeOfType<RemoteException>().RebuildFailure.ShouldNotBeEmpty();
            }

            (await pool.RunAsync(() => 7)).ShouldBe(7);
        },
        Patience);

    [Fact]
    public Task All_inner_exceptions_arrive_and_are_what_they_were_where_they_can_be() => Watchdog.Run(() => WithForeign(file =>
    {
        var around = Failure("inner of it is foreign", file).ShouldBeOfType<RemoteException>();
        around.TypeName.ShouldBe(typeof(InvalidOperationException).FullName);
        around.InnerException.ShouldBeOfType<RemoteException>().TypeName.ShouldBe(ExceptionShapes.ForeignName);

        var aggregate = Failure("aggregate with a foreign part", file).ShouldBeOfType<AggregateException>();
        aggregate.InnerExceptions[0].ShouldBeOfType<TimeoutException>();
        aggregate.InnerExceptions[1].ShouldBeOfType<RemoteException>().RemoteMessage.ShouldBe("foreign words");

        var wrapping = Failure("foreign around others", file).ShouldBeOfType<RemoteException>();
        wrapping.InnerExceptions[0].ShouldBeOfType<TimeoutException>().Message.ShouldBe("good inner");
        wrapping.InnerExceptions[1].ShouldBeOfType<RemoteException>().TypeName.ShouldBe(ExceptionShapes.ForeignName);
        wrapping.ToString().ShouldContain("foreign words");
    }));

    [Fact]
    public Task The_reason_why_it_could_not_be_rebuilt_is_a_property_and_in_the_text() => Watchdog.Run(() => WithForeign(file =>
    {
        foreach (var (shape, reason) in new[]
        {
            ("loaded from a file", "Foreign"),
            ("OnDeserialized throws", "the callback's own"),
            ("Message throws", "Message"),
            ("ToString throws", "ToString"),
            ("contains itself", "contain themselves"),
            ("holds a thread", "Thread"),
            ("static constructor throws in the parent", "only in the thrower"),
        })
        {
            var error = Failure(shape, file).ShouldBeOfType<RemoteException>(shape);
            error.RebuildFailure.ShouldContain(reason);
            error.Message.ShouldContain(error.RebuildFailure);
            error.ToString().ShouldContain(error.RebuildFailure);
        }
    }));

    [Fact]
    public Task A_huge_message_crosses_whole_or_says_what_is_left_out() => Watchdog.Run(() => WithForeign(file =>
    {
        Failure("huge", file)!.Message.Length.ShouldBe(ExceptionShapes.HugeLength);
        var text = Failure("huge, with a thread", file).ShouldBeOfType<RemoteException>();
        text.RemoteMessage.Length.ShouldBeLessThan(100_000);
        text.RemoteMessage.ShouldContain($"of {ExceptionShapes.HugeLength} characters are left out");
    }));

    [Fact]
    public Task A_body_that_cannot_be_read_is_refused_with_a_reason_whatever_that_is() => Watchdog.Run(() =>
    {
        var unreadable = new Unreadable();
        using var child = ChildProcess.Run(() => GC.KeepAlive(unreadable), Ends.Quiet);
        var error = child.TakeFailure().ShouldBeOfType<ProcessStartException>();
        error.InnerException.ShouldNotBeNull();
        error.ToString().ShouldContain("could not rebuild");
    });

    [Fact]
    public Task A_result_that_cannot_be_read_ends_with_one_error() => Watchdog.Run(async () =>
    {
        using var child = ChildProcess.Run(() => new Unreadable());
        (await Should.ThrowAsync<Exception>(() => child.Result)).Message.ShouldContain(nameof(Unreadable));
        child.Join();
        child.ExitStatus!.IsSuccess.ShouldBeTrue();

        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        (await Should.ThrowAsync<Exception>(() => pool.RunAsync(() => new Unreadable()))).Message.ShouldContain(nameof(Unreadable));
        (await pool.MapOutcomesAsync([1], _ => new Unreadable()))[0].Error.ShouldNotBeNull().Message.ShouldContain(nameof(Unreadable));
        (await pool.RunAsync(() => 7)).ShouldBe(7);
    });

    [Fact]
    public Task Reports_that_cannot_be_read_end_nothing() => Watchdog.Run(async () =>
    {
        var heard = 0;
        var progress = new Progress<object>(_ => Interlocked.Increment(ref heard));
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        await pool.RunAsync(() =>
        {
            var report = (IProgress<object>)progress;
            report.Report(new Unreadable());
            report.Report("readable");
        });
        Eventually.Is(() => Volatile.Read(ref heard) == 1, "the report that can be read has come");
    });

    [Fact]
    public Task What_is_larger_than_a_message_ends_with_one_exception() => Watchdog.Run(() =>
    {
        if (Environment.Is64BitProcess)
        {
            var words = new List<string>();
            var options = new ChildProcessOptions { StandardError = ProcessOutput.ToLines(line => words.Add(line)) };
            using (var child = ChildProcess.Run(ThreeGibibytes, options))
            {
                child.TakeFailure().ShouldBeOfType<NotSupportedException>().Message.ShouldContain("do not fit into one control message");
                child.ExitStatus!.Reason.ShouldBe(ExitReason.UnhandledException);
                child.ExitStatus.Code.ShouldBe(1, "the child ended in good order");
                words.ShouldBeEmpty();
            }

            var large = ThreeGibibytes();
            Should.Throw<NotSupportedException>(() => ChildProcess.Run(() => large.Length)).Message.ShouldContain("do not fit");
            ChildProcess.Run(() => ThrowLarge(), Ends.Quiet).TakeFailure().ShouldBeOfType<RemoteException>().RebuildFailure.ShouldContain("fit into one message");
        }
    });

    [PosixFact("Descriptors are numbers that anybody can write to.")]
    public Task A_child_that_writes_over_its_control_channel_is_killed_and_the_others_go_on() => Watchdog.Run(() =>
    {
        using var other = ChildProcess.Run(
            () =>
            {
                Thread.Sleep(1500);
                return 7;
            });
        for (var seed = 0; seed < 6; seed++)
        {
            var round = seed;
            using var child = ChildProcess.Run(() => WriteEverywhere(round), Ends.Quiet);
            var died = child.TakeFailure().ShouldBeAssignableTo<Exception>().ShouldNotBeNull();
            (died.InnerException ?? died).Message.ShouldContain("could not be handled");
        }

        other.Result.GetAwaiter().GetResult().ShouldBe(7);
    });

    private static unsafe int WriteEverywhere(int seed)
    {
        var random = new Random(seed);
        for (var descriptor = 3; descriptor < 1024; descriptor++)
        {
            var bytes = new byte[64];
            random.NextBytes(bytes);
            fixed (byte* start = bytes)
            {
                _ = Send(descriptor, start, bytes.Length, 0); // fails for what is no socket
            }
        }

        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    [LibraryImport("libc", EntryPoint = "send")]
    private static unsafe partial nint Send(int socket, byte* data, nint length, int flags);

    // Untouched pages: the memory is reserved and not used.
    private static byte[][] ThreeGibibytes() => [new byte[1 << 30], new byte[1 << 30], new byte[1 << 30]];

    private static int ThrowLarge() => throw new LargeException(ThreeGibibytes());

    private static Exception? Failure(string shape, string file) => ChildProcess.Run(() => ExceptionShapes.Throw(shape, file), Ends.Quiet).TakeFailure();

    private static void ThrowOnThread(string shape, string file)
    {
        new Thread(() => ExceptionShapes.Throw(shape, file)).Start();
        Thread.Sleep(Timeout.Infinite);
    }

    private static void WithForeign(Action<string> test)
    {
        using var directory = new TemporaryDirectory();
        var file = directory.File("Foreign.dll");
        ExceptionShapes.WriteForeign(file);
        test(file);
        Collect();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static void Check(string shape, Exception error)
    {
        if (Originals.TryGetValue(shape, out var type))
        {
            error.GetType().Name.ShouldBe(type, shape);
            error.StackTrace.ShouldNotBeNull().ShouldContain(nameof(ExceptionShapes));
            return;
        }

        var remote = error.ShouldBeOfType<RemoteException>($"{shape}: {Text(error)}");
        remote.TypeName.ShouldNotBeEmpty(shape);
        remote.RemoteStackTrace.ShouldNotBeNull(shape).ShouldContain(shape is "StackTrace throws" or "everything throws" ? "could not be read" : nameof(ExceptionShapes), Case.Sensitive, shape);
        remote.RebuildFailure.ShouldNotBeEmpty(shape);
        remote.ToString().ShouldContain(remote.TypeName, Case.Sensitive, shape);
        remote.ProcessId.ShouldNotBe(Environment.ProcessId);
    }

    private static string Text(Exception error)
    {
        try
        {
            return error.ToString();
        }
        catch (Exception)
        {
            return error.GetType().ToString();
        }
    }

    private sealed class LargeException(byte[][] content) : Exception("large")
    {
        public byte[][] Content { get; } = content;
    }

    private sealed class Unreadable
    {
        [System.Runtime.Serialization.OnDeserialized]
        private void Check(System.Runtime.Serialization.StreamingContext context) => throw new InvalidDataException("never readable");
    }
}
