using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>Connections that are encrypted, with a certificate made for the test.</summary>
public class TlsConnectionTests
{
    private static readonly Lazy<X509Certificate2> Certificate = new(static () =>
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=multiprocessing.test", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    });

    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    public Task Messages_of_all_sizes_go_both_ways(string kind) => Watchdog.Run(async () =>
    {
        using var directory = new TemporaryDirectory();
        await using var listener = Listen(Net.Address(kind, directory));
        using var client = await Net.Connect(listener, static options => options.Tls = Trusting());
        using var server = await listener.AcceptAsync(TimeSpan.FromSeconds(20));
        var echo = Task.Run(async () =>
        {
            for (var i = 0; i < 6; i++)
            {
                await server.SendBytesAsync(await server.ReceiveBytesAsync());
            }
        });
        foreach (var length in (int[])[0, 1, 5_000, 16_384, 100_000, 3_000_000])
        {
            var message = RandomNumberGenerator.GetBytes(length);
            client.SendBytes(message);
            client.ReceiveBytes().AsSpan().SequenceEqual(message).ShouldBeTrue();
        }

        await echo;
        client.Poll().ShouldBeFalse();
        server.SendBytes([1]);
        Eventually.Is(() => client.Poll(), "the message has arrived");
        client.ReceiveBytes().ShouldBe([1]);
        server.Dispose();
        Should.Throw<ConnectionClosedException>(() => client.ReceiveBytes());
    });

    [Fact]
    public Task A_certificate_that_is_not_trusted_is_an_error_on_both_sides() => Watchdog.Run(async () =>
    {
        var rejected = new TaskCompletionSource<ConnectionAuthenticationException>();
        await using var listener = Listen(Net.AnyPort, options => options.OnRejected = error => rejected.TrySetResult(error));
        var tls = new SslClientAuthenticationOptions { TargetHost = "multiprocessing.test" };
        var error = await Should.ThrowAsync<ConnectionAuthenticationException>(() => Net.Connect(listener, options => options.Tls = tls));
        error.Reason.ShouldBe(AuthenticationFailure.Tls);
        error.InnerException.ShouldBeOfType<AuthenticationException>();
        (await rejected.Task).Reason.ShouldBeOneOf(AuthenticationFailure.Tls, AuthenticationFailure.Closed);
    });

    [Fact]
    public Task A_client_without_TLS_is_rejected_and_one_with_TLS_at_a_listener_without_it_too() => Watchdog.Run(async () =>
    {
        await using var encrypted = Listen(Net.AnyPort, static options => options.HandshakeTimeout = TimeSpan.FromMilliseconds(500));
        await Should.ThrowAsync<ConnectionAuthenticationException>(() => Net.Connect(encrypted));
        await using var plain = Net.Listen(Net.AnyPort);
        await Should.ThrowAsync<ConnectionAuthenticationException>(() => Net.Connect(plain, static options => options.Tls = Trusting()));
        Eventually.Is(() => encrypted.RejectedCount == 1 && plain.RejectedCount == 1, "both were counted");
    });

    [Fact]
    public Task The_key_is_checked_inside_TLS_as_well() => Watchdog.Run(async () =>
    {
        await using var listener = Listen(Net.AnyPort);
        var error = await Should.ThrowAsync<ConnectionAuthenticationException>(() => Net.Connect(
            listener,
            static options =>
            {
                options.Tls = Trusting();
                options.Key = [1];
            }));
        error.Reason.ShouldBe(AuthenticationFailure.Key);
    });

    [Fact]
    public Task A_client_that_is_silent_in_TLS_is_ended_by_the_time_out() => Watchdog.Run(async () =>
    {
        var rejected = new TaskCompletionSource<ConnectionAuthenticationException>();
        await using var listener = Listen(
            Net.AnyPort,
            options =>
            {
                options.HandshakeTimeout = TimeSpan.FromMilliseconds(300);
                options.OnRejected = error => rejected.TrySetResult(error);
            });
        using var raw = Net.Raw(listener.LocalEndPoint);
        (await rejected.Task).Reason.ShouldBe(AuthenticationFailure.TimedOut);
        raw.Receive(new byte[10]).ShouldBe(0);
    });

    private static ConnectionListener Listen(System.Net.EndPoint endPoint, Action<ConnectionListenerOptions>? change = null) => Net.Listen(
        endPoint,
        options =>
        {
            options.Tls = new SslServerAuthenticationOptions { ServerCertificate = Certificate.Value };
            change?.Invoke(options);
        });

    private static SslClientAuthenticationOptions Trusting() => new()
    {
        TargetHost = "multiprocessing.test",
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null && certificate.GetCertHashString() == Certificate.Value.GetCertHashString(),
    };
}
