using System.Diagnostics;
using System.Threading.Channels;

namespace Chat.Script;

/// <summary>One of the three programs, with its standard input and output in the hands of the script.</summary>
internal sealed class Participant : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task _output;
    private readonly Task<string> _errors;

    private Participant(string name, Process process)
    {
        Name = name;
        _process = process;
        _output = ReadAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public string Name { get; }

    /// <summary>Starts this program again, as another one of the three.</summary>
    public static Participant StartChat(string name, string folder, params IEnumerable<string> arguments)
    {
        var (program, first) = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet"
            ? (path, Enumerable.Empty<string>())
            : ("dotnet", [typeof(Participant).Assembly.Location]);
        return Start(name, folder, program, [.. first, .. arguments]);
    }

    /// <summary>Starts a program.</summary>
    /// <param name="name">The name in the table and in errors.</param>
    /// <param name="folder">The folder with the invitation.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Participant Start(string name, string folder, string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Invitation.FolderVariable] = folder;
        return new Participant(name, Process.Start(start) ?? throw new InvalidOperationException($"{program} was not started."));
    }

    /// <summary>Types a line.</summary>
    public void Type(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Returns the next line that the program shows.</summary>
    public async Task<string> SeesAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            return await _lines.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Name} has shown no line for {Limit.TotalSeconds} s.");
        }
        catch (ChannelClosedException)
        {
            throw new InvalidOperationException($"{Name} has ended with exit code {await EndAsync()}. {await _errors}");
        }
    }

    /// <summary>Ends the input, and returns the exit code.</summary>
    public async Task<int> LeaveAsync()
    {
        _process.StandardInput.Close();
        return await EndAsync();
    }

    /// <summary>Waits for the end of the program.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Name} has not ended within {Limit.TotalSeconds} s.");
        }
    }

    /// <summary>Returns what the program wrote to the error output. It has ended.</summary>
    public Task<string> ErrorsAsync() => _errors;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await _output;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}
