using System.Net;
using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>CPython on the other side, over its own multiprocessing.connection.</summary>
public class PythonInteropTests : ProcessTest
{
    private const string PythonAddress = "address = sys.argv[1] if len(sys.argv) == 2 else (sys.argv[1], int(sys.argv[2]))\n";

    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    public Task Python_connects_to_a_listener(string kind) => Watchdog.Run(async () =>
    {
        using var directory = new TemporaryDirectory();
        await using var listener = Net.Listen(Net.Address(kind, directory), static options => options.AllowLegacyMd5 = true);
        using var python = Python.Start(
            PythonAddress + """
            with Client(address, authkey=b'the key of the tests') as connection:
                for message in (b'', b'first', bytes(range(256)) * 4096):
                    connection.send_bytes(message)
                    print(len(connection.recv_bytes()))
            """,
            Arguments(listener.LocalEndPoint));
        using (var connection = await listener.AcceptAsync(TimeSpan.FromSeconds(60)))
        {
            foreach (var length in (int[])[0, 5, 256 * 4096])
            {
                var message = await connection.ReceiveBytesAsync();
                message.Length.ShouldBe(length);
                connection.SendBytes([.. message, .. message]);
            }

            Should.Throw<ConnectionClosedException>(() => connection.ReceiveBytes());
        }

        python.ReadToEnd().Split('\n').ShouldBe(["0", "10", "2097152"]);
    });

    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    public Task A_connection_to_a_listener_of_Python(string kind) => Watchdog.Run(async () =>
    {
        using var directory = new TemporaryDirectory();
        using var python = Python.Start(
            """
            address = sys.argv[1] if len(sys.argv) > 1 else ('127.0.0.1', 0)
            with Listener(address, authkey=b'the key of the tests') as listener:
                print(listener.address if isinstance(listener.address, str) else listener.address[1], flush=True)
                with listener.accept() as connection:
                    try:
                        while True:
                            connection.send_bytes(connection.recv_bytes()[::-1])
                    except EOFError:
                        print('end of file')
            """,
            kind == "tcp" ? [] : [directory.File("python")]);
        var address = python.ReadLine();
        EndPoint endPoint = kind == "tcp" ? new IPEndPoint(IPAddress.Loopback, int.Parse(address)) : new UnixDomainSocketEndPoint(address);
        await using (var connection = await Connection.ConnectAsync(endPoint, new ConnectionOptions { Key = Net.Key, AllowLegacyMd5 = true }))
        {
            connection.SendBytes("abc"u8);
            connection.ReceiveBytes().ShouldBe("cba"u8.ToArray());
            await connection.SendBytesAsync(new byte[3_000_000]);
            (await connection.ReceiveBytesAsync()).Length.ShouldBe(3_000_000);
        }

        python.ReadToEnd().ShouldBe("end of file");
    });

    [Fact]
    public Task Python_with_another_key_gets_its_AuthenticationError_and_the_listener_says_why() => Watchdog.Run(async () =>
    {
        var rejected = new TaskCompletionSource<ConnectionAuthenticationException>();
        await using var listener = Net.Listen(
            Net.AnyPort,
            options =>
            {
                options.AllowLegacyMd5 = true;
                options.OnRejected = error => rejected.TrySetResult(error);
            });
        using var python = Python.Start(
            PythonAddress + """
            from multiprocessing import AuthenticationError
            try:
                Client(address, authkey=b'another key')
            except AuthenticationError as error:
                print(error)
            """,
            Arguments(listener.LocalEndPoint));
        (await rejected.Task).Reason.ShouldBe(AuthenticationFailure.Key);
        python.ReadToEnd().ShouldBe("digest sent was rejected");
    });

    [Fact]
    public Task The_digest_of_Python_before_3_12_is_not_accepted_unless_the_option_says_so() => Watchdog.Run(async () =>
    {
        var rejected = new TaskCompletionSource<ConnectionAuthenticationException>();
        await using var listener = Net.Listen(Net.AnyPort, options => options.OnRejected = error => rejected.TrySetResult(error));
        using var client = Python.Start(
            PythonAddress + """
            from multiprocessing import AuthenticationError
            try:
                Client(address, authkey=b'the key of the tests')
                print('connected')
            except AuthenticationError as error:
                print('rejected')
            """,
            Arguments(listener.LocalEndPoint));
        Assert.SkipUnless(Python.IsLegacy, "This python3 has the new digests.");
        var error = await rejected.Task;
        error.Reason.ShouldBe(AuthenticationFailure.Digest);
        error.Message.ShouldContain("AllowLegacyMd5");
        client.ReadToEnd().ShouldBe("rejected");

        using var server = Python.Start(
            """
            listener = Listener(('127.0.0.1', 0), authkey=b'the key of the tests')
            print(listener.address[1], flush=True)
            try:
                listener.accept()
            except EOFError:
                print('gone')
            """);
        var endPoint = new IPEndPoint(IPAddress.Loopback, int.Parse(server.ReadLine()));
        var mine = await Should.ThrowAsync<ConnectionAuthenticationException>(() => Connection.ConnectAsync(endPoint, new ConnectionOptions { Key = Net.Key }));
        mine.Reason.ShouldBe(AuthenticationFailure.Digest);
        mine.EndPoint.ShouldBe(endPoint);
        server.ReadToEnd().ShouldBe("gone");
    });

    [Fact]
    public Task Python_without_a_key_over_a_unix_socket() => Watchdog.Run(async () =>
    {
        await using var listener = ConnectionListener.Start();
        using var python = Python.Start("Client(sys.argv[1]).send_bytes(b'hello')", Arguments(listener.LocalEndPoint));
        using var connection = await listener.AcceptAsync();
        connection.ReceiveBytes().ShouldBe("hello"u8.ToArray());
        python.ReadToEnd();
    });

    private static string[] Arguments(EndPoint endPoint) =>
        endPoint is IPEndPoint ip ? [ip.Address.ToString(), ip.Port.ToString()] : [endPoint.ToString()!];
}
