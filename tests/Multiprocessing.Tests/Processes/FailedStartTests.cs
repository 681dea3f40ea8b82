using Multiprocessing.Platform;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Starts that the system refuses: an error at the call, nothing left behind, and the next start works.</summary>
public class FailedStartTests : ProcessTest
{
    [Theory]
    [InlineData("alone")]
    [InlineData("beside")]
    public Task Each_system_call_of_a_start_may_fail_and_nothing_is_left(string way) => Watchdog.Run(
        () =>
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have no filters for system calls.");
            using var companion = Run("refused", way);
            var tried = companion.Values("tried");
            TestContext.Current.TestOutputHelper?.WriteLine(companion.ToString());
            tried.Count.ShouldBe(Facilities.UseLinux ? 28 : 27);
            companion.Value("other").ShouldBe(way == "alone" ? "" : "True");
            companion.Values("left").ShouldBeEmpty();
            tried.ShouldNotContain(line => line.Contains("not heard of"), companion.ToString());

            // Calls without a replacement are reported as a failed start, or as the system's error about memory and directories.
            string[] always = ["socketpair", "pipe2", "execve", "sched_setaffinity", "setpriority", .. Facilities.UseLinux ? new[] { "epoll_ctl" } : []];
            string[] first = ["thread", .. Facilities.UseLinux ? new[] { "epoll_create1" } : []];
            foreach (var call in way == "alone" ? [.. always, .. first] : always)
            {
                tried.Where(line => line.StartsWith(call + " ", StringComparison.Ordinal)).ShouldAllBe(line => line.Contains(": ProcessStartException Process 'Process-"), companion.ToString());
            }
        },
        TimeSpan.FromSeconds(300));

    [PosixFact("Handles there have no limit that a program could set.")]
    public Task With_any_number_of_descriptors_a_start_works_or_leaves_nothing() => Watchdog.Run(
        () =>
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit's number is Linux's.");
            using var companion = Run("few-descriptors");
            TestContext.Current.TestOutputHelper?.WriteLine(companion.ToString());
            companion.Values("left").ShouldBeEmpty();
            var tried = companion.Values("tried");
            tried.Count.ShouldBeGreaterThan(6, "a start needs that many descriptors at least");
            tried.Count(line => line.EndsWith(": started", StringComparison.Ordinal)).ShouldBe(3, companion.ToString());
            tried.ShouldNotContain(line => line.Contains("not heard of"), companion.ToString());
        },
        TimeSpan.FromSeconds(300));

    [PosixFact("Windows has no filters for system calls.")]
    public Task The_thread_for_asynchronous_waits_is_started_by_the_next_one_if_it_cannot_be_at_first() => Watchdog.Run(() =>
    {
        using var companion = Run("no-dispatcher");
        companion.Values("refused").ShouldBe([nameof(OutOfMemoryException), nameof(OutOfMemoryException)], companion.ToString());
        companion.Value("item").ShouldBe("7");
    });

    [Theory]
    [InlineData("ENOSYS")]
    [InlineData("EOPNOTSUPP")]
    [InlineData("EINVAL")]
    [InlineData("EPERM")]
    public Task Where_the_system_does_not_allocate_memory_for_a_file_it_is_written(string error) => Watchdog.Run(
        () =>
        {
            Assert.SkipWhen(OperatingSystem.IsWindows(), "Memory is not allocated through files there.");
            using var companion = Run("no-allocation", error);
            companion.Value("same").ShouldBe("True", companion.ToString());
            companion.Value("child").ShouldBe("exit code 0");
        },
        TimeSpan.FromSeconds(120));

    [Fact]
    public Task Places_that_cannot_be_written_to_at_first_can_be_used_later() => Watchdog.Run(() =>
    {
        var shape = FullMemoryTests.InNamespace("mount -t tmpfs -o ro tmpfs /dev/shm && mount -t tmpfs -o ro tmpfs /mnt && export TMPDIR=/mnt DOTNET_EnableDiagnostics=0");
        using var companion = Companion.Run(shape, "starts", "nothing-writable");
        companion.ExitCode.ShouldBe(0, companion.ToString());
        companion.Values("refused").Count.ShouldBe(2);
        companion.Values("refused").ShouldAllBe(line => line.Contains("Read-only file system"), companion.ToString());
        companion.Values("ok").ShouldHaveSingleItem();
    });

    [PosixFact("A directory in which a program runs cannot be deleted there.")]
    public Task A_program_whose_directory_was_deleted_starts_children_and_pools() => Watchdog.Run(
        () =>
        {
            using var companion = Run("deleted-directory");
            companion.Values("pool").ShouldBe(["12", "12"], companion.ToString());
            companion.Values("directory").ShouldBe(["/", "/"], companion.ToString());
        },
        TimeSpan.FromSeconds(180));

    [PosixFact("Windows does not limit the mappings of a process.")]
    public Task More_objects_than_a_process_may_map_are_an_error_and_not_the_end_of_the_program() => Watchdog.Run(
        () =>
        {
            Assert.SkipUnless(OperatingSystem.IsLinux() && int.Parse(File.ReadAllText("/proc/sys/vm/max_map_count")) <= 65_530, "This system lets a process map more than a session can have.");
            Assert.SkipWhen(Facilities.ParksSleepers, "Sleepers in a table make tens of thousands of objects slow.");
            using var companion = Run("many-locks");
            var error = companion.Value("error");
            error.ShouldStartWith("InsufficientSharedMemoryException");
            error.ShouldContain("vm.max_map_count");
            int.Parse(companion.Value("count")).ShouldBeGreaterThan(50_000);
            companion.Values("ok").ShouldHaveSingleItem(companion.ToString());
        },
        TimeSpan.FromSeconds(300));

    private static Companion Run(params string[] scenario)
    {
        var companion = Companion.Run(ProgramShape.AppHost, ["starts", .. scenario]);
        if (companion.Values("skipped") is [var why, ..])
        {
            companion.Dispose();
            Assert.Skip(why);
        }

        companion.ExitCode.ShouldBe(0, companion.ToString());
        return companion;
    }
}
