using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>One run of the companion program.</summary>
internal sealed class Companion : IDisposable
{
    // For the threads that read; what keeps the handles longer is another process, and no loss.
    private static readonly TimeSpan PatienceForOutput = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _lines = [];
    private readonly Task _reading;
    private readonly Task<string> _error;

    private Companion(string fileName, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(fileName, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["MULTIPROCESSING_SCENARIO_LOG"] = MainLog;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _reading = Task.Run(ReadAsync);
        _error = _process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>The processes in which the companion's Main ran.</summary>
    public IReadOnlyList<int> MainRuns =>
        File.Exists(MainLog) ? [.. File.ReadAllLines(MainLog).Select(line => int.Parse(line.Split(' ')[1]))] : [];

    private string MainLog => _directory.File("main.log");

    public static Companion Start(ProgramShape shape, params string[] arguments) => Start(shape, null, arguments);

    public static Companion Start(ProgramShape shape, IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        new(shape.FileName, shape.Arguments.Concat(arguments), environment);

    /// <summary>Runs a scenario to its end.</summary>
    public static Companion Run(ProgramShape shape, params string[] arguments) => Run(shape, null, arguments);

    public static Companion Run(ProgramShape shape, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var companion = Start(shape, environment, arguments);
        companion.WaitForExit();
        return companion;
    }

    /// <summary>Waits for the end, and for what was written before it; not for others who may have the handles still.</summary>
    public void WaitForExit()
    {
        _process.WaitForExit();
        Task.WaitAll([_reading, _error], PatienceForOutput);
    }

    /// <summary>The values of all lines with a key, as far as they have come.</summary>
    public IReadOnlyList<string> Values(string key)
    {
        lock (_lines)
        {
            return [.. _lines.Where(line => line.StartsWith(key + " ", StringComparison.Ordinal)).Select(line => line[(key.Length + 1)..])];
        }
    }

    public string Value(string key) => Values(key) is [var value] ? value : throw new InvalidDataException($"Not exactly one line '{key}' in:{Environment.NewLine}{this}");

    /// <summary>Waits for a line; fails when the companion ends without it.</summary>
    public void WaitFor(string key) => Eventually.Is(
        () => Values(key).Count > 0 || (_reading.IsCompleted && Values(key).Count == 0 ? throw new InvalidDataException($"The companion ended without '{key}':{Environment.NewLine}{this}") : false),
        $"the companion has said '{key}'",
        TimeSpan.FromSeconds(60));

    public override string ToString()
    {
        lock (_lines)
        {
            return string.Join(Environment.NewLine, _lines.Append(_error.IsCompleted ? _error.Result : "(standard error is still open)"));
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            // On Windows its children are in jobs of its own; and Wine returns creation times that the runtime rejects.
            _process.Kill(entireProcessTree: !OperatingSystem.IsWindows());
        }

        _process.WaitForExit();
        _process.StandardOutput.Dispose();
        _process.StandardError.Dispose();
        _process.Dispose();
        _directory.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }
    }
}
