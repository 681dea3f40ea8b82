using Microsoft.Diagnostics.NETCore.Client;

namespace Multiprocessing.Tool.Stacks;

/// <summary>A connection to the diagnostics port of a process.</summary>
internal sealed class DiagnosticsPort : IAsyncDisposable
{
    private readonly DiagnosticsClientConnector? _connector;

    private DiagnosticsPort(DiagnosticsClient client, DiagnosticsClientConnector? connector)
    {
        Client = client;
        _connector = connector;
    }

    public DiagnosticsClient Client { get; }

    /// <exception cref="ServerNotAvailableException">The process has no port.</exception>
    public static async Task<DiagnosticsPort> ConnectAsync(int processId, CancellationToken cancellationToken)
    {
        if (FindSocket(processId) is { } socket)
        {
            var connector = await DiagnosticsClientConnector.FromDiagnosticPort($"{socket},connect", cancellationToken);
            return new DiagnosticsPort(connector.Instance, connector);
        }

        return new DiagnosticsPort(new DiagnosticsClient(processId), null);
    }

    /// <summary>
    /// Returns the path of the socket, or null if it is where this process's own temporary directory is, or not found. The process created it in its
    /// temporary directory, which may differ from that of this process.
    /// </summary>
    public static string? FindSocket(int processId)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        foreach (var directory in TemporaryDirectories(processId))
        {
            try
            {
                // A process that had the same number before may have left its socket: the last one is that of the process that runs.
                var found = new DirectoryInfo(directory).EnumerateFiles($"dotnet-diagnostic-{processId}-*-socket")
                    .OrderByDescending(file => file.LastWriteTimeUtc).FirstOrDefault();
                if (found is not null)
                {
                    return found.FullName;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The directory does not exist here, or may not be listed: the next one.
            }
        }

        return null;
    }

    public ValueTask DisposeAsync() => _connector?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static IEnumerable<string> TemporaryDirectories(int processId)
    {
        if (VariableOf(processId, "TMPDIR") is { Length: > 0 } own)
        {
            yield return own;
        }

        yield return "/tmp";
        yield return Path.GetTempPath();
    }

    private static string? VariableOf(int processId, string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/environ").Split('\0')
                .FirstOrDefault(entry => entry.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
