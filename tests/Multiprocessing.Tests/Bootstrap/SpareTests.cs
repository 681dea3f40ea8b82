using System.Reflection;
using System.Reflection.Emit;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Processes that stand ready for the next start.</summary>
public class SpareTests : ProcessTest
{
    private static int _touched;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        SpareProcesses.MaxCount = 2;
        SpareProcesses.IdleTimeout = TimeSpan.FromMinutes(5); // no spare goes while a test stands still
    }

    public override async ValueTask DisposeAsync()
    {
        SpareProcesses.MaxCount = 0;
        SpareProcesses.IdleTimeout = TimeSpan.FromSeconds(30);
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public Task After_a_start_a_spare_is_made_and_the_next_start_takes_it() => Watchdog.Run(() =>
    {
        ChildProcess.Run(() => 1).Take().ShouldBe(1);
        Eventually.Is(() => SpareProcesses.ReadyCount == 1, "a spare stands ready");
        var spare = Spares().ShouldHaveSingleItem();

        using var child = ChildProcess.Run(() => Environment.ProcessId);
        child.Id.ShouldBe(spare);
        child.Take().ShouldBe(spare);
        Eventually.Is(() => SpareProcesses.ReadyCount > 0, "the stock is refilled");
    });

    [Fact]
    public Task Spares_can_be_asked_for_before_the_first_start() => Watchdog.Run(async () =>
    {
        await SpareProcesses.WarmUpAsync(2);
        SpareProcesses.ReadyCount.ShouldBe(2);
        var spares = Spares();
        spares.Count.ShouldBe(2);
        using var first = ChildProcess.Run(static () => { });
        using var second = ChildProcess.Run(static () => { });
        spares.ShouldContain(first.Id);
        spares.ShouldContain(second.Id);
        first.Join();
        second.Join();
    });

    [Fact]
    public Task More_than_the_maximum_cannot_be_asked_for() => Watchdog.Run(() =>
    {
        Should.Throw<ArgumentOutOfRangeException>(() => { _ = SpareProcesses.WarmUpAsync(3); }).Message.ShouldContain("MaxCount");
        Should.Throw<ArgumentOutOfRangeException>(() => SpareProcesses.MaxCount = -1);
        Should.Throw<ArgumentOutOfRangeException>(() => SpareProcesses.IdleTimeout = TimeSpan.FromSeconds(-5));
    });

    [Fact]
    public Task A_burst_of_starts_leaves_no_more_spares_than_the_maximum() => Watchdog.Run(async () =>
    {
        var children = Enumerable.Range(0, 6).Select(_ => ChildProcess.Run(static () => Thread.Sleep(300))).ToList();
        foreach (var child in children)
        {
            await child.JoinAsync();
        }

        Eventually.Is(() => SpareProcesses.ReadyCount == 2, "two spares stand ready");
        await Task.Delay(500);
        Spares().Count.ShouldBe(2);
    });

    [Fact]
    public Task A_body_in_a_spare_finds_what_it_finds_in_a_new_process() => Watchdog.Run(async () =>
    {
        static string Describe() => string.Join(
            Environment.NewLine,
            [
                CurrentProcess.Name, $"{CurrentProcess.IsChild} {CurrentProcess.Depth} {CurrentProcess.Parent}", Environment.CurrentDirectory, $"{++_touched}",
                $"{Assembly.GetEntryAssembly()} {ChildProcess.Active.Count} {System.Runtime.GCSettings.IsServerGC} {Thread.CurrentThread.Name} {Thread.CurrentThread.IsThreadPoolThread}",
                .. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal),
            ]);

        _touched = 5;
        SpareProcesses.MaxCount = 0;
        var expected = ChildProcess.Run(Describe, new ChildProcessOptions { Name = "looks around" }).Take();
        SpareProcesses.MaxCount = 1;
        await SpareProcesses.WarmUpAsync();
        var spare = Spares().ShouldHaveSingleItem();
        using var child = ChildProcess.Run(Describe, new ChildProcessOptions { Name = "looks around" });
        child.Id.ShouldBe(spare);
        child.Take().ShouldBe(expected);
    });

    [Fact]
    public Task A_changed_environment_or_directory_reaches_the_next_child() => Watchdog.Run(async () =>
    {
        const string Variable = "MULTIPROCESSING_SPARE_TEST";
        using var directory = new TemporaryDirectory();
        var before = Environment.CurrentDirectory;
        try
        {
            await SpareProcesses.WarmUpAsync();
            Environment.SetEnvironmentVariable(Variable, "new");
            ChildProcess.Run(() => Environment.GetEnvironmentVariable(Variable)).Take().ShouldBe("new");

            await SpareProcesses.WarmUpAsync();
            Environment.CurrentDirectory = directory.Path;
            ChildProcess.Run(() => Environment.CurrentDirectory).Take().ShouldBe(directory.Path);
        }
        finally
        {
            Environment.CurrentDirectory = before;
            Environment.SetEnvironmentVariable(Variable, null);
            if (!Here.IsNoWine)
            {
                SpareProcesses.MaxCount = 0; // Wine's console host stays in the directory where its program began
            }
        }
    });

    [Fact]
    public Task Options_that_only_a_new_process_can_have_take_no_spare() => Watchdog.Run(async () =>
    {
        await SpareProcesses.WarmUpAsync();
        var spare = Spares().ShouldHaveSingleItem();
        ChildProcessOptions[] all =
        [
            new() { Environment = { ["A"] = "b" } }, new() { WorkingDirectory = "/" }, new() { StandardOutput = ProcessOutput.Discard }, new() { HeapLimit = 100 << 20 },
            new() { ProcessorAffinity = [0] }, new() { Nice = 1 }, new() { ServerGarbageCollection = true },
        ];
        foreach (var options in all)
        {
            ChildProcess.Run(() => Environment.ProcessId, options).Take().ShouldNotBe(spare);
        }

        Spares().ShouldContain(spare);
    });

    [Fact]
    public Task What_a_body_in_a_spare_writes_and_how_it_ends_is_reported_as_usual() => Watchdog.Run(async () =>
    {
        await SpareProcesses.WarmUpAsync(2);
        var spares = Spares();
        var lines = new List<string>();
        using var writer = ChildProcess.Run(
            static () => Console.Error.WriteLine("to the callback"),
            new ChildProcessOptions { StandardError = ProcessOutput.ToLines(lines.Add) });
        writer.Join();
        lines.ShouldBe(["to the callback"]);

        using var crasher = ChildProcess.Run(
            static () => Environment.FailFast("last words"),
            new ChildProcessOptions { Name = "crasher", StandardError = ProcessOutput.Discard });
        crasher.Join();
        crasher.ExitStatus!.Reason.ShouldBe(ExitReason.FailFast);
        Should.Throw<ProcessDiedException>(() => crasher.Completion.GetAwaiter().GetResult()).Message.ShouldContain("last words");
        spares.ShouldBe([writer.Id, crasher.Id], ignoreOrder: true);
    });

    [Fact]
    public Task A_body_in_a_spare_is_asked_to_stop_and_killed_as_ever() => Watchdog.Run(async () =>
    {
        await SpareProcesses.WarmUpAsync(2);
        var spares = Spares();
        using var listening = ChildProcess.Run(static () => CurrentProcess.Stopping.WaitHandle.WaitOne());
        using var deaf = ChildProcess.Run(static () => Thread.Sleep(Timeout.Infinite));
        spares.ShouldBe([listening.Id, deaf.Id], ignoreOrder: true);
        Eventually.Is(() => listening.State == ProcessState.Running && deaf.State == ProcessState.Running, "both bodies run");
        listening.Terminate();
        listening.Join();
        listening.ExitStatus!.Reason.ShouldBe(ExitReason.Terminated);
        deaf.Kill();
        deaf.Join();
        deaf.ExitStatus!.Reason.ShouldBe(ExitReason.Killed);
    });

    [Fact]
    public Task A_spare_that_is_killed_from_outside_is_nobodys_loss() => Watchdog.Run(async () =>
    {
        for (var i = 0; i < 20; i++)
        {
            await SpareProcesses.WarmUpAsync();
            foreach (var spare in Spares())
            {
                Posix.Signal(spare, Posix.SigKill);
            }

            // At once, whether or not its end was heard of: a kill that is under way lets the start fail at worst as that of any child that is
            // killed.
            Eventually.Is(() => SpareProcesses.ReadyCount == 0, "the end was heard of");
            ChildProcess.Run(() => 7).Take().ShouldBe(7);
        }
    });

    [Fact]
    public Task Spares_go_when_nothing_was_started_for_a_while() => Watchdog.Run(async () =>
    {
        SpareProcesses.IdleTimeout = TimeSpan.FromMilliseconds(500);
        await SpareProcesses.WarmUpAsync(2);
        var spares = Spares();
        Eventually.Is(() => spares.All(ProcessEntry.IsGone), "the spares are gone");
        SpareProcesses.ReadyCount.ShouldBe(0);
    });

    [Fact]
    public Task Spares_that_are_asked_for_come_though_they_start_more_slowly_than_they_may_idle() => Watchdog.Run(async () =>
    {
        SpareProcesses.IdleTimeout = TimeSpan.FromMilliseconds(1);
        for (var i = 0; i < 5; i++)
        {
            await SpareProcesses.WarmUpAsync(2);
        }
    });

    [Fact]
    public Task A_lowered_maximum_fails_the_waiters_for_more() => Watchdog.Run(async () =>
    {
        const string Hooks = "DOTNET_STARTUP_HOOKS";
        using var directory = new TemporaryDirectory();
        var before = Environment.GetEnvironmentVariable(Hooks);
        try
        {
            // Such spares are never ready, however long this thread stands still before it lowers the maximum.
            Environment.SetEnvironmentVariable(Hooks, HookThatNeverReturns(directory));
            var prepared = SpareProcesses.WarmUpAsync(2);
            Eventually.Is(static () => SpareStock.Current.ProcessIds().Length == 2, "two spares have begun");
            SpareProcesses.MaxCount = 1;
            await Should.ThrowAsync<InvalidOperationException>(prepared);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Hooks, before);
            SpareProcesses.MaxCount = 0; // the one that is left would keep the next one from being started
        }

        SpareProcesses.MaxCount = 1;
        await SpareProcesses.WarmUpAsync(1);
    });

    [Fact]
    public Task A_lowered_maximum_ends_those_above_it() => Watchdog.Run(async () =>
    {
        await SpareProcesses.WarmUpAsync(2);
        var spares = Spares();
        SpareProcesses.MaxCount = 1;
        Eventually.Is(() => spares.Count(ProcessEntry.IsGone) == 1, "one is gone");
        SpareProcesses.ReadyCount.ShouldBe(1);
        SpareProcesses.MaxCount = 0;
        Eventually.Is(() => spares.All(ProcessEntry.IsGone), "both are gone");
        ChildProcess.Run(() => 1).Take().ShouldBe(1);
        await Task.Delay(500);
        Spares().ShouldBeEmpty();
    });

    [Fact]
    public Task Many_threads_start_children_while_spares_come_and_go() => Watchdog.Run(async () =>
    {
        var threads = Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                var number = (thread * 100) + i;
                var child = ChildProcess.Run(() => number);
                (await child.Result).ShouldBe(number);
                await child.DisposeAsync();
                if (i == 5)
                {
                    SpareProcesses.MaxCount = thread % 3;
                }
            }
        }));
        await Task.WhenAll(threads);
    });

    private static string HookThatNeverReturns(TemporaryDirectory directory)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("Hook"), typeof(object).Assembly);
        var hook = assembly.DefineDynamicModule("Hook").DefineType("StartupHook", TypeAttributes.Public);
        var body = hook.DefineMethod("Initialize", MethodAttributes.Public | MethodAttributes.Static, typeof(void), []).GetILGenerator();
        body.Emit(OpCodes.Ldc_I4_M1);
        body.Emit(OpCodes.Call, typeof(Thread).GetMethod(nameof(Thread.Sleep), [typeof(int)])!);
        body.Emit(OpCodes.Ret);
        hook.CreateType();
        assembly.Save(directory.File("Hook.dll"));
        return directory.File("Hook.dll");
    }

    private static List<int> Spares()
    {
        var taken = ChildProcess.Active.Select(child => child.Id).ToHashSet();
        var all = OperatingSystem.IsWindows() ? TestRun.Processes() : ProcessEntry.All();
        return [.. all.Where(entry => entry.ParentId == Environment.ProcessId && !entry.IsZombie && !taken.Contains(entry.Id)).Select(entry => entry.Id)];
    }
}
