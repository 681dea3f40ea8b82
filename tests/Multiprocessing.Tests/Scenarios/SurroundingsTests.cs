using System.Runtime.Versioning;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Surroundings that the user who starts the program has chosen. In each of them, each part of the library works as elsewhere.</summary>
[UnsupportedOSPlatform("windows")]
public class SurroundingsTests : ProcessTest
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    [PosixFact("Windows has no pid namespaces.")]
    public Task In_a_pid_namespace_that_sees_the_proc_of_another_one_locks_exclude_and_deaths_are_noticed() => Watchdog.Run(
        () =>
        {
            using var names = new TemporaryDirectory();
            using var companion = Companion.Run(Surrounding.Unshared("-p -f"), Names(names), "surroundings", "exclusion", "5");
            companion.ExitCode.ShouldBe(0, companion.ToString());
            companion.Value("violations").ShouldBe("0", companion.ToString());
            companion.Values("contender").ShouldBe(Enumerable.Repeat("exit code 0", 3), companion.ToString());
            companion.Value("nameless abandoned").ShouldBe("True");
            companion.Value("named abandoned").ShouldBe("True");
            int.Parse(companion.Value("entered")).ShouldBeGreaterThan(10);
        },
        Limit);

    [PosixFact("Windows has no /proc.")]
    public Task Whatever_proc_shows_everything_works() => Watchdog.Run(
        () =>
        {
            using var names = Surrounding.OpenDirectory();
            Surrounding.Unshared("-p -f").ShouldAllowEverything(Names(names));
            Surrounding.Unshared("-m -p -f", "mount -t proc proc /proc").ShouldAllowEverything(Names(names));
            if (Posix.UserId() == 0)
            {
                // Processes of other users are hidden, and "no such file" does not distinguish them from processes of this program.
                var other = Surrounding.Unprivileged(":");
                var hidden = Surrounding.Unshared("-m -p -f", "mount -t proc -o hidepid=2 proc /proc");
                new ProgramShape("hidepid", hidden.FileName, [.. hidden.Arguments.SkipLast(1), other.FileName, .. other.Arguments]).ShouldAllowEverything(Names(names));
            }
        },
        Limit);

    [PosixFact("Windows has no umask.")]
    public Task Under_every_umask_everything_works_and_the_place_to_meet_stays_usable() => Watchdog.Run(
        () =>
        {
            string[] masks = LongRuns.All ? ["0277", "0777", "0177", "0577", "0400", "0077", "0022", "0000"] : ["0277", "0777", "0000"];
            foreach (var mask in masks)
            {
                using var names = Surrounding.OpenDirectory();
                using var temporary = Surrounding.OpenDirectory();
                var environment = new Dictionary<string, string>(Names(names)) { ["TMPDIR"] = temporary.Path };
                Surrounding.Unprivileged($"umask {mask}").ShouldAllowEverything(environment);
                Surrounding.Unprivileged("umask 0022").ShouldAllowEverything(environment);
                foreach (var place in Directory.EnumerateDirectories(names.Path))
                {
                    File.GetUnixFileMode(place).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, $"umask {mask}");
                    Directory.EnumerateFiles(place).ShouldAllBe(file => File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
                }
            }
        },
        Limit);

    [PosixFact("Windows has no umask.")]
    public Task A_place_to_meet_that_an_earlier_program_left_without_rights_is_repaired() => Watchdog.Run(
        () =>
        {
            using var names = Surrounding.OpenDirectory();
            Surrounding.Unprivileged(":").ShouldAllowEverything(Names(names));
            foreach (var place in Directory.GetDirectories(names.Path))
            {
                foreach (var file in Directory.EnumerateFiles(place))
                {
                    File.SetUnixFileMode(file, UnixFileMode.None);
                }

                File.SetUnixFileMode(place, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }

            Surrounding.Unprivileged(":").ShouldAllowEverything(Names(names));
        },
        Limit);

    [PosixFact("Windows has no TMPDIR, and no memory apart from it.")]
    public Task A_temp_directory_that_changes_while_the_program_runs_is_the_same_one_for_all_its_processes() => Watchdog.Run(
        () =>
        {
            using var first = new TemporaryDirectory();
            using var second = new TemporaryDirectory();
            using var companion = Companion.Run(Surrounding.Unshared("-m", "mount -t tmpfs -o size=20m tmpfs /dev/shm"), "surroundings", "temp-directory", first.Path, second.Path);
            companion.ExitCode.ShouldBe(0, companion.ToString());
            companion.Value("child's").ShouldBe("8", companion.ToString());
            companion.Value("child").ShouldBe("exit code 0");
            companion.Value("mine").ShouldBe("7");
            companion.Value("first").ShouldBe("1");
            companion.Value("second").ShouldBe("0");
            Directory.GetFileSystemEntries(first.Path).ShouldBeEmpty("the session has ended");
        },
        Limit);

    [PosixFact("Windows has no TMPDIR.")]
    public Task Whatever_the_temp_directory_is_everything_works() => Watchdog.Run(
        () =>
        {
            using var names = Surrounding.OpenDirectory();
            using var closed = Surrounding.OpenDirectory();
            File.SetUnixFileMode(closed.Path, UnixFileMode.None);
            foreach (var directory in (string[])["", "/nowhere/at/all", "relative", "/dev/null", closed.Path, closed.Path + "/below", "/proc", names.Path + "/" + new string('x', 200) + "/" + new string('y', 200)])
            {
                Surrounding.Unprivileged(":").ShouldAllowEverything(new Dictionary<string, string>(Names(names)) { ["TMPDIR"] = directory });
            }

            File.SetUnixFileMode(closed.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        },
        Limit);

    [PosixFact("Windows has no SIGTTOU.")]
    public Task On_a_terminal_that_stops_background_writers_children_write() => Watchdog.Run(
        () =>
        {
            using var names = new TemporaryDirectory();
            var inTerminal = Surrounding.Terminal("stty tostop", "surroundings", "terminal");
            using var companion = Companion.Run(inTerminal, Names(names));
            var lines = companion.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).ToList();
            lines.ShouldContain(line => line.EndsWith("by child", StringComparison.Ordinal), companion.ToString());
            lines.ShouldContain(line => line.EndsWith("error child", StringComparison.Ordinal), companion.ToString());
            lines.ShouldContain(line => line.EndsWith("by program", StringComparison.Ordinal), companion.ToString());
            lines.ShouldContain(line => line.EndsWith("reading refused", StringComparison.Ordinal), companion.ToString());
            lines.ShouldContain(line => line.EndsWith("status exit code 0", StringComparison.Ordinal), companion.ToString());
            lines.Count(line => line.StartsWith("ok ", StringComparison.Ordinal)).ShouldBe(9, companion.ToString());
        },
        Limit);

    [PosixFact("Windows has no signals.")]
    public Task Whatever_signals_are_ignored_or_blocked_everything_works() => Watchdog.Run(
        () =>
        {
            using var names = new TemporaryDirectory();
            foreach (var signals in (string[])["CHLD", "INT QUIT", "HUP", "PIPE", "TERM", "TTOU TTIN TSTP", "CHLD INT QUIT HUP PIPE TERM USR1 USR2 ALRM CONT WINCH"])
            {
                Surrounding.Shell($"trap '' {signals}").ShouldAllowEverything(Names(names));
            }

        },
        Limit);

    [PosixFact("The tool's ports are pipes there.")]
    public Task The_variables_of_a_tracing_tool_hold_up_no_child_and_are_seen_unchanged() => Watchdog.Run(
        () =>
        {
            using var names = new TemporaryDirectory();
            string[][] tools =
            [
                [$"DOTNET_DiagnosticPorts={names.File("tool")}"],
                [$"DOTNET_DiagnosticPorts={names.File("tool")},suspend"],
                [$"DOTNET_DiagnosticPorts={names.File("tool")},connect,suspend;{names.File("other")},listen,suspend"],
                [$"DOTNET_DiagnosticPorts={names.File("other")},listen"],
                [$"DOTNET_DiagnosticPorts={names.File("tool")},nosuspend"],
                ["DOTNET_DefaultDiagnosticPortSuspend=1"],
                [$"COMPlus_DiagnosticPorts={names.File("tool")}", "COMPlus_DefaultDiagnosticPortSuspend=1"],
                ["DOTNET_EnableEventPipe=1", $"DOTNET_EventPipeOutputPath={names.File("trace.nettrace")}", "DOTNET_EventPipeConfig=Microsoft-Windows-DotNETRuntime:0:1"],
            ];
            foreach (var variables in tools)
            {
                using var companion = Companion.Run(ProgramShape.AppHost, Names(names), ["surroundings", "traced", .. variables]);
                companion.ExitCode.ShouldBe(0, companion.ToString());
                companion.Value("seen").ShouldBe(string.Join(' ', variables));
                companion.Values("ok").Count.ShouldBe(9);
            }

            File.Exists(names.File("trace.nettrace")).ShouldBeFalse("children do not write over the parent's trace");
            Directory.GetFiles(names.Path, "trace.*.nettrace").ShouldNotBeEmpty();
        },
        Limit);

    [PosixFact("Shells, limits and descriptors of POSIX.")]
    public Task However_the_program_was_started_everything_works() => Watchdog.Run(
        () =>
        {
            using var names = new TemporaryDirectory();
            using var gone = new TemporaryDirectory();
            string[] scripts =
            [
                "export LC_ALL=tr_TR.UTF-8 LANG=xx_YY.garbage",
                "unset HOME PATH TERM DOTNET_ROOT LANG",
                "export HOME=/nowhere PATH= TERM=nonsense",
                "exec 0<&-",
                "exec 2>&-",
                "exec 2>/dev/full",
                "ulimit -c unlimited; ulimit -s 1024",
                "cd /proc",
                $"mkdir {gone.Path}/below; cd {gone.Path}/below; rmdir {gone.Path}/below",
                "export DOTNET_gcServer=1 DOTNET_TieredCompilation=0 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1",
                "export DOTNET_EnableDiagnostics=0 DOTNET_STARTUP_HOOKS=",
            ];
            foreach (var script in scripts)
            {
                Surrounding.Shell(script).ShouldAllowEverything(Names(names));
            }

            string[][] starters = [["nohup"], ["setsid", "-w"], ["nice", "-n", "5"], ["env", "-i", $"MULTIPROCESSING_NAMES={names.Path}"]];
            foreach (var starter in starters)
            {
                new ProgramShape(string.Join(' ', starter), starter[0], [.. starter[1..], ProgramShape.AppHost.FileName]).ShouldAllowEverything(Names(names));
            }
        },
        Limit);

    [PosixFact("Windows has jobs instead of groups.")]
    public Task A_program_that_left_the_group_of_its_child_goes_with_it_when_this_process_kills_the_child() => Watchdog.Run(() =>
    {
        using var pids = new ProcessQueue<int>();
        using var child = ChildProcess.Run(
            static pids =>
            {
                using var program = System.Diagnostics.Process.Start("setsid", ["sleep", "1000"]);
                pids.Put(program.Id);
                Thread.Sleep(Timeout.Infinite);
            },
            pids);
        var program = pids.Get();
        child.Kill();
        child.Join();
        Eventually.IsGone(program);
    });

    /// <summary>Handler, way to ask, lines of the handler, how the child ends, result.</summary>
    [PosixFact("Windows has no SIGTERM.")]
    public Task What_asks_a_child_to_stop_reaches_the_handlers_of_its_body_which_may_take_the_grace() => Watchdog.Run(
        () =>
        {
            (string Way, string[] Handlers, string Reason, string Result)[] cases =
            [
                ("cancel-terminate", ["cancel"], "Terminated", "in order"),
                ("cancel-signal", ["cancel"], "Terminated", "in order"),
                ("two-terminate", ["second", "cancel"], "Terminated", "in order"),
                ("two-signal", ["second", "cancel"], "Terminated", "in order"),
                ("look-terminate", ["looked"], "Terminated", "none"),
                ("key-interrupt", ["key"], "Terminated", "in order"),
                ("token-terminate", ["beside the token"], "Terminated", "in order"),
                ("token-signal", ["beside the token"], "Terminated", "in order"),
                ("exit-terminate", ["at exit"], "Terminated", "none"),
                ("unloading-terminate", ["at exit"], "Terminated", "none"),
                ("stubborn-terminate", [], "Killed", "none"),
                ("stubborn-signal", [], "Signaled", "none"),
                ("none-terminate", [], "Terminated", "none"),
                ("none-interrupt", [], "Signaled", "none"),
            ];
            foreach (var (way, handlers, reason, result) in cases)
            {
                using var companion = Companion.Run(ProgramShape.AppHost, "surroundings", "handler", way);
                companion.ExitCode.ShouldBe(0, $"{way}: {companion}");
                companion.Values("handler").ShouldBe(handlers, way);
                companion.Value("reason").ShouldBe(reason, way);
                companion.Value("result").ShouldBe(result, way);
                companion.Values("body").Count.ShouldBe(result == "in order" ? 1 : 0, way);
            }
        },
        Limit);

    [Fact]
    public Task A_child_ends_after_the_last_foreground_thread_of_its_body() => Watchdog.Run(
        () =>
        {
            (string Way, string[] Thread, string Status, string Finished)[] cases =
            [
                ("return", ["finished"], "exit code 5", "True"),
                ("background", [], "exit code 0", "False"),
                ("throws", [], "unhandled FormatException", "False"),
                ("endless", [], "terminated on request", "False"),
            ];
            foreach (var (way, thread, status, finished) in cases)
            {
                using var companion = Companion.Run(ProgramShape.AppHost, "surroundings", "threads", way);
                companion.ExitCode.ShouldBe(0, $"{way}: {companion}");
                companion.Value("result").ShouldBe("result");
                companion.Values("thread").ShouldBe(thread, way);
                companion.Value("status").ShouldStartWith(status, Case.Sensitive, way);
                companion.Value("finished").ShouldBe(finished, way);
                companion.Values("alive").ShouldAllBe(alive => alive == "True");
            }
        },
        Limit);

    [Fact]
    public Task A_foreground_thread_of_a_task_keeps_its_worker_no_longer_than_the_grace_of_the_pool() => Watchdog.Run(() =>
    {
        using var companion = Companion.Run(ProgramShape.AppHost, "surroundings", "threads", "pool");
        companion.ExitCode.ShouldBe(0, companion.ToString());
        int.Parse(companion.Value("seconds")).ShouldBeGreaterThanOrEqualTo(1);
        Eventually.IsGone(int.Parse(companion.Value("result")));
    });

    [Fact]
    public Task In_a_handler_of_ProcessExit_the_library_says_that_the_process_is_ending_and_leaves_nothing() => Watchdog.Run(() =>
    {
        foreach (var use in (string[])["first", "later"])
        {
            using var names = new TemporaryDirectory();
            using var companion = Companion.Run(ProgramShape.AppHost, Names(names), "surroundings", "at-exit", use);
            companion.ExitCode.ShouldBe(0, companion.ToString());
            foreach (var part in (string[])["child", "queue", "lock", "named", "pool"])
            {
                companion.Values(part).Count.ShouldBe(2, companion.ToString());
                companion.Values(part).ShouldAllBe(line => line.StartsWith("InvalidOperationException: This process is ending", StringComparison.Ordinal));
            }

            companion.Values("unloading").Count.ShouldBe(1);
            Directory.GetDirectories(names.Path).ShouldBeEmpty();
        }
    });

    [PosixFact("Windows has no kill(2).")]
    public Task In_a_sandbox_that_refuses_kill_processes_end_all_the_same() => Watchdog.Run(
        () =>
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "seccomp is Linux'.");
            using var companion = Companion.Start(ProgramShape.AppHost, "surroundings", "without-kill");
            companion.WaitFor("pid");
            companion.Value("kill").ShouldBe("Killed");
            companion.Value("terminate").ShouldBe("Terminated");
            companion.Value("timeout").ShouldBe("timed out, then works");
            companion.Value("spare").ShouldBe("made dismissed");
            var forgotten = int.Parse(companion.Value("pid"));
            Posix.Signal(companion.Id, Posix.SigKill);
            Eventually.IsGone(forgotten);
        },
        Limit);

    private static Dictionary<string, string> Names(TemporaryDirectory directory) => new() { ["MULTIPROCESSING_NAMES"] = directory.Path };
}
