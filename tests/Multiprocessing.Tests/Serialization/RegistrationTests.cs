using System.Buffers;
using System.Runtime.Serialization;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

/// <summary>Serializers that are registered while the program runs, in this process, with children that have registered nothing.</summary>
public class RegistrationTests : ProcessTest
{
    public sealed class Json<T> : IProcessSerializer<T>
    {
        public void Write(T value, IBufferWriter<byte> output)
        {
            using var writer = new Utf8JsonWriter(output);
            JsonSerializer.Serialize(writer, value);
        }

        public T Read(ReadOnlySpan<byte> data) => JsonSerializer.Deserialize<T>(data)!;
    }

    /// <summary>Cannot cross by its fields: only the serializer brings it over.</summary>
    public class Bound
    {
        private readonly Thread _thread = Thread.CurrentThread;

        public int Number { get; set; }

        public bool HasThread => _thread is not null;
    }

    public sealed class ForChild : Bound;

    public sealed class ForResult : Bound;

    public sealed class ForPool : Bound;

    public sealed class ForQueue : Bound;

    public sealed class ForGrandchild : Bound;

    public sealed class Foreign
    {
        public int Number { get; set; }
    }

    public sealed class Plain
    {
        public int Number { get; set; }
    }

    public record struct Point(int X, int Y)
    {
        public sealed class Serializer : IProcessSerializer<Point>
        {
            public void Write(Point value, IBufferWriter<byte> output) => output.Write<byte>([(byte)value.X, (byte)value.Y, 7]);

            public Point Read(ReadOnlySpan<byte> data) => data.Length == 3 ? new Point(data[0] + 100, data[1] + 100) : throw new FormatException();
        }
    }

    public record struct QueuePoint(int X, int Y)
    {
        public sealed class Serializer : IProcessSerializer<QueuePoint>
        {
            public void Write(QueuePoint value, IBufferWriter<byte> output) => output.Write<byte>([(byte)value.X, (byte)value.Y, 7]);

            public QueuePoint Read(ReadOnlySpan<byte> data) => new(data[0] + 100, data[1] + 100);
        }
    }

    public struct Late
    {
        public int Number;

        public sealed class Serializer : IProcessSerializer<Late>
        {
            public void Write(Late value, IBufferWriter<byte> output) => output.Write<byte>([1]);

            public Late Read(ReadOnlySpan<byte> data) => default;
        }
    }

    public sealed class HoldsPoint
    {
        public byte Before = 1;
        public Point Point;
        public string Text = "t";
    }

    [Fact]
    public Task A_registered_type_crosses_by_its_serializer() => InFreshProcess(() =>
    {
        ProcessSerialization.Register<Foreign, Json<Foreign>>();
        ProcessSerialization.Register<Foreign, Json<Foreign>>();
        Message.RoundTrip(new Foreign { Number = 4 }).Number.ShouldBe(4);
        System.Text.Encoding.UTF8.GetString(Message.Write(new Foreign { Number = 4 })).ShouldContain("{\"Number\":4}");
        return Task.CompletedTask;
    });

    [Fact]
    public Task A_registration_reaches_children_their_results_and_their_children() => InFreshProcess(async () =>
    {
        ProcessSerialization.Register<ForChild, Json<ForChild>>();
        ProcessSerialization.Register<ForResult, Json<ForResult>>();
        ProcessSerialization.Register<ForGrandchild, Json<ForGrandchild>>();
        var captured = new ForChild { Number = 4 };
        using var first = ChildProcess.Run(() => captured.HasThread ? captured.Number : -1);
        (await first.Result).ShouldBe(4);
        using var second = ChildProcess.Run(() => new ForResult { Number = 5 });
        (await second.Result).Number.ShouldBe(5);
        using var third = ChildProcess.Run(() =>
        {
            using var inner = ChildProcess.Run(() => new ForGrandchild { Number = 6 });
            return inner.Result.GetAwaiter().GetResult();
        });
        (await third.Result).Number.ShouldBe(6);
    });

    [Fact]
    public Task A_registration_reaches_workers_that_started_before_it() => InFreshProcess(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        await pool.RunAsync(() => { });
        ProcessSerialization.Register<ForPool, Json<ForPool>>();
        ProcessSerialization.Register<Point, Point.Serializer>();
        (await pool.RunAsync((ForPool value) => new ForPool { Number = value.Number + 1 }, new ForPool { Number = 1 })).Number.ShouldBe(2);
        (await pool.MapAsync([new Point(1, 2), new Point(3, 4)], point => point)).ShouldBe([new Point(201, 202), new Point(203, 204)]);
        var held = await pool.RunAsync((HoldsPoint value) => value, new HoldsPoint { Point = new Point(1, 2) });
        held.Point.ShouldBe(new Point(201, 202));
        held.Text.ShouldBe("t");
        (await pool.RunAsync(() => new object[] { new Point(1, 1) })).ShouldBe([new Point(101, 101)]);
    });

    [Fact]
    public Task A_registration_reaches_readers_of_queues_that_know_nothing_of_it() => InFreshProcess(() =>
    {
        using var objects = new ProcessQueue<object>();
        using var back = new ProcessQueue<object>();
        using var child = ChildProcess.Run(() =>
        {
            back.Put("ready");
            for (var i = 0; i < 2; i++)
            {
                back.Put(objects.Get());
            }
        });
        back.Get().ShouldBe("ready");
        ProcessSerialization.Register<ForQueue, Json<ForQueue>>();
        ProcessSerialization.Register<QueuePoint, QueuePoint.Serializer>();
        objects.Put(new ForQueue { Number = 8 });
        objects.Put(new QueuePoint(1, 2));
        back.Get().ShouldBeOfType<ForQueue>().Number.ShouldBe(8);
        back.Get().ShouldBe(new QueuePoint(201, 202));
        child.Join();
        return Task.CompletedTask;
    });

    [Fact]
    public Task A_child_that_used_a_struct_before_says_so() => InFreshProcess(async () =>
    {
        using var objects = new ProcessQueue<object>();
        using var back = new ProcessQueue<string>();
        using var child = ChildProcess.Run(() =>
        {
            using var own = new ProcessQueue<object>();
            own.Put(new Late { Number = 1 });
            back.Put("used");
            try
            {
                objects.Get();
                return "read";
            }
            catch (SerializationException error)
            {
                return error.Message;
            }
        });
        back.Get().ShouldBe("used");
        ProcessSerialization.Register<Late, Late.Serializer>();
        objects.Put(new Late { Number = 2 });
        var message = await child.Result;
        message.ShouldContain("has already used the type without it");
        message.ShouldContain("[ModuleInitializer]");
    });

    [Fact]
    public Task What_a_process_without_the_registration_wrote_is_read_by_one_that_has_it() => InFreshProcess(() =>
    {
        // As written by such a process: by fields, under the tag of a new object.
        ProcessSerialization.Register<Plain, Json<Plain>>();
        var registered = Message.Write(new Plain { Number = 5 });
        System.Text.Encoding.UTF8.GetString(registered).ShouldContain("{\"Number\":5}");
        byte[] byFields = [2, 5, 0, 0, 0];
        Message.Read<Plain>(byFields).Number.ShouldBe(5);
        Message.Read<Plain>(registered).Number.ShouldBe(5);
        return Task.CompletedTask;
    });

    public struct Named
    {
        public int Number;

        public sealed class Serializer : IProcessSerializer<Named>
        {
            public void Write(Named value, IBufferWriter<byte> output) => output.Write<byte>([1]);

            public Named Read(ReadOnlySpan<byte> data) => default;
        }
    }

    [Fact]
    public Task Programs_that_meet_by_name_must_have_registered_the_same_for_a_struct() => InFreshProcess(() =>
    {
        var without = ItemBuild.IdentityOf<Named[]>("ProcessQueue", null);
        ProcessSerialization.Register<Named, Named.Serializer>();
        ItemBuild.IdentityOf<Named[]>("ProcessQueue", null).Build.ShouldNotBe(without.Build);
        return Task.CompletedTask;
    });

    [Fact]
    public void Registrations_that_could_never_count_are_errors()
    {
        Should.Throw<InvalidOperationException>(ProcessSerialization.Register<IDisposable, Json<IDisposable>>).Message.ShouldContain("register the types that implement it");
        Should.Throw<InvalidOperationException>(ProcessSerialization.Register<string, Json<string>>).Message.ShouldContain("cross by the library's own format");
        Should.Throw<InvalidOperationException>(ProcessSerialization.Register<DayOfWeek, Json<DayOfWeek>>).Message.ShouldContain("cross by the library's own format");
        Should.Throw<InvalidOperationException>(ProcessSerialization.Register<Guid?, Json<Guid?>>).Message.ShouldContain("register System.Guid");
    }

    /// <summary>A registration must come before the first use of its type, and tests that read damaged messages may have used any type of this assembly.</summary>
    private static Task InFreshProcess(Func<Task> test) => Watchdog.Run(async () =>
    {
        using var child = ChildProcess.Run(test);
        await child.Completion;
    });
}
