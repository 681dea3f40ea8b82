using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>What a pipe carries, within one process and to a child.</summary>
public class PipeTests : ProcessTest
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    [StructLayout(LayoutKind.Sequential)]
    public struct Point
    {
        public double X;
        public double Y;
        public long Number;
    }

    public record Animal(string Name);

    public record Dog(string Name, int Age) : Animal(Name);

    [Fact]
    public Task Both_ends_of_a_duplex_pipe_send_and_receive() => Watchdog.Run(() =>
    {
        var (first, second) = ProcessPipe.Create();
        using (first)
        using (second)
        {
            first.CanSend.ShouldBeTrue();
            first.CanReceive.ShouldBeTrue();
            first.Send("to the second");
            second.Send("to the first");
            second.Receive<string>().ShouldBe("to the second");
            first.Receive<string>().ShouldBe("to the first");
        }
    });

    [Fact]
    public Task A_one_way_pipe_says_which_end_does_what() => Watchdog.Run(() =>
    {
        var (receiver, sender) = ProcessPipe.CreateOneWay();
        using (receiver)
        using (sender)
        {
            (receiver.CanReceive, receiver.CanSend, sender.CanReceive, sender.CanSend).ShouldBe((true, false, false, true));
            sender.Send(7);
            receiver.Receive<int>().ShouldBe(7);
            Should.Throw<InvalidOperationException>(() => receiver.Send(1)).Message.ShouldContain("receiving end");
            Should.Throw<InvalidOperationException>(() => sender.Receive<int>()).Message.ShouldContain("sending end");
            Should.Throw<InvalidOperationException>(() => sender.Poll());
        }
    });

    [Fact]
    public Task A_child_answers() => Watchdog.Run(() =>
    {
        var (here, there) = ProcessPipe.Create();
        using (here)
        using (there)
        {
            using var child = ChildProcess.Run(() =>
            {
                foreach (var text in there.ReadAll<string>())
                {
                    there.Send(text.ToUpperInvariant());
                }
            });
            here.Send("hello");
            here.Receive<string>().ShouldBe("HELLO");
            here.Send("again");
            here.Receive<string>().ShouldBe("AGAIN");
            here.Dispose();
            child.Join();
            child.ExitStatus!.IsSuccess.ShouldBeTrue();
        }
    });

    [Fact]
    public Task Values_of_all_kinds_arrive_as_they_are() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            a.Send(42);
            b.Receive<int>().ShouldBe(42);
            a.Send(new Point { X = 1.5, Y = -2, Number = 3 });
            b.Receive<Point>().Number.ShouldBe(3);
            a.Send<string?>(null);
            b.Receive<string?>().ShouldBeNull();
            a.Send<int?>(5);
            b.Receive<int?>().ShouldBe(5);
            a.Send<int?>(null);
            b.Receive<int?>().ShouldBeNull();
            a.Send(new List<string> { "x", "y" });
            b.Receive<List<string>>().ShouldBe(["x", "y"]);
            a.Send(("two", 2));
            b.Receive<(string, int)>().ShouldBe(("two", 2));
            a.Send(new long[200_000]);
            b.Receive<long[]>().Length.ShouldBe(200_000);
        }
    });

    [Fact]
    public Task A_value_is_received_as_its_type_a_base_type_or_object() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            a.Send(new Dog("Rex", 3));
            b.Receive<Animal>().ShouldBe(new Dog("Rex", 3));
            a.Send<Animal>(new Dog("Rex", 3));
            b.Receive<Dog>().Age.ShouldBe(3);
            a.Send(42);
            b.Receive<object>().ShouldBe(42);
            a.Send<object>(42);
            b.Receive<int>().ShouldBe(42);
            a.Send(new Point { Number = 9 });
            b.Receive<object>().ShouldBeOfType<Point>().Number.ShouldBe(9);
            a.Send(42);
            b.Receive<int?>().ShouldBe(42);
            a.Send<int?>(42);
            b.Receive<int>().ShouldBe(42);
            a.Send(DayOfWeek.Friday);
            b.Receive<Enum>().ShouldBe(DayOfWeek.Friday);
        }
    });

    [Fact]
    public Task A_value_of_another_type_is_refused_by_name_and_the_next_message_is_received() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            a.Send(42);
            Should.Throw<InvalidCastException>(() => b.Receive<long>()).Message.ShouldContain("System.Int32");
            a.Send("text");
            Should.Throw<InvalidCastException>(() => b.Receive<int>()).Message.ShouldContain("System.String");
            a.Send<string?>(null);
            Should.Throw<InvalidCastException>(() => b.Receive<int>()).Message.ShouldContain("null");
            a.Send(1);
            b.Receive<int>().ShouldBe(1);
        }
    });

    [Fact]
    public Task A_receive_of_the_wrong_kind_leaves_the_message_in_the_pipe() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            a.SendBytes([1, 2, 3]);
            Should.Throw<InvalidOperationException>(() => b.Receive<int>()).Message.ShouldContain("ReceiveBytes");
            Should.Throw<InvalidOperationException>(() => b.Receive<object>()).Message.ShouldContain("ReceiveBytes");
            b.ReceiveBytes().ShouldBe([1, 2, 3]);
            a.Send("text");
            Should.Throw<InvalidOperationException>(() => b.ReceiveBytes()).Message.ShouldContain("Receive");
            Should.Throw<InvalidOperationException>(() => b.ReceiveBytesInto(new byte[100]));
            b.Receive<string>().ShouldBe("text");
        }
    });

    [Fact]
    public Task Messages_of_bytes_keep_their_borders() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            a.SendBytes([]);
            a.SendBytes([1]);
            a.SendBytes(new byte[3_000_000]);
            a.SendBytes([2, 3]);
            b.ReceiveBytes().ShouldBeEmpty();
            b.ReceiveBytes().ShouldBe([1]);
            b.ReceiveBytes().Length.ShouldBe(3_000_000);
            var buffer = new byte[8];
            b.ReceiveBytesInto(buffer).ShouldBe(2);
            buffer.ShouldBe([2, 3, 0, 0, 0, 0, 0, 0]);
            a.SendBytes([]);
            b.ReceiveBytesInto([]).ShouldBe(0);
        }
    });

    [Fact]
    public Task A_message_over_the_limit_stays_in_the_pipe_and_is_not_allocated() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create(new() { MaxBytes = 64 << 20 });
        using (a)
        using (b)
        {
            a.SendBytes(new byte[32 << 20]);
            b.Poll().ShouldBeTrue();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var error = Should.Throw<MessageTooLargeException>(() => b.ReceiveBytes(maxLength: 1 << 20));
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
            (error.Length, error.Limit, error.Content.IsEmpty).ShouldBe((32 << 20, 1 << 20, true));
            error.Message.ShouldContain("larger limit");
            b.ReceiveBytes(maxLength: 32 << 20).Length.ShouldBe(32 << 20);
        }
    });

    [Fact]
    public Task A_message_larger_than_the_buffer_is_in_the_exception() => Watchdog.Run(async () =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            a.SendBytes([1, 2, 3, 4]);
            var error = Should.Throw<MessageTooLargeException>(() => b.ReceiveBytesInto(new byte[3]));
            error.Content.ToArray().ShouldBe([1, 2, 3, 4]);
            (error.Length, error.Limit).ShouldBe((4, 3));
            a.SendBytes([5, 6]);
            (await Should.ThrowAsync<MessageTooLargeException>(async () => await b.ReceiveBytesIntoAsync(new byte[1]))).Content.Length.ShouldBe(2);
            a.SendBytes([7]);
            b.ReceiveBytes().ShouldBe([7]);
        }
    });

    [Fact]
    public Task A_message_larger_than_the_pipe_passes_through_it_alone() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create(new() { MaxBytes = 1000 });
        using (a)
        using (b)
        {
            a.SendBytes(new byte[500_000]);
            Should.Throw<TimeoutException>(() => a.SendBytes([1], TimeSpan.Zero)).Message.ShouldContain("full");
            b.ReceiveBytes().Length.ShouldBe(500_000);
            a.SendBytes([1], TimeSpan.Zero);
            b.ReceiveBytes().ShouldBe([1]);
        }
    });

    [Fact]
    public Task Sending_waits_while_the_pipe_is_full() => Watchdog.Run(async () =>
    {
        var (a, b) = ProcessPipe.Create(new() { MaxBytes = 10_000, DisplayName = "narrow" });
        using (a)
        using (b)
        {
            var sent = 0;
            while (true)
            {
                try
                {
                    a.SendBytes(new byte[1000], TimeSpan.Zero);
                    sent++;
                }
                catch (TimeoutException error)
                {
                    error.Message.ShouldContain("narrow");
                    break;
                }
            }

            sent.ShouldBeInRange(8, 10);
            using var source = new CancellationTokenSource(Soon);
            Should.Throw<OperationCanceledException>(() => a.SendBytes(new byte[1000], source.Token));
            await Should.ThrowAsync<TimeoutException>(async () => await a.SendBytesAsync(new byte[1000], Soon));
            await Should.ThrowAsync<TimeoutException>(async () => await a.SendAsync("text".PadLeft(2000), Soon));
            var waiting = a.SendBytesAsync(new byte[1000]).AsTask();
            var blocked = Task.Factory.StartNew(() => a.SendBytes(new byte[1000]), TaskCreationOptions.LongRunning);
            waiting.IsCompleted.ShouldBeFalse();
            for (var i = 0; i < sent + 2; i++)
            {
                b.ReceiveBytes().Length.ShouldBe(1000);
            }

            await waiting;
            await blocked;
            b.Poll().ShouldBeFalse();
        }
    });

    [Fact]
    public Task Receiving_ends_by_its_time_limit_or_its_token() => Watchdog.Run(async () =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            Should.Throw<TimeoutException>(() => b.Receive<int>(Soon));
            Should.Throw<TimeoutException>(() => b.ReceiveBytes(Soon));
            Should.Throw<TimeoutException>(() => b.ReceiveBytesInto(new byte[1], TimeSpan.Zero));
            await Should.ThrowAsync<TimeoutException>(async () => await b.ReceiveAsync<string>(Soon));
            b.TryReceive<int>(out _).ShouldBeFalse();
            b.TryReceive<string>(out _, Soon).ShouldBeFalse();
            using (var source = new CancellationTokenSource(Soon))
            {
                Should.Throw<OperationCanceledException>(() => b.Receive<string>(source.Token));
            }

            using (var source = new CancellationTokenSource(Soon))
            {
                await Should.ThrowAsync<OperationCanceledException>(async () => await b.ReceiveBytesAsync(source.Token));
            }

            Should.Throw<ArgumentOutOfRangeException>(() => b.Receive<int>(TimeSpan.FromSeconds(-2)));
            a.Send(1);
            b.TryReceive<int>(out var value).ShouldBeTrue();
            value.ShouldBe(1);
        }
    });

    [Fact]
    public Task Polling_takes_nothing() => Watchdog.Run(async () =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            b.Poll().ShouldBeFalse();
            b.Poll(Soon).ShouldBeFalse();
            (await b.PollAsync(Soon)).ShouldBeFalse();
            var waiting = b.PollAsync(Timeout.InfiniteTimeSpan).AsTask();
            a.Send("x");
            (await waiting).ShouldBeTrue();
            b.Poll(Timeout.InfiniteTimeSpan).ShouldBeTrue();
            b.Receive<string>().ShouldBe("x");
            b.Poll().ShouldBeFalse();
        }
    });

    [Fact]
    public Task Asynchronous_calls_wait_without_a_thread() => Watchdog.Run(async () =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            var number = b.ReceiveAsync<int>().AsTask();
            await Task.Delay(Soon);
            number.IsCompleted.ShouldBeFalse();
            await a.SendAsync(5);
            (await number).ShouldBe(5);
            var bytes = b.ReceiveBytesAsync().AsTask();
            await a.SendBytesAsync(new byte[] { 1, 2 });
            (await bytes).ShouldBe([1, 2]);
            var buffer = new byte[10];
            var length = b.ReceiveBytesIntoAsync(buffer).AsTask();
            await a.SendBytesAsync(new byte[] { 9 });
            (await length).ShouldBe(1);
            buffer[0].ShouldBe((byte)9);
            await a.SendAsync(new List<int> { 1 });
            (await b.ReceiveAsync<List<int>>()).ShouldBe([1]);
        }
    });

    [Fact]
    public Task What_cannot_cross_fails_at_the_send_with_its_path() => Watchdog.Run(async () =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            Should.Throw<NotSerializableException>(() => a.Send(new List<object> { 1, new MemoryStream(), Thread.CurrentThread }))
                .Message.ShouldContain("value -> element [2]");
            await Should.ThrowAsync<NotSerializableException>(async () => await a.SendAsync<object>(Thread.CurrentThread));
            b.Poll().ShouldBeFalse();
        }
    });

    [Fact]
    public Task No_call_with_bytes_or_an_unmanaged_value_allocates() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            var buffer = new byte[64];
            for (var i = 0; i < 200; i++)
            {
                Exchange();
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                Exchange();
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

            void Exchange()
            {
                a.SendBytes(buffer);
                b.ReceiveBytesInto(buffer);
                a.Send(new Point { X = 1 });
                b.Receive<Point>();
                b.TryReceive<Point>(out _);
                b.Poll();
            }
        }
    });

    [Fact]
    public Task Several_threads_send_and_receive_at_both_ends_and_no_message_is_torn() => Watchdog.Run(async () =>
    {
        const int Each = 2000;
        var (a, b) = ProcessPipe.Create(new() { MaxBytes = 50_000 });
        using (a)
        using (b)
        {
            var senders = Enumerable.Range(0, 4).Select(sender => Task.Factory.StartNew(
                () =>
                {
                    var random = new Random(sender);
                    for (var i = 0; i < Each; i++)
                    {
                        var bytes = new byte[random.Next(1, 3000)];
                        bytes.AsSpan().Fill((byte)(sender + bytes.Length));
                        a.SendBytes(bytes);
                    }
                },
                TaskCreationOptions.LongRunning)).ToArray();
            var received = 0;
            var receivers = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    while (Interlocked.Increment(ref received) <= 4 * Each)
                    {
                        var bytes = b.ReceiveBytes();
                        bytes.AsSpan().IndexOfAnyExcept(bytes[0]).ShouldBe(-1);
                        ((byte)(bytes[0] - bytes.Length)).ShouldBeInRange((byte)0, (byte)3);
                    }
                },
                TaskCreationOptions.LongRunning)).ToArray();
            await Task.WhenAll(senders);
            await Task.WhenAll(receivers);
        }
    });

    [Fact]
    public Task Two_processes_share_an_end() => Watchdog.Run(() =>
    {
        const int Each = 3000;
        var (receiver, sender) = ProcessPipe.CreateOneWay(new() { MaxBytes = 20_000 });
        using (receiver)
        {
            using var first = ChildProcess.Run(Send, sender, 1);
            using var second = ChildProcess.Run(Send, sender, 2);
            sender.Dispose();
            var next = new int[3];
            foreach (var text in receiver.ReadAll<string>())
            {
                var from = text[0] - '0';
                text.ShouldBe(from + "".PadLeft(next[from] % 500, '.') + next[from]);
                next[from]++;
            }

            next.ShouldBe([0, Each, Each]);
        }

        static void Send(Connection sender, int number)
        {
            for (var i = 0; i < Each; i++)
            {
                sender.Send(number + "".PadLeft(i % 500, '.') + i);
            }
        }
    });

    [Fact]
    public Task A_name_shows_in_texts() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create(new() { DisplayName = "pages" });
        using (b)
        {
            a.ToString().ShouldBe("the pipe 'pages'");
            a.IsClosed.ShouldBeFalse();
            a.Dispose();
            a.Dispose();
            a.IsClosed.ShouldBeTrue();
            a.ToString().ShouldBe("the pipe 'pages'");
            Should.Throw<ObjectDisposedException>(() => a.Send(1));
            Should.Throw<ConnectionClosedException>(() => b.Send(1)).Message.ShouldContain("'pages'");
        }

        Should.Throw<ArgumentOutOfRangeException>(() => ProcessPipe.Create(new() { MaxBytes = 0 }));
    });
}
