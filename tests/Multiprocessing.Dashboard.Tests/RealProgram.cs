using System.Diagnostics;

namespace Multiprocessing.Dashboard.Tests;

/// <summary>A program of this repository that runs, with a dashboard of it.</summary>
internal sealed class RealProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ProgramMonitor _monitor;

    private RealProgram(Process process, ProgramMonitor monitor, DashboardServer server)
    {
        _process = process;
        _monitor = monitor;
        Server = server;
    }

    public DashboardServer Server { get; }

    public int Id => _process.Id;

    /// <summary>Starts <c>samples/Batch</c> over many files: one of 400 crashes its worker.</summary>
    public static Task<RealProgram> StartBatchAsync(int workers = 4) =>
        StartAsync(PathOf("samples", "Batch", "Batch"), "/usr", "--workers", $"{workers}", "--crash", "0.0025", "--alone", "--output", Path.GetTempFileName());

    /// <summary>Starts <c>samples/Web</c> under load, while its workers are killed.</summary>
    public static Task<RealProgram> StartWebAsync() => StartAsync(PathOf("samples", "Web", "Web"), "--load", "--kills", "2000", "--workers", "4");

    /// <summary>Starts a program with one of everything, under the name of what it plays.</summary>
    public static async Task<RealProgram> StartShopAsync()
    {
        var folder = Directory.CreateTempSubdirectory("shop-").FullName;
        try
        {
            var link = Path.Combine(folder, "Shop");
            File.CreateSymbolicLink(link, PathOf("tests", "Multiprocessing.Scenarios", "Multiprocessing.Scenarios"));
            return await StartAsync(link, "shop");
        }
        finally
        {
            Directory.Delete(folder, recursive: true); // the program runs, and its name is known
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _monitor.Dispose();
        // Workers notice the death of their root, and end themselves.
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        ProgramLeftovers.Remove();
    }

    /// <summary>The folder of the repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", ".."));

    /// <summary>Returns the path of a program that was built with these tests, in the same configuration.</summary>
    public static string PathOf(string folder, string project, string name) =>
        Path.Combine(Root, folder, project, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", name);

    private static async Task<RealProgram> StartAsync(string path, params string[] arguments)
    {
        ProcessStartInfo start = new(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { }; // read, so that it does not wait for a reader
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            var monitor = await OpenAsync(process);
            var server = await DashboardServer.StartAsync(monitor, cancellationToken: TestContext.Current.CancellationToken);
            return new(process, monitor, server);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    // A program is one that can be looked at from its first child on.
    private static async Task<ProgramMonitor> OpenAsync(Process process)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return ProgramMonitor.Open(process.Id);
            }
            catch (ProgramNotFoundException) when (watch.Elapsed < Patience && !process.HasExited)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }
    }
}
