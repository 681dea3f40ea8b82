using System.Diagnostics;
using System.Text;

namespace Multiprocessing.Tests;

/// <summary>What a program leaves in the world: processes, open handles, directories and files of shared memory.</summary>
internal sealed class Footprint
{
    // Long enough for a loaded machine to reap, close and delete; a leak stays longer than any patience.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Unchanged = TimeSpan.FromSeconds(2);

    private readonly List<string> _processes;
    private readonly List<string> _handles;
    private readonly List<string> _files;

    private Footprint()
    {
        _processes = [.. TestRun.Processes().Select(process => process.ToString())];
        _handles = [.. OpenHandles()];
        _files = [.. SessionDirectories.OfThisRun().SelectMany(directory => Directory.Exists(directory) ? Contents(directory) : [])];
    }

    public static Footprint Take()
    {
        SharedMemoryPool.Shared.Trim(); // what it keeps for the next large argument is no leftover
        return new Footprint();
    }

    /// <summary>
    /// Takes the footprint before a test when the world is as it was after the last one, or when nothing has changed for two seconds: tests in between
    /// may have ended before all of their handles were closed.
    /// </summary>
    /// <param name="last">The footprint after the last test; <see langword="null"/> before the first one.</param>
    public static async Task<Footprint> TakeSettled(Footprint? last)
    {
        var now = Take();
        if (last?.Differences(now) is not "")
        {
            // What the tests before have forgotten would otherwise be closed at the next collection, which may be in the middle of this test.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            now = Take();
        }

        for (var (watch, unchanged) = (Stopwatch.StartNew(), Stopwatch.StartNew()); unchanged.Elapsed < Unchanged && watch.Elapsed < Patience;)
        {
            if (last?.Differences(now) is "")
            {
                break;
            }

            await Task.Delay(50);
            var next = Take();
            if (now.Differences(next) is not "")
            {
                unchanged.Restart();
            }

            now = next;
        }

        return now;
    }

    /// <summary>Fails unless the world is again as it was when this footprint was taken, and names the differences.</summary>
    /// <param name="beforeEachLook">Called before each look; <see langword="null"/> for nothing.</param>
    /// <returns>What is there now.</returns>
    public async Task<Footprint> ShouldBeAsNow(Action? beforeEachLook = null)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            beforeEachLook?.Invoke();
            var now = Take();
            var differences = Differences(now);
            if (differences.Length == 0)
            {
                return now;
            }

            if (watch.Elapsed > Patience)
            {
                throw new FootprintException($"The test left something behind, or took something away:{Environment.NewLine}{differences}");
            }

            if (watch.Elapsed > Unchanged)
            {
                // What the test has forgotten is closed by a collection, and what is old may wait minutes for that of its generation.
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            if (watch.Elapsed > Patience / 3)
            {
                SessionSweep.Run(); // another program's, of which all processes were killed: the next program that starts removes it, and here none may start
            }

            await Task.Delay(50);
        }
    }

    private static IEnumerable<string> OpenHandles()
    {
        if (OperatingSystem.IsWindows())
        {
            yield break; // without a debugger's rights the open handles cannot be listed there
        }

        foreach (var path in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            var target = new FileInfo(path).LinkTarget;
            if (target is null || target.StartsWith($"/proc/{Environment.ProcessId}/fd", StringComparison.Ordinal) || IsTheRuntimesOwn(target))
            {
                continue; // closed meanwhile, or the handle that this listing itself uses
            }

            // Where sleepers are parked, which of the bells a waiting thread has open is chance.
            if (Path.GetFileName(Path.GetDirectoryName(target)) is "parking")
            {
                continue;
            }

            // Numbers of pipes and sockets differ each time; how many there are must not.
            yield return target.Contains(":[", StringComparison.Ordinal) ? target[..target.IndexOf(":[", StringComparison.Ordinal)] : target;
        }
    }

    /// <summary>
    /// Assemblies and symbols that the runtime loads when code first needs them, its tools for compiled code and random numbers, and what it reads for
    /// a moment to learn how much memory there is.
    /// </summary>
    private static bool IsTheRuntimesOwn(string target) =>
        Path.GetExtension(target) is ".dll" or ".pdb" or ".so" || target is "/dev/urandom" or "/proc/meminfo" || target.StartsWith("/sys/fs/cgroup/", StringComparison.Ordinal)
            || target.StartsWith("/memfd:doublemapper", StringComparison.Ordinal);

    private static IEnumerable<string> Contents(string directory)
    {
        try
        {
            // What a process publishes while it is observed or measured, and for five seconds after that, also by a test of another class: PublishedStatusTests and
            // MetricTests prove that it is removed. The counts of a process that ended in these five seconds stay for the next listener of the metrics.
            return [directory, .. Directory.GetFileSystemEntries(directory).Where(static path => Path.GetFileName(path) is var name
                && !name.StartsWith("status-", StringComparison.Ordinal) && !name.StartsWith("figures-", StringComparison.Ordinal))];
        }
        catch (DirectoryNotFoundException)
        {
            return []; // removed between the two looks
        }
    }

    private static void Compare(StringBuilder text, string what, List<string> before, List<string> after)
    {
        foreach (var (name, change) in before.Select(name => (name, -1)).Concat(after.Select(name => (name, 1)))
            .GroupBy(entry => entry.name, entry => entry.Item2).Select(group => (group.Key, group.Sum())))
        {
            if (change != 0)
            {
                text.AppendLine($"    {what}: {change:+0;-0} {name}");
            }
        }
    }

    private string Differences(Footprint now)
    {
        var text = new StringBuilder();

        // Windows: a process that is about to end is listed like any other one until it has ended.
        Compare(text, "process", OperatingSystem.IsWindows() ? [.. _processes.Where(now._processes.Contains)] : _processes, now._processes);
        Compare(text, "handle", _handles, now._handles);

        // Another program's session that ended meanwhile is no loss of ours; our own is.
        var own = Session.Current.Directory;
        Compare(text, "file", [.. _files.Where(file => now._files.Contains(file) || file.StartsWith(own, StringComparison.Ordinal))], now._files);
        return text.ToString();
    }
}

/// <summary>A test did not leave the world as it found it.</summary>
internal sealed class FootprintException(string message) : Exception(message);
