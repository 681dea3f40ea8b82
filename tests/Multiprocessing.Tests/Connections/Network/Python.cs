using System.Diagnostics;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>A python3 that runs a script with CPython's own multiprocessing.connection.</summary>
internal sealed class Python : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private Python(string script, string[] arguments)
    {
        var start = new ProcessStartInfo("python3")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"import sys\nfrom multiprocessing.connection import Client, Listener\n{script}");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Gets whether this python3 has only HMAC-MD5, as before 3.12.</summary>
    public static bool IsLegacy { get; } = FindVersion() is { } version && version < new Version(3, 12);

    /// <summary>Starts a script; its arguments are in sys.argv[1:].</summary>
    public static Python Start(string script, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Python of Windows is another matter.");
        if (FindVersion() is null)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") is "true", "There is no python3 in the PATH.");
            Assert.Fail("There is no python3 in the PATH, which the tests with Python as the other side need.");
        }

        return new Python(script, arguments);
    }

    public string ReadLine() =>
        _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"Python has ended: {_errors.GetAwaiter().GetResult()}");

    /// <summary>Waits for the end, and returns what the script wrote.</summary>
    public string ReadToEnd()
    {
        var text = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return _process.ExitCode == 0 ? text.Trim() : throw new InvalidOperationException($"Python ended with {_process.ExitCode}: {_errors.GetAwaiter().GetResult()}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.StandardOutput.Dispose(); // which the process does not close once they were asked for
        _process.StandardError.Dispose();
        _process.Dispose();
    }

    private static Version? FindVersion()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("python3") { ArgumentList = { "-c", "import sys; print('%d.%d' % sys.version_info[:2])" }, RedirectStandardOutput = true })!;
            using var output = process.StandardOutput;
            var text = output.ReadToEnd();
            process.WaitForExit();
            return Version.Parse(text.Trim());
        }
        catch (Exception)
        {
            return null;
        }
    }
}
