using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>A child leaves without the runtime's own shutdown, and what the program expects of its end happens all the same.</summary>
[Collection(ProcessCollection.Name)]
public partial class ShortExitTests : ProcessTest
{
    [Fact]
    public Task Exit_handlers_that_a_foreground_thread_adds_after_the_body_has_returned_run() => Watchdog.Run(async () =>
    {
        using var handled = new SharedValue<int>();
        using var child = ChildProcess.Run(() =>
        {
            new Thread(() =>
            {
                Thread.Sleep(200);
                AppDomain.CurrentDomain.ProcessExit += (_, _) => handled.Value = 3;
            }).Start();
            return 7;
        });
        (await child.Result).ShouldBe(7);
        await child.Completion;
        handled.Value.ShouldBe(3);
    });

    [Fact]
    public Task The_exit_code_that_the_last_handler_sets_is_the_childs() => Watchdog.Run(() =>
    {
        using var child = ChildProcess.Run(static () => AppDomain.CurrentDomain.ProcessExit += static (_, _) => Environment.ExitCode = 9);
        child.Join();
        child.ExitStatus!.Code.ShouldBe(9);
    });

    [PosixFact("There the runtime makes no files, and children leave by its own shutdown.")]
    public Task The_runtimes_files_are_removed_though_the_child_has_changed_its_temp_directory() => Watchdog.Run(() =>
    {
        using var other = new TemporaryDirectory();
        using var elsewhere = new TemporaryDirectory();
        var path = elsewhere.Path;
        using var child = ChildProcess.Run(
            () => Environment.SetEnvironmentVariable("TMPDIR", path), new() { Environment = { ["TMPDIR"] = other.Path } });
        child.Join();
        child.ExitStatus!.IsSuccess.ShouldBeTrue();
        Directory.GetFileSystemEntries(other.Path).ShouldBeEmpty();

        using var killed = Ends.StartWaiting(new() { Environment = { ["TMPDIR"] = other.Path } });
        Directory.GetFileSystemEntries(other.Path).ShouldNotBeEmpty();
        killed.Kill();
        killed.Join();
        Directory.GetFileSystemEntries(other.Path).ShouldBeEmpty();
    });

    [PosixFact("The C library there has another name.")]
    public Task Text_in_the_buffers_of_the_C_library_is_written() => Watchdog.Run(() =>
    {
        var lines = new ConcurrentQueue<string>();
        using var child = ChildProcess.Run(static () => { _ = WriteLine("from C"); }, new() { StandardOutput = ProcessOutput.ToLines(lines.Enqueue) });
        child.Join();
        lines.ShouldBe(["from C"]);
    });

    [Fact]
    public Task A_spare_and_a_cold_child_end_with_all_their_output() => Watchdog.Run(() =>
    {
        for (var round = 0; round < 10; round++)
        {
            var lines = new ConcurrentQueue<string>();
            using var child = ChildProcess.Run(
                static () =>
                {
                    for (var line = 0; line < 1000; line++)
                    {
                        Console.WriteLine($"line {line}");
                    }
                },
                new() { StandardOutput = ProcessOutput.ToLines(lines.Enqueue) });
            child.Join();
            lines.Count.ShouldBe(1000);
        }
    });

    [LibraryImport("libc", EntryPoint = "puts", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int WriteLine(string text);
}
