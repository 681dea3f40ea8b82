using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.Shapes.Tests;

/// <summary>Programs as dotnet publish leaves them, for one kind of machine.</summary>
public class PublishedProgramTests(Feed feed)
{
    private static readonly string[] Calls =
    [
        "names", "dictionary", "dictionary-of-records", "list", "set", "queue", "value", "namespace", "lock", "semaphore", "event", "condition", "barrier", "call", "call-async",
        "property", "records", "tuples", "nested-proxy", "callback", "stream", "progress", "event-of-object", "cancel", "exception", "pipelined", "refused-value", "unknown-name",
        "other-type", "death", "end",
    ];

    [Fact]
    public void A_single_file_needs_no_host_beside_it()
    {
        var project = ShapeProject.Create(feed, "single-file");
        project.Publish("--self-contained", "false", "-p:PublishSingleFile=true").ShouldHoldAllPromises();
        Directory.GetFiles(project.File("out"), "*.dll").ShouldBeEmpty();
    }

    [Fact]
    public void A_self_contained_single_file()
    {
        var project = ShapeProject.Create(feed, "self-contained");
        project.Publish("--self-contained", "true", "-p:PublishSingleFile=true").ShouldHoldAllPromises();
        Directory.GetFiles(project.File("out"), "*.dll").ShouldBeEmpty();
    }

    [Fact]
    public void A_program_compiled_ahead_of_time_has_its_host_compiled_too()
    {
        var project = ShapeProject.Create(feed, "ready-to-run");
        project.Publish("--self-contained", "false", "-p:PublishReadyToRun=true").ShouldHoldAllPromises();
        ShapeAssertions.IsCompiledAheadOfTime(project.File("out", "Shape.dll")).ShouldBeTrue();
        ShapeAssertions.IsCompiledAheadOfTime(project.File("out", "Multiprocessing.dll")).ShouldBeTrue();
    }

    [Fact]
    public void A_trimmed_program_in_a_folder()
    {
        var project = ShapeProject.Create(feed, "trimmed");
        project.Publish("-p:PublishTrimmed=true").ShouldHoldAllPromises();
        File.Exists(project.File("out", "System.Net.Mail.dll")).ShouldBeFalse("what is not used is trimmed");
    }

    [Fact]
    public void A_trimmed_single_file_compiled_ahead_of_time()
    {
        var project = ShapeProject.Create(feed, "trimmed-single-file");
        project.Publish("-p:PublishTrimmed=true", "-p:PublishSingleFile=true", "-p:PublishReadyToRun=true").ShouldHoldAllPromises();
    }

    [Fact]
    public void A_native_program_says_what_it_cannot_do_and_does_the_rest()
    {
        var project = ShapeProject.Create(feed, "native", sources: "Native");
        var shape = project.Publish();
        project.Log.ShouldContain("MULTIPROCESSING002");
        using var program = ShapeAssertions.Run(shape);
        program.ExitCode.ShouldBe(0, program.ToString());
        program.Value("end").ShouldBe("ok");
        foreach (var what in (string[])["run", "run-closure", "start", "pool", "pool-of-state", "prepare"])
        {
            program.Value(what).ShouldStartWith("ProcessStartException This program was compiled to native code (PublishAot) and cannot start child processes", Case.Sensitive, program.ToString());
        }

        foreach (var what in (string[])["queue-int", "queue-struct", "queue-guid", "queue-string", "queue-array", "queue-strings", "shared-value", "shared-array", "lock"])
        {
            program.Value(what).ShouldBe("ok", program.ToString());
        }

        foreach (var what in (string[])["queue-list", "queue-record", "queue-tuple", "queue-object", "queue-dictionary", "queue-people"])
        {
            program.Value(what).ShouldStartWith("PlatformNotSupportedException This program was compiled to native code (PublishAot). Such a program can put values without references", Case.Sensitive, program.ToString());
        }
    }

    /// <summary>The server is an ordinary program with the same interfaces.</summary>
    [Fact]
    public void A_native_program_calls_the_objects_of_a_manager_server()
    {
        var project = ShapeProject.Create(feed, "proxies", sources: "Proxies", items: """<TrimmerRootAssembly Include="Shape" />""");
        var caller = project.Publish();
        project.Log.Split(Environment.NewLine).Where(static line => line.Contains("warning IL", StringComparison.Ordinal)).ShouldBeEmpty();
        var server = ShapeProject.Create(feed, "server", sources: "Server").Build();
        var path = project.File("s");
        using var serving = Companion.Start(server, path);
        serving.WaitFor("ready");
        serving.Value("ready").ShouldBe("True", "the server runs on a runtime that compiles");
        using var program = ShapeAssertions.Run(caller, path);
        program.ExitCode.ShouldBe(0, program.ToString());
        foreach (var what in Calls)
        {
            program.Value(what).ShouldBe("ok", program.ToString());
        }
    }

    [Fact]
    public void A_trimmed_program_without_startup_hooks_says_so_and_is_no_fork_bomb()
    {
        var project = ShapeProject.Create(feed, "without-hooks");
        var shape = project.Publish("-p:PublishTrimmed=true", "-p:StartupHookSupport=false");
        project.Log.ShouldContain("MULTIPROCESSING001");
        using var program = ShapeAssertions.Run(shape);
        program.ExitCode.ShouldNotBe(0);
        program.ToString().ShouldContain("StartupHookSupport");
        program.MainRuns.ShouldBe([program.Id], "no process was started in which Main could run");
    }
}
