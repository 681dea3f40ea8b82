using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// A Docker container has 64 MB of /dev/shm. What does not fit there is placed elsewhere or refused, and no process hangs or dies of SIGBUS.
/// </summary>
public class FullMemoryTests : ProcessTest
{
    [Theory]
    [InlineData("16m", 64)]
    [InlineData("1m", 16)]
    [InlineData("64k", 4)]
    public Task A_queue_larger_than_the_shared_memory_works_or_says_why_not(string size, int mebibytes) => Watchdog.Run(() =>
    {
        var shape = InNamespace($"mount -t tmpfs -o size={size} tmpfs /dev/shm");
        using var companion = Companion.Run(shape, "full-memory", mebibytes.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(companion.ToString());
        companion.ExitCode.ShouldBe(0, companion.ToString());
        if (companion.Values("creation") is [var refusal])
        {
            refusal.ShouldContain("memory");
            return;
        }

        if (companion.Value("put") is not "all" and var reason)
        {
            reason.ShouldContain("memory");
        }

        var counts = companion.Value("count").Split(' ');
        counts[0].ShouldBe(counts[1], "a refused item is not in the queue, all others are");
        companion.Value("same").ShouldBe("True");
        companion.Value("child").ShouldBe("exit code 0");
        companion.Value("usable").ShouldBe("True");
    });

    [Fact]
    public Task A_put_that_fits_neither_in_shared_memory_nor_in_the_temporary_directory_is_refused_and_the_queue_goes_on() => Watchdog.Run(() =>
    {
        var shape = InNamespace("mount -t tmpfs -o size=8m tmpfs /dev/shm && mount -t tmpfs -o size=8m tmpfs /mnt && export TMPDIR=/mnt");
        using var companion = Companion.Run(shape, "full-memory", "64");
        companion.ExitCode.ShouldBe(0, companion.ToString());
        companion.Value("put").ShouldContain("memory", Case.Insensitive, companion.ToString());
        companion.Value("put").ShouldNotBe("all");
        var counts = companion.Value("count").Split(' ');
        counts[0].ShouldBe(counts[1], "a refused item is not in the queue, all others are");
        companion.Value("same").ShouldBe("True");
        companion.Value("child").ShouldBe("exit code 0");
        companion.Value("usable").ShouldBe("True");
    });

    /// <summary>The companion with file systems of its own, which needs root or user namespaces.</summary>
    internal static ProgramShape InNamespace(string mounts)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Shared memory there is committed memory, which a test cannot make scarce for one program.");
        foreach (var option in new[] { "-m", "-rm" })
        {
            using var trial = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("unshare", [option, "sh", "-c", mounts]) { RedirectStandardError = true })!;
            trial.StandardError.ReadToEnd();
            trial.StandardError.Dispose();
            trial.WaitForExit();
            if (trial.ExitCode == 0)
            {
                return new ProgramShape("little memory", "unshare", option, "sh", "-c", $"{mounts} && exec \"$0\" \"$@\"", ProgramShape.AppHost.FileName);
            }
        }

        Assert.Skip("Mounting a file system needs root or user namespaces, and this machine allows neither.");
        return null!;
    }
}
