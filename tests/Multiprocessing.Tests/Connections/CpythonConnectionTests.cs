using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// CPython's own tests of pipes, by meaning: <c>_TestConnection</c>, <c>_TestPoll</c>, <c>_TestPollEintr</c>. docs/internals/cpython-tests.md lists
/// what differs and why.
/// </summary>
public class CpythonConnectionTests : ProcessTest
{
    private static readonly byte[] Sentinel = [];

    [Fact]
    public Task Connection_test_connection() => Watchdog.Run(() =>
    {
        var (conn, childConn) = ProcessPipe.Create();
        using (conn)
        using (childConn)
        {
            using var child = ChildProcess.Run(Echo, childConn);
            object?[] seq = [1, 2.25, null];
            var (mine, theirs) = ProcessPipe.Create();
            using (mine)
            using (theirs)
            {
                mine.Send(seq);
                theirs.Receive<object?[]>().ShouldBe(seq);
            }

            var msg = "hello world"u8.ToArray();
            conn.SendBytes(msg);
            conn.ReceiveBytes().ShouldBe(msg);

            int[] numbers = [0, 1, 2, 3];
            var buffer = new int[10];
            conn.SendBytes(MemoryMarshal.AsBytes<int>(numbers));
            conn.ReceiveBytesInto(MemoryMarshal.AsBytes(buffer.AsSpan())).ShouldBe(4 * sizeof(int));
            buffer.ShouldBe([0, 1, 2, 3, 0, 0, 0, 0, 0, 0]);

            Array.Clear(buffer);
            conn.SendBytes(MemoryMarshal.AsBytes<int>(numbers));
            conn.ReceiveBytesInto(MemoryMarshal.AsBytes(buffer.AsSpan(3))).ShouldBe(4 * sizeof(int));
            buffer.ShouldBe([0, 0, 0, 0, 1, 2, 3, 0, 0, 0]);

            var longMsg = Enumerable.Repeat(msg, 10).SelectMany(static part => part).ToArray();
            conn.SendBytes(longMsg);
            Should.Throw<MessageTooLargeException>(() => conn.ReceiveBytesInto(new byte[40])).Content.ToArray().ShouldBe(longMsg);

            conn.Poll().ShouldBeFalse();
            conn.Poll(TimeSpan.FromMilliseconds(100)).ShouldBeFalse();
            conn.SendBytes(msg);
            conn.Poll(TimeSpan.FromSeconds(60)).ShouldBeTrue();
            conn.ReceiveBytes().ShouldBe(msg);

            var reallyBig = new byte[16 << 20];
            reallyBig.AsSpan().Fill((byte)'X');
            conn.SendBytes(reallyBig);
            conn.ReceiveBytes().AsSpan().SequenceEqual(reallyBig).ShouldBeTrue();

            conn.SendBytes(Sentinel);
            childConn.Dispose();
            (conn.CanReceive, conn.CanSend).ShouldBe((true, true));
            Should.Throw<ConnectionClosedException>(() => conn.Receive<object>());
            Should.Throw<ConnectionClosedException>(() => conn.ReceiveBytes());
            child.Join();
        }
    });

    [Fact]
    public Task Connection_test_duplex_false() => Watchdog.Run(() =>
    {
        var (reader, writer) = ProcessPipe.CreateOneWay();
        using (reader)
        using (writer)
        {
            writer.Send(1);
            reader.Receive<int>().ShouldBe(1);
            (reader.CanReceive, reader.CanSend, writer.CanReceive, writer.CanSend).ShouldBe((true, false, false, true));
            Should.Throw<InvalidOperationException>(() => reader.Send(2));
            Should.Throw<InvalidOperationException>(() => writer.Receive<int>());
            Should.Throw<InvalidOperationException>(() => writer.Poll());
        }
    });

    [Fact]
    public Task Connection_test_spawn_close() => Watchdog.Run(() =>
    {
        var (conn, childConn) = ProcessPipe.Create();
        using (conn)
        {
            using var child = ChildProcess.Run(Echo, childConn);
            childConn.Dispose(); // most likely before the child has read its body
            conn.SendBytes("hello"u8);
            conn.ReceiveBytes().ShouldBe("hello"u8.ToArray());
            conn.SendBytes(Sentinel);
            child.Join();
        }
    });

    [Fact]
    public Task Connection_test_sendbytes() => Watchdog.Run(() =>
    {
        var msg = "abcdefghijklmnopqrstuvwxyz"u8.ToArray();
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            a.SendBytes(msg);
            b.ReceiveBytes().ShouldBe(msg);
            a.SendBytes(msg.AsSpan(5));
            b.ReceiveBytes().ShouldBe(msg[5..]);
            a.SendBytes(msg.AsSpan(7, 8));
            b.ReceiveBytes().ShouldBe(msg[7..15]);
            a.SendBytes(msg.AsSpan(26));
            b.ReceiveBytes().ShouldBeEmpty();
            a.SendBytes(msg.AsSpan(26, 0));
            b.ReceiveBytes().ShouldBeEmpty();
            Should.Throw<ArgumentOutOfRangeException>(() => a.SendBytes(msg.AsSpan(27)));
            Should.Throw<ArgumentOutOfRangeException>(() => a.SendBytes(msg.AsSpan(22, 5)));
            b.Poll().ShouldBeFalse();
        }
    });

    [Fact]
    public Task Connection_test_context() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            a.Send(1729);
            b.Receive<int>().ShouldBe(1729);
            (a.IsClosed, b.IsClosed).ShouldBe((false, false));
        }

        (a.IsClosed, b.IsClosed).ShouldBe((true, true));
        Should.Throw<ObjectDisposedException>(() => a.Receive<int>());
        Should.Throw<ObjectDisposedException>(() => b.Receive<int>());
    });

    [Fact]
    public Task Poll_test_empty_string() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            a.Poll().ShouldBeFalse();
            b.SendBytes([]);
            a.Poll().ShouldBeTrue();
            a.Poll().ShouldBeTrue();
        }
    });

    [Fact]
    public Task Poll_test_strings() => Watchdog.Run(() =>
    {
        string[] strings = ["hello", "", "a", "b", "", "bye", "", "lop"];
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            using var child = ChildProcess.Run(
                static (connection, texts) =>
                {
                    foreach (var text in texts)
                    {
                        Thread.Sleep(20);
                        connection.SendBytes(System.Text.Encoding.Latin1.GetBytes(text));
                    }
                },
                b,
                strings);
            foreach (var text in strings)
            {
                while (!a.Poll(TimeSpan.FromMilliseconds(10)))
                {
                }

                System.Text.Encoding.Latin1.GetString(a.ReceiveBytes()).ShouldBe(text);
            }

            child.Join();
        }
    });

    [Fact]
    public Task Poll_test_boundaries() => Watchdog.Run(() =>
    {
        var (reader, writer) = ProcessPipe.CreateOneWay();
        using (reader)
        using (writer)
        {
            reader.Poll().ShouldBeFalse(); // this process uses the end too, so that it stays open when the child ends
            using var child = ChildProcess.Run(static connection => connection.Poll(TimeSpan.FromSeconds(60)), reader);
            writer.Send("first");
            writer.SendBytes("second"u8);
            child.Join();
            reader.Receive<string>().ShouldBe("first");
            reader.ReceiveBytes().ShouldBe("second"u8.ToArray());
        }
    });

    [Fact]
    public Task Poll_test_dont_merge() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            a.Poll(TimeSpan.Zero).ShouldBeFalse();
            a.Poll(TimeSpan.FromMilliseconds(100)).ShouldBeFalse();
            using var child = ChildProcess.Run(
                static connection =>
                {
                    connection.SendBytes("a"u8);
                    connection.SendBytes("b"u8);
                    connection.SendBytes("cd"u8);
                },
                b);
            a.ReceiveBytes().ShouldBe("a"u8.ToArray());
            a.Poll(TimeSpan.FromSeconds(60)).ShouldBeTrue();
            a.Poll(TimeSpan.FromSeconds(60)).ShouldBeTrue();
            a.ReceiveBytes().ShouldBe("b"u8.ToArray());
            a.Poll(TimeSpan.FromSeconds(60)).ShouldBeTrue();
            a.Poll(TimeSpan.Zero).ShouldBeTrue();
            a.ReceiveBytes().ShouldBe("cd"u8.ToArray());
            child.Join();
        }
    });

    private static void Echo(Connection connection)
    {
        using (connection)
        {
            while (connection.ReceiveBytes() is { Length: > 0 } message)
            {
                connection.SendBytes(message);
            }
        }
    }
}
