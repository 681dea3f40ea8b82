using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class HostEntryPointTests : ProcessTest
{
    [PosixFact("The tests are published for it together with a runtime, and nothing starts other programs with that.")]
    public Task The_host_started_by_hand_says_what_it_is_and_ends() => Watchdog.Run(() =>
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Multiprocessing.Tests");
        var start = new ProcessStartInfo(
            "dotnet",
            ["exec", "--runtimeconfig", program + ".runtimeconfig.json", "--depsfile", program + ".deps.json", Path.Combine(AppContext.BaseDirectory, "Multiprocessing.Host.dll")])
        {
            RedirectStandardError = true,
        };
        using var host = Process.Start(start)!;
        using var reader = host.StandardError;
        var error = reader.ReadToEnd();
        host.WaitForExit();
        host.ExitCode.ShouldBe(64);
        error.ShouldContain("ChildProcess");
    });

    [Fact]
    public Task A_child_runs_in_the_context_of_the_test_program() => Watchdog.Run(() =>
    {
        var here = (AppContext.BaseDirectory, System.Reflection.Assembly.GetEntryAssembly()?.GetName().Name, typeof(HostEntryPointTests).Assembly.Location, Environment.Version.ToString());
        ChildProcess.Run(() =>
            (AppContext.BaseDirectory, System.Reflection.Assembly.GetEntryAssembly()?.GetName().Name, typeof(HostEntryPointTests).Assembly.Location, Environment.Version.ToString()))
            .Take().ShouldBe(here);
    });

    [PosixFact("The command line and the environment of another process cannot be read there.")]
    public Task Nothing_of_a_childs_body_stands_in_its_command_line() => Watchdog.Run(() =>
    {
        var secret = "5f0c7a-secret";
        using var child = ChildProcess.Run(
            value =>
            {
                Thread.Sleep(Timeout.Infinite);
                return value;
            },
            secret);
        Eventually.Is(() => child.State == ProcessState.Running, "the body runs");
        ProcessEntry.Find(child.Id)!.CommandLine.ShouldNotContain(secret);
        ProcessEntry.TryRead($"/proc/{child.Id}/environ").ShouldNotBeNull().ShouldNotContain(secret);
    });
}
