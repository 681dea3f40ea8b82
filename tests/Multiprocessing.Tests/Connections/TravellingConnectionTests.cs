using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>An end of a pipe crosses to other processes by every way that a value takes.</summary>
public class TravellingConnectionTests : ProcessTest
{
    [Fact]
    public Task An_end_is_passed_as_an_argument() => Watchdog.Run(() =>
    {
        var (here, there) = ProcessPipe.Create();
        using (here)
        {
            using var child = ChildProcess.Run(static (connection, number) => connection.Send(number * 2), there, 21);
            there.Dispose();
            here.Receive<int>().ShouldBe(42);
            child.Join();
        }
    });

    [Fact]
    public Task An_end_sent_through_a_connection_is_used_there_and_closes_with_its_process() => Watchdog.Run(() =>
    {
        var (control, childsControl) = ProcessPipe.Create();
        using (control)
        using (childsControl)
        {
            using var child = ChildProcess.Run(() =>
            {
                foreach (var connection in childsControl.ReadAll<Connection>())
                {
                    using (connection)
                    {
                        connection.Send(connection.Receive<string>() + "!");
                    }
                }
            });
            for (var i = 0; i < 20; i++)
            {
                var (mine, theirs) = ProcessPipe.Create();
                using (mine)
                using (theirs)
                {
                    control.Send(theirs);
                    mine.Send($"message {i}");
                    mine.Receive<string>().ShouldBe($"message {i}!");
                    Should.Throw<ConnectionClosedException>(() => mine.Receive<string>()).ProcessId.ShouldBe(child.Id);
                }
            }

            control.Dispose();
            child.Join();
        }
    });

    [Fact]
    public Task An_end_in_flight_is_not_closed() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<Connection>();
        var (mine, theirs) = ProcessPipe.Create();
        using (mine)
        {
            theirs.Send("sent before it travels");
            queue.Put(theirs);
            theirs.Dispose();
            mine.Receive<string>().ShouldBe("sent before it travels");
            mine.TryReceive<string>(out _, TimeSpan.FromMilliseconds(100)).ShouldBeFalse();
            mine.Send("to the one in flight");
            using (var arrived = queue.Get())
            {
                arrived.Receive<string>().ShouldBe("to the one in flight");
                arrived.Send("arrived");
                mine.Receive<string>().ShouldBe("arrived");
            }

            Should.Throw<ConnectionClosedException>(() => mine.Receive<string>());
        }
    });

    [Fact]
    public Task An_end_that_no_process_receives_is_closed_with_the_queue_it_is_in() => Watchdog.Run(() =>
    {
        var queue = new ProcessQueue<Connection>();
        var (mine, theirs) = ProcessPipe.Create();
        using (mine)
        {
            queue.Put(theirs);
            theirs.Dispose();
            mine.TryReceive<string>(out _, TimeSpan.FromMilliseconds(100)).ShouldBeFalse();
            queue.Dispose();
            Should.Throw<ConnectionClosedException>(() => mine.Receive<string>());
        }
    });

    [Fact]
    public Task An_end_in_an_unread_message_is_closed_with_the_receiver_of_the_message() => Watchdog.Run(() =>
    {
        var (control, childsControl) = ProcessPipe.Create();
        var (mine, theirs) = ProcessPipe.Create();
        using (mine)
        using (control)
        using (childsControl)
        {
            control.Send("read this");
            control.Send(theirs); // before the child, which ends at the first one
            theirs.Dispose();
            using var child = ChildProcess.Run(() =>
            {
                childsControl.Receive<string>();
                Posix.Signal(Environment.ProcessId, Posix.SigKill);
            });
            Should.Throw<ConnectionClosedException>(() => control.Receive<string>());
            Should.Throw<ConnectionClosedException>(() => mine.Receive<string>());
            child.TakeFailure().ShouldBeOfType<ProcessDiedException>();
        }
    });

    [Fact]
    public Task Two_children_talk_without_their_parent() => Watchdog.Run(() =>
    {
        var (left, right) = ProcessPipe.Create();
        using var first = ChildProcess.Run(() =>
        {
            left.Send(1);
            return left.Receive<int>();
        });
        using var second = ChildProcess.Run(() =>
        {
            var number = right.Receive<int>();
            right.Send(number + 1);
            return number;
        });
        left.Dispose();
        right.Dispose();
        first.Take().ShouldBe(2);
        second.Take().ShouldBe(1);
    });

    [Fact]
    public Task An_end_passes_from_child_to_grandchild_and_closes_with_it() => Watchdog.Run(() =>
    {
        var (here, there) = ProcessPipe.Create();
        using (here)
        using (there)
        {
            using var child = ChildProcess.Run(() =>
            {
                using var grandchild = ChildProcess.Run(() => there.Send("from the grandchild"));
                grandchild.Join();
                Thread.Sleep(Timeout.Infinite);
            });
            here.Receive<string>().ShouldBe("from the grandchild");
            Should.Throw<ConnectionClosedException>(() => here.Receive<string>());
            child.Kill();
            child.Join();
        }
    });

    [Fact]
    public Task An_end_closes_with_a_grandchild_that_is_killed_together_with_its_parent() => Watchdog.Run(() =>
    {
        var (here, there) = ProcessPipe.Create();
        using (here)
        using (there)
        {
            using var child = ChildProcess.Run(() =>
            {
                using var grandchild = ChildProcess.Run(() =>
                {
                    there.Send("ready");
                    Thread.Sleep(Timeout.Infinite);
                });
                grandchild.Join();
            });
            here.Receive<string>().ShouldBe("ready");
            child.Kill();
            Should.Throw<ConnectionClosedException>(() => here.Receive<string>());
            child.Join();
        }
    });

    [Fact]
    public Task A_message_that_is_refused_leaves_the_end_in_it_open() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<object>();
        var (mine, theirs) = ProcessPipe.Create();
        using (mine)
        using (theirs)
        {
            Should.Throw<NotSerializableException>(() => queue.Put(new object[] { theirs, Thread.CurrentThread }));
            Should.Throw<NotSerializableException>(() => ChildProcess.Run(static _ => { }, new object[] { theirs, Thread.CurrentThread }));
            mine.Send(1);
            theirs.Receive<int>().ShouldBe(1);
        }
    });

    [Fact]
    public Task A_worker_of_a_pool_uses_an_end() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var (here, there) = ProcessPipe.Create();
        using (here)
        using (there)
        {
            var task = pool.RunAsync(() =>
            {
                using (there)
                {
                    there.Send(there.Receive<int>() + 1);
                }
            });
            here.Send(1);
            here.Receive<int>().ShouldBe(2);
            await task;
            Should.Throw<ConnectionClosedException>(() => here.Receive<int>());
        }
    });

    [Fact]
    public Task The_same_end_travels_twice() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<Connection>();
        var (mine, theirs) = ProcessPipe.Create();
        using (mine)
        {
            queue.Put(theirs);
            queue.Put(theirs);
            theirs.Dispose();
            using (var one = queue.Get())
            {
                one.Send(1);
                mine.Receive<int>().ShouldBe(1);
            }

            mine.TryReceive<int>(out _, TimeSpan.FromMilliseconds(100)).ShouldBeFalse();
            using (var two = queue.Get())
            {
                two.Send(2);
                mine.Receive<int>().ShouldBe(2);
            }

            Should.Throw<ConnectionClosedException>(() => mine.Receive<int>());
        }
    });
}
