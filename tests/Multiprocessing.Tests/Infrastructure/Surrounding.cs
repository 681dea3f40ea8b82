using System.Diagnostics;
using System.Runtime.Versioning;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Ways to start the companion program in particular surroundings. A test is skipped where this machine does not allow them.</summary>
[UnsupportedOSPlatform("windows")]
internal static class Surrounding
{
    private const int OtherUser = 4242;

    /// <summary>Started by a shell that does something first.</summary>
    public static ProgramShape Shell(string script) => new(script, "sh", "-c", $"{script}; exec \"$0\" \"$@\"", ProgramShape.AppHost.FileName);

    /// <summary>In namespaces of its own, in which a shell does something first.</summary>
    public static ProgramShape Unshared(string options, string script = ":")
    {
        string[][] ways = [[.. options.Split(' ')], ["-Ur", .. options.Split(' ')]];
        foreach (var way in ways)
        {
            if (Succeeds("unshare", [.. way, "sh", "-c", script]))
            {
                return new ProgramShape($"unshare {options}: {script}", "unshare", [.. way, "sh", "-c", $"{script}; exec \"$0\" \"$@\"", ProgramShape.AppHost.FileName]);
            }
        }

        Assert.Skip($"'unshare {options}' with '{script}' needs rights that this machine does not give.");
        return null!;
    }

    /// <summary>Run by a user for whom file modes count: as this one, or, when that is root, as another.</summary>
    public static ProgramShape Unprivileged(string script)
    {
        if (Posix.UserId() != 0)
        {
            return Shell(script);
        }

        string[] way = [$"--reuid={OtherUser}", $"--regid={OtherUser}", "--clear-groups"];
        Assert.SkipUnless(
            Succeeds("setpriv", [.. way, "test", "-x", ProgramShape.AppHost.FileName]), "There is no setpriv, or another user may not run the companion program.");
        return new ProgramShape($"another user: {script}", "setpriv", [.. way, "sh", "-c", $"unset MULTIPROCESSING_SCENARIO_LOG; {script}; exec \"$0\" \"$@\"", ProgramShape.AppHost.FileName]);
    }

    /// <summary>With a scenario, in the foreground of a terminal that was set up by a shell.</summary>
    public static ProgramShape Terminal(string script, params string[] scenario)
    {
        var command = $"{script}; exec '{ProgramShape.AppHost.FileName}' {string.Join(' ', scenario)}";
        Assert.SkipUnless(Succeeds("script", ["-qec", script, "/dev/null"]), "There is no 'script' with the options of util-linux.");
        return new ProgramShape(script, "script", "-qec", command, "/dev/null");
    }

    /// <summary>A directory in which every user may create files.</summary>
    public static TemporaryDirectory OpenDirectory()
    {
        // Not in the temp directory, which may be this user's alone.
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var directory = new TemporaryDirectory(Directory.CreateDirectory(Path.Combine(root, $"multiprocessing-test-{Guid.NewGuid():N}")).FullName);
        File.SetUnixFileMode(directory.Path, (UnixFileMode)0b111_111_111 | UnixFileMode.StickyBit);
        return directory;
    }

    /// <summary>Runs the scenario in which each part of the library is used once, and fails with what did not work.</summary>
    public static void ShouldAllowEverything(this ProgramShape shape, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var companion = Companion.Run(shape, environment, "surroundings", "everything");
        Assert.True(companion.ExitCode == 0, $"{shape}: exit code {companion.ExitCode}{Environment.NewLine}{companion}");
        Assert.Equal(9, companion.Values("ok").Count);
    }

    private static bool Succeeds(string program, string[] arguments)
    {
        try
        {
            using var trial = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            trial.StandardError.ReadToEnd();
            trial.StandardOutput.ReadToEnd();
            trial.StandardError.Dispose();
            trial.StandardOutput.Dispose();
            trial.WaitForExit();
            return trial.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // no such program here
        }
    }
}
