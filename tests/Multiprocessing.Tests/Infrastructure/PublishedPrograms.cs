using System.Diagnostics;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>The companion as published programs; each is published when a test first asks for it.</summary>
public sealed class PublishedPrograms : IDisposable
{
    private static readonly TimeSpan PublishLimit = TimeSpan.FromMinutes(9);

    private readonly TemporaryDirectory _directory = new();
    private readonly Lazy<ProgramShape> _singleFile;
    private readonly Lazy<ProgramShape> _withoutHooks;
    private readonly Lazy<ProgramShape> _selfContained;

    public PublishedPrograms()
    {
        _singleFile = new(() => Publish("single file", "-p:PublishSingleFile=true", "--self-contained", "false"));
        _withoutHooks = new(() => Publish("single file without startup hooks", "-p:PublishSingleFile=true", "--self-contained", "false", "-p:StartupHookSupport=false"));
        _selfContained = new(() => Publish("self-contained single file", "-p:PublishSingleFile=true", "--self-contained", "true"));
    }

    public ProgramShape SingleFile => _singleFile.Value;

    public ProgramShape SingleFileWithoutHooks => _withoutHooks.Value;

    /// <summary>Needs the runtime's package, which a machine without a network has not: then the test that asks is skipped.</summary>
    public ProgramShape SelfContained => _selfContained.Value;

    public void Dispose() => _directory.Dispose();

    private ProgramShape Publish(string name, params string[] settings)
    {
        var output = _directory.File(name.Replace(' ', '-'));
        string[] arguments =
        [
            "publish", ProgramShape.ProjectDirectory, "-c", ProgramShape.Configuration, "-r", "linux-x64", "-o", output,
            "--artifacts-path", _directory.File("artifacts"), // not the ordinary obj folder: its assets file would be another one afterwards
            "--disable-build-servers", "-nodeReuse:false", "-v", "quiet", "-nologo", .. settings,
        ];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(variable); // what the build that runs these tests says to its own nodes
        }

        using var publish = Process.Start(start)!;
        var text = publish.StandardOutput.ReadToEndAsync();
        var error = publish.StandardError.ReadToEndAsync();
        if (!publish.WaitForExit(PublishLimit))
        {
            publish.Kill(entireProcessTree: true);
            throw new TimeoutException($"dotnet publish of '{name}' did not end within {PublishLimit.TotalMinutes} minutes.");
        }

        var log = text.Result + error.Result;
        publish.StandardOutput.Dispose();
        publish.StandardError.Dispose();
        Assert.SkipWhen(publish.ExitCode != 0 && log.Contains("NU1", StringComparison.Ordinal), $"A package for '{name}' could not be restored: {log}");
        return publish.ExitCode == 0
            ? new ProgramShape(name, Path.Combine(output, "Multiprocessing.Scenarios"))
            : throw new InvalidOperationException($"dotnet publish of '{name}' failed:{Environment.NewLine}{log}");
    }
}
