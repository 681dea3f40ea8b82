using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Multiprocessing;

namespace ClusterBenchmarks.Contenders;

/// <summary>
/// The bound: one TLS socket with certificates on both sides to each of two processes, which run the task in the thread that reads. No membership, no
/// retry, no cancellation, no worker that may die.
/// </summary>
internal sealed class TlsContender : Contender
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tls-benchmark-").FullName;
    private readonly List<ChildProcess> _servers = [];
    private readonly List<TlsConnection> _connections = [];
    private int _next;

    public override string Name => "TLS sockets";

    public override async Task StartAsync()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=benchmark", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var created = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = Path.Combine(_folder, "certificate.pfx");
        await File.WriteAllBytesAsync(file, created.Export(X509ContentType.Pkcs12)).ConfigureAwait(false);
        for (var number = 0; number < 2; number++)
        {
            var portFile = Path.Combine(_folder, $"port-{number}");
            _servers.Add(ChildProcess.Run(TlsServer.RunAsync, file, portFile));
            while (!File.Exists(portFile))
            {
                await Task.Delay(20).ConfigureAwait(false);
            }

            var port = int.Parse(await File.ReadAllTextAsync(portFile).ConfigureAwait(false), CultureInfo.InvariantCulture);
            _connections.Add(await TlsConnection.OpenAsync(file, port).ConfigureAwait(false));
        }
    }

    public override async Task<int> AddOneAsync(int number)
    {
        var argument = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(argument, number);
        return BinaryPrimitives.ReadInt32LittleEndian(await EchoAsync(argument).ConfigureAwait(false));
    }

    public override Task<byte[]> EchoAsync(byte[] bytes) => _connections[Interlocked.Increment(ref _next) & 1].CallAsync(bytes);

    public override async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var server in _servers)
        {
            server.Kill();
            server.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>One end of a socket: frames of a length, a number and bytes.</summary>
internal sealed class TlsConnection(SslStream stream) : IAsyncDisposable
{
    private const int Head = 12;

    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<byte[]>> _calls = [];
    private readonly BufferedStream _input = new(stream, 64 << 10);
    private long _last;

    public static async Task<TlsConnection> OpenAsync(string file, int port)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port).ConfigureAwait(false);
        var stream = new SslStream(client.GetStream(), false, static (_, _, _, _) => true);
        var certificate = X509CertificateLoader.LoadPkcs12FromFile(file, null);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "benchmark",
            ClientCertificates = [certificate],
        }).ConfigureAwait(false);
        var connection = new TlsConnection(stream);
        _ = connection.ReadRepliesAsync();
        return connection;
    }

    public async Task<byte[]> CallAsync(byte[] bytes)
    {
        var number = Interlocked.Increment(ref _last);
        var result = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[number] = result;
        await WriteAsync(number, bytes).ConfigureAwait(false);
        return await result.Task.ConfigureAwait(false);
    }

    /// <summary>Answers calls: a number is returned plus one, other bytes as they are.</summary>
    public async Task ServeAsync()
    {
        while (true)
        {
            var (number, bytes) = await ReadAsync().ConfigureAwait(false);
            if (bytes.Length == 4)
            {
                BinaryPrimitives.WriteInt32LittleEndian(bytes, BinaryPrimitives.ReadInt32LittleEndian(bytes) + 1);
            }

            await WriteAsync(number, bytes).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync().ConfigureAwait(false);
        _writing.Dispose();
    }

    private async Task ReadRepliesAsync()
    {
        try
        {
            while (true)
            {
                var (number, bytes) = await ReadAsync().ConfigureAwait(false);
                _calls.TryRemove(number, out var result);
                result!.SetResult(bytes);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The connection was closed: the benchmark ends.
        }
    }

    private async Task WriteAsync(long number, byte[] bytes)
    {
        var frame = new byte[Head + bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, bytes.Length);
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(4), number);
        bytes.CopyTo(frame, Head);
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            await stream.WriteAsync(frame).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task<(long Number, byte[] Bytes)> ReadAsync()
    {
        var head = new byte[Head];
        await _input.ReadExactlyAsync(head).ConfigureAwait(false);
        var bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(head)];
        await _input.ReadExactlyAsync(bytes).ConfigureAwait(false);
        return (BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(4)), bytes);
    }
}

internal static class TlsServer
{
    public static async Task RunAsync(string file, string portFile)
    {
        var certificate = X509CertificateLoader.LoadPkcs12FromFile(file, null);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await File.WriteAllTextAsync(portFile + ".new", $"{((IPEndPoint)listener.LocalEndpoint).Port}").ConfigureAwait(false);
        File.Move(portFile + ".new", portFile);
        using var client = await listener.AcceptTcpClientAsync().ConfigureAwait(false);
        client.NoDelay = true;
        var stream = new SslStream(client.GetStream(), false, (_, peer, _, _) => peer?.GetCertHashString() == certificate.GetCertHashString());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = true,
        }).ConfigureAwait(false);
        await new TlsConnection(stream).ServeAsync().ConfigureAwait(false);
    }
}
