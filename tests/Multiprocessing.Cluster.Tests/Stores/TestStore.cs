using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>A server of a test, which may kill and restart it. Its data survives that.</summary>
internal abstract class TestStore : IAsyncDisposable
{
    private Process? _server;

    public abstract string Connection { get; }

    /// <summary>Gets the directory of the data. Not below TMPDIR, which the user of the server may not be able to enter.</summary>
    protected string Folder { get; } = $"/tmp/multiprocessing-store-{Guid.NewGuid():N}";

    protected int Port { get; } = FreePort();

    /// <summary>Starts a store by its name in <see cref="ClusterPlan.Store"/>; skips the test if it is not installed.</summary>
    public static async Task<TestStore> StartAsync(string kind)
    {
        TestStore store = kind == "redis" ? new TestRedis() : new TestPostgres();
        await store.RestartAsync();
        return store;
    }

    /// <summary>Ends the server as a failure of its machine does.</summary>
    public void Kill()
    {
        if (_server is not null)
        {
            _server.Kill(entireProcessTree: true);
            _server.WaitForExit();
            _server.Dispose();
            _server = null;
        }
    }

    public async Task RestartAsync()
    {
        Kill();
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(100))
        {
            // A server that finds processes of the killed one ends at once, and is started again.
            _server = _server is { HasExited: false } ? _server : Start();
            try
            {
                await PingAsync();
                return;
            }
            catch (Exception error) when (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60) && error is not OutOfMemoryException)
            {
                // It is not up yet.
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    protected static string Find(string program)
    {
        var folders = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Reverse().Select(static version => Path.Combine(version, "bin"))
            : [];
        return folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw Skipped($"{program} is not installed.");
    }

    protected static Process Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    protected abstract Process Start();

    protected abstract Task PingAsync();

    private static Exception Skipped(string reason)
    {
        Assert.Skip(reason);
        return new InvalidOperationException(reason);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
