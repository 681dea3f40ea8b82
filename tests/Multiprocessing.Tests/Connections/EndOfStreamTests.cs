using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>An end is closed when its last holder has disposed it, has exited or was killed; the other end receives what was sent before.</summary>
public class EndOfStreamTests : ProcessTest
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    [Fact]
    public Task The_end_follows_the_last_message_after_a_dispose() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create();
        using (b)
        {
            a.Send("one");
            a.SendBytes([2]);
            a.Dispose();
            b.Poll().ShouldBeTrue();
            b.Receive<string>().ShouldBe("one");
            b.ReceiveBytes().ShouldBe([2]);
            b.Poll().ShouldBeTrue();
            var error = Should.Throw<ConnectionClosedException>(() => b.Receive<string>());
            error.ProcessId.ShouldBe(Environment.ProcessId);
            error.ExitStatus.ShouldBeNull();
            error.Message.ShouldContain("disposed");
            Should.Throw<ConnectionClosedException>(() => b.ReceiveBytes());
            Should.Throw<ConnectionClosedException>(() => b.ReceiveBytesInto(new byte[1]));
            Should.Throw<ConnectionClosedException>(() => b.TryReceive<int>(out _));
            Should.Throw<ConnectionClosedException>(() => b.Send("back")).Message.ShouldContain("not sent");
            b.ReadAll<int>().ShouldBeEmpty();
        }
    });

    [Fact]
    public Task A_waiting_call_ends_when_the_other_end_is_disposed() => Watchdog.Run(async () =>
    {
        var (a, b) = ProcessPipe.Create(new() { MaxBytes = 1000 });
        using (b)
        {
            b.SendBytes(new byte[2000]);
            var receive = Task.Factory.StartNew(() => b.Receive<int>(), TaskCreationOptions.LongRunning);
            var receiveAsync = b.ReceiveAsync<int>().AsTask();
            var poll = b.PollAsync(Timeout.InfiniteTimeSpan).AsTask();
            var send = Task.Factory.StartNew(() => b.SendBytes([1]), TaskCreationOptions.LongRunning);
            var sendAsync = b.SendBytesAsync(new byte[1]).AsTask();
            var any = ProcessWait.AnyAsync(b).AsTask();
            await Task.Delay(100);
            foreach (var task in new Task[] { receive, receiveAsync, poll, send, sendAsync, any })
            {
                task.IsCompleted.ShouldBeFalse();
            }

            a.Dispose();
            await Should.ThrowAsync<ConnectionClosedException>(() => receive);
            await Should.ThrowAsync<ConnectionClosedException>(() => receiveAsync);
            (await poll).ShouldBeTrue();
            await Should.ThrowAsync<ConnectionClosedException>(() => send);
            await Should.ThrowAsync<ConnectionClosedException>(() => sendAsync);
            (await any).ShouldBe(0);
        }
    });

    [Fact]
    public Task A_waiting_call_ends_when_its_own_end_is_disposed() => Watchdog.Run(async () =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        {
            var receive = Task.Factory.StartNew(() => b.Receive<int>(), TaskCreationOptions.LongRunning);
            var receiveAsync = b.ReceiveAsync<int>().AsTask();
            await Task.Delay(100);
            b.Dispose();
            await Should.ThrowAsync<ObjectDisposedException>(() => receive);
            await Should.ThrowAsync<ObjectDisposedException>(() => receiveAsync);
        }
    });

    [Fact]
    public Task The_parents_unused_copy_does_not_hide_the_end_of_its_child() => Watchdog.Run(() =>
    {
        var (here, there) = ProcessPipe.Create();
        using (here)
        using (there)
        {
            using var child = ChildProcess.Run(() =>
            {
                there.Send(1);
                there.Send(2);
            });
            here.ReadAll<int>().ShouldBe([1, 2]);
            var error = Should.Throw<ConnectionClosedException>(() => here.Receive<int>());
            error.ProcessId.ShouldBe(child.Id);
            child.Join();
            Should.Throw<ConnectionClosedException>(() => here.Send(1)).ExitStatus!.IsSuccess.ShouldBeTrue();
        }
    });

    [Fact]
    public Task A_killed_child_closes_its_end_within_a_second() => Watchdog.Run(async () =>
    {
        var (here, there) = ProcessPipe.Create();
        using (here)
        using (there)
        {
            using var child = ChildProcess.Run(() =>
            {
                there.Send("ready");
                Thread.Sleep(Timeout.Infinite);
            });
            here.Receive<string>().ShouldBe("ready");
            var receive = Task.Factory.StartNew(() => here.Receive<string>(), TaskCreationOptions.LongRunning);
            var receiveAsync = here.ReceiveBytesAsync().AsTask();
            await Task.Delay(300);
            receive.IsCompleted.ShouldBeFalse();
            var watch = Stopwatch.StartNew();
            child.Kill();
            var error = await Should.ThrowAsync<ConnectionClosedException>(() => receive);
            TestContext.Current.SendDiagnosticMessage($"the end after {watch.ElapsedMilliseconds} ms");
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
            error.ProcessId.ShouldBe(child.Id);
            error.ExitStatus!.Signal.ShouldBe(9);
            error.Message.ShouldContain("SIGKILL");
            await Should.ThrowAsync<ConnectionClosedException>(() => receiveAsync);
            Should.Throw<ConnectionClosedException>(() => here.Send(1));
        }
    });

    [Fact]
    public Task A_child_that_ends_before_it_reads_its_body_closes_its_end() => Watchdog.Run(() =>
    {
        var (here, there) = ProcessPipe.Create();
        using (here)
        using (there)
        {
            using var child = ChildProcess.Run(() => there.Send(Kill.Me()));
            Should.Throw<ConnectionClosedException>(() => here.Receive<int>());
            child.TakeFailure().ShouldNotBeNull();
        }
    });

    [Fact]
    public Task The_end_comes_with_the_last_of_several_holders() => Watchdog.Run(() =>
    {
        var (receiver, sender) = ProcessPipe.CreateOneWay();
        using var go = new ProcessEvent();
        using (receiver)
        {
            using var first = ChildProcess.Run(() => sender.Send("first"));
            using var second = ChildProcess.Run(() =>
            {
                go.Wait();
                sender.Send("second");
            });
            sender.Dispose();
            receiver.Receive<string>().ShouldBe("first");
            first.Join();
            receiver.TryReceive<string>(out _, TimeSpan.FromMilliseconds(600)).ShouldBeFalse();
            go.Set();
            receiver.Receive<string>().ShouldBe("second");
            Should.Throw<ConnectionClosedException>(() => receiver.Receive<string>()).ProcessId.ShouldBe(second.Id);
            second.Join();
        }
    });

    [Fact]
    public Task A_parent_that_uses_its_copy_holds_the_end() => Watchdog.Run(() =>
    {
        var (receiver, sender) = ProcessPipe.CreateOneWay();
        using (receiver)
        {
            sender.Send("before");
            using var child = ChildProcess.Run(() => sender.Send("child"));
            child.Join();
            receiver.Receive<string>().ShouldBe("before");
            receiver.Receive<string>().ShouldBe("child");
            receiver.Poll().ShouldBeFalse();
            sender.Send("after");
            receiver.Receive<string>().ShouldBe("after");
            sender.Dispose();
            receiver.ReadAll<string>().ShouldBeEmpty();
        }
    });

    [Fact]
    public Task A_parent_whose_copy_was_closed_by_its_childs_end_learns_it_at_its_next_call() => Watchdog.Run(() =>
    {
        var (here, there) = ProcessPipe.Create();
        using (here)
        using (there)
        {
            using (var child = ChildProcess.Run(() => there.Send(1)))
            {
                child.Join();
                here.ReadAll<int>().ShouldBe([1]);
                Should.Throw<ConnectionClosedException>(() => there.Send(2)).ProcessId.ShouldBe(child.Id);
            }

            Should.Throw<ConnectionClosedException>(() => there.Receive<int>()).Message.ShouldContain("new pipe");
            Should.Throw<ConnectionClosedException>(() => ChildProcess.Run(() => there.Send(1)));
            using var queue = new ProcessQueue<Connection>();
            Should.Throw<ConnectionClosedException>(() => queue.Put(there));
        }
    });

    [Fact]
    public Task A_process_killed_in_the_middle_of_a_large_send_leaves_whole_messages_and_the_end() => Watchdog.Run(() =>
    {
        var (receiver, sender) = ProcessPipe.CreateOneWay(new() { MaxBytes = 256 << 20 });
        using (receiver)
        {
            using var child = ChildProcess.Run(() =>
            {
                var bytes = new byte[20 << 20];
                bytes.AsSpan().Fill(7);
                sender.SendBytes(bytes);
                new Thread(() =>
                {
                    Thread.Sleep(Random.Shared.Next(12));
                    Posix.Signal(Environment.ProcessId, Posix.SigKill);
                }).Start();
                while (true)
                {
                    sender.SendBytes(bytes);
                }
            });
            sender.Dispose();
            var count = 0;
            while (true)
            {
                try
                {
                    var bytes = receiver.ReceiveBytes();
                    bytes.Length.ShouldBe(20 << 20);
                    bytes.AsSpan().IndexOfAnyExcept((byte)7).ShouldBe(-1);
                    count++;
                }
                catch (ConnectionClosedException error)
                {
                    error.ExitStatus!.Signal.ShouldBe(9);
                    break;
                }
            }

            count.ShouldBeGreaterThan(0);
            child.TakeFailure().ShouldBeOfType<ProcessDiedException>();
        }
    });

    [Fact]
    public Task A_child_killed_between_two_messages_of_many_leaves_a_prefix() => Watchdog.Run(() =>
    {
        for (var round = 0; round < 5; round++)
        {
            var (receiver, sender) = ProcessPipe.CreateOneWay();
            using (receiver)
            using (sender)
            {
                using var child = ChildProcess.Run(() =>
                {
                    for (var i = 0; ; i++)
                    {
                        sender.Send($"{i} {"".PadLeft(i % 900, 'x')}");
                    }
                });
                receiver.Receive<string>().ShouldBe("0 ");
                child.Kill();
                var next = 1;
                foreach (var text in receiver.ReadAll<string>())
                {
                    text.ShouldBe($"{next} {"".PadLeft(next % 900, 'x')}");
                    next++;
                }

                child.Join();
            }
        }
    });

    [Fact]
    public Task A_forgotten_end_is_released_by_the_garbage_collector() => Watchdog.Run(async () =>
    {
        var b = Forget();
        using (b)
        {
            var receive = b.ReceiveAsync<int>().AsTask();
            while (!receive.IsCompleted)
            {
                GC.Collect();
                await Task.Delay(20);
            }

            await Should.ThrowAsync<ConnectionClosedException>(() => receive);
        }

        static Connection Forget()
        {
            var (_, second) = ProcessPipe.Create();
            return second;
        }
    });

    /// <summary>A value whose reading in the child kills the child.</summary>
    internal static class Kill
    {
        public static int Me()
        {
            Posix.Signal(Environment.ProcessId, Posix.SigKill);
            return 0;
        }
    }
}
