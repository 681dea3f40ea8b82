using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Multiprocessing.Platform.Linux;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>
/// A machine that was switched off acknowledges nothing. Here the socket of the other side drops what arrives: its system then acts like that machine.
/// </summary>
public class SilentMachineTests : ProcessTest
{
    private const int LevelSocket = 1;

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_connection_whose_message_is_never_acknowledged_ends(bool isAsynchronous) => Watchdog.Run(async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems give up by themselves.");
        var (server, client, serverSocket, _) = await Connect(Short);
        using (server)
        using (client)
        {
            client.Send("first");
            server.Receive<string>().ShouldBe("first");
            DropWhatArrives(serverSocket);
            client.Send("lost");
            var error = isAsynchronous
                ? await Should.ThrowAsync<ConnectionClosedException>(async () => await client.ReceiveAsync<string>(Patience))
                : Should.Throw<ConnectionClosedException>(() => client.Receive<string>(Patience));
            error.Message.ShouldContain("has answered nothing");
            Should.Throw<ConnectionClosedException>(() => client.Send("later")).Message.ShouldContain("has answered nothing");
        }
    });

    [Fact]
    public Task A_send_that_waits_for_room_ends() => Watchdog.Run(async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems give up by themselves.");
        var (server, client, serverSocket, _) = await Connect(Short);
        using (server)
        using (client)
        {
            DropWhatArrives(serverSocket);
            Should.Throw<ConnectionClosedException>(() => client.SendBytes(new byte[64 << 20])).Message.ShouldContain("has answered nothing");
        }
    });

    /// <summary>The machine of such a program answers the question whether there is room, so the sender may wait, also if an answer is lost.</summary>
    [Fact]
    public Task A_program_that_takes_nothing_for_a_while_keeps_its_connection() => Watchdog.Run(async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Loses packets with facilities of Linux.");
        var (server, client, serverSocket, _) = await Connect(Short);
        using (server)
        using (client)
        {
            var large = new byte[64 << 20];
            large[^1] = 7;
            var sending = Task.Run(() => client.SendBytes(large));

            // The questions are about 0.2, 0.6, 1.4, 3, 6.2 and 12.6 s after there was no more room.
            await Task.Delay(TimeSpan.FromSeconds(12));
            DropWhatArrives(serverSocket);
            await Task.Delay(TimeSpan.FromSeconds(2));
            TakeWhatArrives(serverSocket);
            sending.IsCompleted.ShouldBeFalse();
            server.ReceiveBytes()[^1].ShouldBe((byte)7);
            await sending;
        }
    });

    /// <summary>Nothing was acknowledged for long, because nothing was sent.</summary>
    [Fact]
    public Task What_arrives_is_a_sign_of_life() => Watchdog.Run(async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems give up by themselves.");
        var (server, client, serverSocket, clientSocket) = await Connect(TimeSpan.FromMinutes(1));
        using (server)
        using (client)
        {
            var beforeLast = 0L;
            for (var i = 0; i < 20; i++)
            {
                beforeLast = Stopwatch.GetTimestamp();
                server.Send(i);
                client.Receive<int>().ShouldBe(i);
                await Task.Delay(100);
            }

            DropWhatArrives(serverSocket);
            client.Send("late");
            TimeSpan? silence = null;
            Eventually.Is(() => (silence = SilenceOf(clientSocket)) is not null, "the message was sent several times");

            // The system counts in steps of up to 10 ms.
            silence.ShouldNotBeNull().ShouldBeLessThan(Stopwatch.GetElapsedTime(beforeLast) + TimeSpan.FromMilliseconds(20));
            TakeWhatArrives(serverSocket);
            server.Receive<string>().ShouldBe("late");
        }
    });

    private static TimeSpan? SilenceOf(Socket socket) => OperatingSystem.IsLinux() ? TcpAcknowledgements.SilenceOf(socket) : null;

    private static async Task<(Connection Server, Connection Client, Socket ServerSocket, Socket ClientSocket)> Connect(TimeSpan keepAlive)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var endPoint = listener.LocalEndPoint!;
        var clientSocket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await clientSocket.ConnectAsync(endPoint);
        var serverSocket = await listener.AcceptAsync();
        var server = Handshake.RunAsync(
            new Peer(serverSocket, serverSocket.RemoteEndPoint),
            LinkSettings.Of(new ConnectionListenerOptions { Key = Net.Key, KeepAlive = Timeout.InfiniteTimeSpan }, endPoint),
            Deadline.After(Patience),
            CancellationToken.None);
        var client = await Handshake.RunAsync(
            new Peer(clientSocket, endPoint),
            LinkSettings.Of(new ConnectionOptions { Key = Net.Key, KeepAlive = keepAlive }, endPoint),
            Deadline.After(Patience),
            CancellationToken.None);
        return (new Connection(await server), new Connection(client), serverSocket, clientSocket);
    }

    /// <summary>Attaches a filter of one instruction, which lets no byte of a segment through; see socket(7), SO_ATTACH_FILTER.</summary>
    private static unsafe void DropWhatArrives(Socket socket)
    {
        const int attachFilter = 26;
        var dropAll = new FilterInstruction { Code = 0x06 }; // BPF_RET | BPF_K with the constant 0
        var program = new FilterProgram { Length = 1, Instructions = &dropAll };
        socket.SetRawSocketOption(LevelSocket, attachFilter, MemoryMarshal.AsBytes(new Span<FilterProgram>(ref program)));
    }

    private static void TakeWhatArrives(Socket socket)
    {
        const int detachFilter = 27;
        socket.SetRawSocketOption(LevelSocket, detachFilter, new byte[sizeof(int)]);
    }

    private struct FilterInstruction
    {
        public ushort Code;
        public byte JumpTrue;
        public byte JumpFalse;
        public uint Constant;
    }

    private unsafe struct FilterProgram
    {
        public ushort Length;
        public FilterInstruction* Instructions;
    }
}
