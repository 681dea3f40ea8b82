using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DurableJobs;

/// <summary>A RabbitMQ server of its own, with its files in a temporary directory. Debian's package: <c>rabbitmq-server</c>.</summary>
internal sealed class Broker : IAsyncDisposable
{
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(100);

    private readonly string _folder = Directory.CreateTempSubdirectory("durable-jobs-broker-").FullName;
    private readonly List<Process> _processes = [];
    private readonly ConcurrentQueue<string> _output = [];
    private readonly int _port = FreePort();

    private Broker()
    {
    }

    public static bool IsInstalled => File.Exists(Server);

    public string Uri => $"amqp://guest:guest@127.0.0.1:{_port}/";

    public static async Task<Broker> StartAsync()
    {
        var broker = new Broker();
        try
        {
            await broker.RunAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task RunAsync()
    {
        // The name service of Erlang would stay as a daemon, so the server gets one that ends with it.
        var names = FreePort();
        Start("epmd", names, "-address", "127.0.0.1", "-port", Text(names));
        await WaitForAsync(names);
        var server = Start(Server, names);
        var factory = new ConnectionFactory { Uri = new Uri(Uri) };
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(100))
        {
            try
            {
                await using var connection = await factory.CreateConnectionAsync();
                return;
            }
            catch (BrokerUnreachableException error)
            {
                if (server.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
                {
                    throw new InvalidOperationException($"RabbitMQ does not start:\n{string.Join('\n', _output)}", error);
                }
            }
        }
    }

    private static async Task WaitForAsync(int port)
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(20))
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(began) < StartLimit)
            {
                // It does not listen yet.
            }
        }
    }

    private Process Start(string program, int names, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["HOME"] = _folder, // the cookie of Erlang
            ["ERL_EPMD_PORT"] = Text(names),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODENAME"] = $"durable{Environment.ProcessId}@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = Text(_port),
            ["RABBITMQ_DIST_PORT"] = Text(FreePort()),
            ["RABBITMQ_MNESIA_BASE"] = $"{_folder}/data",
            ["RABBITMQ_LOG_BASE"] = $"{_folder}/log",
            ["RABBITMQ_PID_FILE"] = $"{_folder}/pid",
            ["RABBITMQ_CONF_ENV_FILE"] = $"{_folder}/none", // not those of the machine
            ["RABBITMQ_CONFIG_FILE"] = $"{_folder}/none",
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = $"{_folder}/plugins",
            ["RABBITMQ_ALLOW_INPUT"] = "1", // the script becomes the server, instead of waiting for it
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-noshell -noinput",
        })
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Insert(0, process);
        return process;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
