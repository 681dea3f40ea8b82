using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Listeners, connections over sockets, and what fails when they are authenticated.</summary>
public class NetworkExamples
{
    [Fact]
    public async Task A_listener()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        #region ConnectionListener
        await using var listener = ConnectionListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new() { Key = key });

        // In another program, which has the same key:
        using var client = await Connection.ConnectAsync(listener.LocalEndPoint, new() { Key = key });
        client.SendBytes("page 7"u8);

        using var connection = await listener.AcceptAsync(TimeSpan.FromSeconds(30));
        byte[] request = await connection.ReceiveBytesAsync();
        #endregion
        request.ShouldBe("page 7"u8.ToArray());
    }

    [Fact]
    public async Task Options_of_a_listener()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        #region ConnectionListenerOptions
        var options = new ConnectionListenerOptions
        {
            Key = key,
            MaxMessageBytes = 1 << 20,                   // longer messages are refused, before memory is allocated
            HandshakeTimeout = TimeSpan.FromSeconds(2),  // a silent client is closed
            IdleTimeout = TimeSpan.FromMinutes(5),
            OnRejected = error => Console.WriteLine(error.Message),
        };
        using var listener = ConnectionListener.Start(new IPEndPoint(IPAddress.Loopback, 0), options);
        #endregion
        using var client = await Connection.ConnectAsync(listener.LocalEndPoint, new() { Key = key });
    }

    [Fact]
    public async Task Options_of_a_connection()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        using var listener = ConnectionListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new() { Key = key });
        var endPoint = listener.LocalEndPoint;
        #region ConnectionOptions
        var options = new ConnectionOptions
        {
            Key = key,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            AllowLegacyMd5 = true, // the other side may be CPython before 3.12
        };
        using var connection = await Connection.ConnectAsync(endPoint, options);
        #endregion
        connection.CanSend.ShouldBeTrue();
    }

    [Fact]
    public async Task A_wrong_key()
    {
        using var listener = ConnectionListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new() { Key = RandomNumberGenerator.GetBytes(32) });
        var endPoint = listener.LocalEndPoint;
        byte[] anotherKey = [1, 2, 3];
        #region ConnectionAuthenticationException
        try
        {
            using var connection = await Connection.ConnectAsync(endPoint, new() { Key = anotherKey });
        }
        catch (ConnectionAuthenticationException exception)
        {
            Console.WriteLine(exception.Message); // "The listener at tcp:127.0.0.1:40123 rejected the key of this process. ..."
        }
        #endregion
        var error = await Should.ThrowAsync<ConnectionAuthenticationException>(() => Connection.ConnectAsync(endPoint, new() { Key = anotherKey }));
        error.Message.ShouldStartWith($"The listener at tcp:{endPoint} rejected the key of this process.");
        #region AuthenticationFailure
        if (error.Reason == AuthenticationFailure.Key)
        {
            Console.WriteLine("Give both programs the same key.");
        }
        #endregion
    }

    [Fact]
    public void A_named_pipe()
    {
        #region NamedPipeEndPoint
        EndPoint endPoint = OperatingSystem.IsWindows() ? new NamedPipeEndPoint("scanner") : new UnixDomainSocketEndPoint("/tmp/scanner");
        #endregion
        endPoint.ToString()!.ShouldContain("scanner");
        new NamedPipeEndPoint(@"\\.\pipe\a").ShouldBe(new NamedPipeEndPoint("A"));
    }
}
