using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>
/// A machine that was switched off acknowledges nothing. Here the socket of the other side drops what arrives: its system then acts like that machine.
/// </summary>
public class SilentMachineTests : ProcessTest
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_connection_whose_message_is_never_acknowledged_ends(bool isAsynchronous) => Watchdog.Run(async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems give up by themselves.");
        var (server, client, serverSocket) = await Connect();
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
            error.Message.ShouldContain("has acknowledged nothing");
            Should.Throw<ConnectionClosedException>(() => client.Send("later")).Message.ShouldContain("has acknowledged nothing");
        }
    });

    [Fact]
    public Task A_send_that_waits_for_room_ends() => Watchdog.Run(async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems give up by themselves.");
        var (server, client, serverSocket) = await Connect();
        using (server)
        using (client)
        {
            DropWhatArrives(serverSocket);
            Should.Throw<ConnectionClosedException>(() => client.SendBytes(new byte[64 << 20])).Message.ShouldContain("has acknowledged nothing");
        }
    });

    /// <summary>The machine of such a program acknowledges that there is no room: the sender may wait.</summary>
    [Fact]
    public Task A_program_that_takes_nothing_for_a_while_keeps_its_connection() => Watchdog.Run(async () =>
    {
        var (server, client, _) = await Connect();
        using (server)
        using (client)
        {
            var large = new byte[64 << 20];
            large[^1] = 7;
            var sending = Task.Run(() => client.SendBytes(large));
            var time = Stopwatch.StartNew();
            while (time.Elapsed < 6 * KeepAlive)
            {
                sending.IsCompleted.ShouldBeFalse();
                await Task.Delay(100);
            }

            server.ReceiveBytes()[^1].ShouldBe((byte)7);
            await sending;
        }
    });

    private static async Task<(Connection Server, Connection Client, Socket ServerSocket)> Connect()
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
            LinkSettings.Of(new ConnectionOptions { Key = Net.Key, KeepAlive = KeepAlive }, endPoint),
            Deadline.After(Patience),
            CancellationToken.None);
        return (new Connection(await server), new Connection(client), serverSocket);
    }

    /// <summary>Attaches a filter of one instruction, which lets no byte of a segment through; see socket(7), SO_ATTACH_FILTER.</summary>
    private static unsafe void DropWhatArrives(Socket socket)
    {
        const int levelSocket = 1;
        const int attachFilter = 26;
        var dropAll = new FilterInstruction { Code = 0x06 }; // BPF_RET | BPF_K with the constant 0
        var program = new FilterProgram { Length = 1, Instructions = &dropAll };
        socket.SetRawSocketOption(levelSocket, attachFilter, MemoryMarshal.AsBytes(new Span<FilterProgram>(ref program)));
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
