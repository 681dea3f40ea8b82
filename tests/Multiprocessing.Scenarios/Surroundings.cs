using System.Diagnostics;

namespace Multiprocessing.Scenarios;

/// <summary>
/// A program that uses the library in particular surroundings: another namespace, umask, terminal, ignored signals, a tracing tool.
/// </summary>
internal static partial class Surroundings
{
    public static int Run(string[] arguments) => arguments switch
    {
        ["everything"] => Everything(),
        ["terminal"] => Terminal(),
        ["at-exit", var first] => AtExit(first == "first"),
        ["without-kill"] => WithoutKill(),
        ["handler", var way] => Handlers.Run(way),
        ["threads", var way] => ForegroundThreads.Run(way),
        ["traced", .. var variables] => Traced(variables),
        ["temp-directory", var first, var second] => TempDirectory(first, second),
        ["exclusion", var seconds] => Exclusion(int.Parse(seconds)),
        _ => Report.Unknown(arguments),
    };

    /// <summary>Each part of the library once. A line "ok" for each part, "failed" with the reason for one that did not work.</summary>
    private static int Everything()
    {
        var succeeded = true;
        succeeded &= Report.Check("child", static () => ResultOf(ChildProcess.Run(static () => 6 * 7)).ToString(), "42");
        succeeded &= Report.Check("exit status", static () => StatusOf(static () => Environment.Exit(7)), "exit code 7");
        succeeded &= Report.Check("kill", Killed, "Killed");
        succeeded &= Report.Check("exception", static () => Trouble(static () => throw new FormatException("from the child")), "FormatException: from the child");
        succeeded &= Report.Check("pool", static () => Squares().GetAwaiter().GetResult(), "0 1 4 9 16 25 36 49 64 81");
        succeeded &= Report.Check("queue", static () =>
        {
            using var queue = new ProcessQueue<string>();
            using var child = ChildProcess.Run(static queue => queue.Put("hello"), queue);
            return queue.Get();
        }, "hello");
        succeeded &= Report.Check("named lock", static () =>
        {
            using var guard = ProcessLock.OpenOrCreate("surroundings");
            using var child = ChildProcess.Run(static () =>
            {
                using var same = ProcessLock.Open("surroundings");
                return same.TryEnter() ? "entered" : "not entered";
            });
            return ResultOf(child);
        }, "entered");
        succeeded &= Report.Check("named memory", static () =>
        {
            using var value = SharedValue<int>.OpenOrCreate("surroundings value", 1);
            using var child = ChildProcess.Run(static () =>
            {
                using var same = SharedValue<int>.Open("surroundings value");
                same.Add(1);
            });
            child.Join();
            return value.Value.ToString();
        }, "2");
        succeeded &= Report.Check("spare", static () =>
        {
            SpareProcesses.WarmUpAsync(1).Wait(TimeSpan.FromSeconds(60));
            return ResultOf(ChildProcess.Run(static () => "ran"));
        }, "ran");
        return succeeded ? 0 : 1;
    }

    /// <summary>A child and a program that it starts write to the terminal, which is this process's alone, and read from it.</summary>
    private static int Terminal()
    {
        using var child = ChildProcess.Run(static () =>
        {
            Report.Line("by", "child");
            Console.Error.WriteLine("error child");
            using (var program = Process.Start("echo", ["by", "program"]))
            {
                program.WaitForExit();
            }

            try
            {
                using var terminal = new FileStream("/dev/tty", FileMode.Open, FileAccess.Read);
                return $"read {terminal.ReadByte()}";
            }
            catch (IOException)
            {
                return "refused";
            }
        });
        Report.Line("reading", ResultOf(child));
        child.Join();
        Report.Line("status", child.ExitStatus);
        return Everything();
    }

    /// <summary>The library is used in handlers of ProcessExit: for the first time there, or after it has ended.</summary>
    private static int AtExit(bool isFirstUse)
    {
        if (!isFirstUse)
        {
            using var child = ChildProcess.Run(static () => { });
            child.Join();
        }

        for (var handler = 0; handler < 2; handler++)
        {
            AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
            {
                Report.Line("child", Attempt(static () => ChildProcess.Run(static () => { })));
                Report.Line("queue", Attempt(static () => new ProcessQueue<int>()));
                Report.Line("lock", Attempt(static () => new ProcessLock()));
                Report.Line("named", Attempt(static () => ProcessLock.OpenOrCreate("at exit")));
                Report.Line("pool", Attempt(static () => new ProcessPool().RunAsync(static () => 1).GetAwaiter().GetResult()));
            };
        }

        System.Runtime.Loader.AssemblyLoadContext.Default.Unloading += static _ => Report.Line("unloading", Attempt(static () => new ProcessQueue<int>()));
        return 0;
    }

    private static string Attempt(Func<object> use)
    {
        try
        {
            return $"made {use()}";
        }
        catch (Exception exception)
        {
            return $"{exception.GetType().Name}: {exception.Message}";
        }
    }

    /// <summary>A sandbox refuses kill(2), and with it pidfd_send_signal(2).</summary>
    private static int WithoutKill()
    {
        Sandbox.RefuseKill();
        using (var child = ChildProcess.Run(static () => Thread.Sleep(Timeout.Infinite)))
        {
            Thread.Sleep(200);
            child.Kill();
            child.Join();
            Report.Line("kill", child.ExitStatus!.Reason);
        }

        using (var child = ChildProcess.Run(static () => Thread.Sleep(Timeout.Infinite)))
        {
            Thread.Sleep(200);
            child.Terminate();
            child.Join();
            Report.Line("terminate", child.ExitStatus!.Reason);
        }

        Report.Line("timeout", TimeOut().GetAwaiter().GetResult());
        Report.Line("spare", Attempt(static () =>
        {
            SpareProcesses.WarmUpAsync(1).Wait(TimeSpan.FromSeconds(30));
            SpareProcesses.MaxCount = 0;
            return "dismissed";
        }));
        using var forgotten = ChildProcess.Run(static () => Thread.Sleep(Timeout.Infinite));
        Thread.Sleep(200);
        Report.Line("pid", forgotten.Id);
        Report.WaitToBeKilled();
        return 0;
    }

    private static async Task<string> TimeOut()
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        try
        {
            await pool.RunAsync(static () => Thread.Sleep(Timeout.Infinite), new TaskOptions { Timeout = TimeSpan.FromSeconds(1) });
            return "ended";
        }
        catch (TimeoutException)
        {
            return $"timed out, then {await pool.RunAsync(static () => "works")}";
        }
    }

    /// <summary>
    /// With the variables of a tracing tool, <c>name=value</c> each, set as if the program had been started with them: this process itself would wait
    /// for the tool.
    /// </summary>
    private static int Traced(string[] variables)
    {
        foreach (var variable in variables)
        {
            var split = variable.IndexOf('=', StringComparison.Ordinal);
            Environment.SetEnvironmentVariable(variable[..split], variable[(split + 1)..]);
        }

        using var child = ChildProcess.Run(static variables => string.Join(' ', variables.Select(variable => variable[..variable.IndexOf('=', StringComparison.Ordinal)]).Select(name => $"{name}={Environment.GetEnvironmentVariable(name)}")), variables);
        Report.Line("seen", ResultOf(child));
        return Everything();
    }

    /// <summary>
    /// TMPDIR is changed while the program runs, and differs in its children. What does not fit into /dev/shm, which is small here, is placed in a
    /// temp directory, where all processes find it.
    /// </summary>
    private static int TempDirectory(string first, string second)
    {
        const int Length = 24 << 20;
        using (var early = ChildProcess.Run(static () => { }))
        {
            early.Join();
        }

        Environment.SetEnvironmentVariable("TMPDIR", first);
        using var here = new SharedArray<byte>(Length);
        using var way = new ProcessQueue<SharedArray<byte>>();
        Environment.SetEnvironmentVariable("TMPDIR", second);
        using var child = ChildProcess.Run(() =>
        {
            here[Length - 1] = 7;
            using var made = new SharedArray<byte>(Length);
            made[0] = 8;
            way.Put(made);
            way.WaitAllDone();
        });
        using (var made = way.Get())
        {
            Report.Line("child's", made[0]);
            way.MarkDone();
        }

        child.Join();
        Report.Line("child", child.ExitStatus);
        Report.Line("mine", here[Length - 1]);
        Report.Line("first", Directory.GetDirectories(first).Length);
        Report.Line("second", Directory.GetDirectories(second).Length);
        return 0;
    }

    /// <summary>
    /// Two processes and two of their threads in one lock, one without a name and one with a name, for a time: how often two were inside at once.
    /// Then the owner of each lock is killed: the next owner gets a report.
    /// </summary>
    private static int Exclusion(int seconds)
    {
        var until = DateTime.UtcNow + TimeSpan.FromSeconds(seconds);
        using var inside = new SharedArray<int>(2);
        using var violations = new SharedValue<int>();
        using var entered = new SharedValue<int>();
        using var nameless = new ProcessLock();
        using var named = ProcessLock.OpenOrCreate("exclusion");
        var contenders = Enumerable.Range(0, 3).Select(_ => ChildProcess.Run(() => Contend(until, inside, violations, entered, nameless))).ToList();
        Contend(until, inside, violations, entered, nameless);
        foreach (var contender in contenders)
        {
            contender.Join();
            Report.Line("contender", contender.ExitStatus);
            contender.Dispose();
        }

        Report.Line("violations", violations.Value);
        Report.Line("entered", entered.Value);
        using var holding = new ProcessEvent();
        using var holder = ChildProcess.Run(() =>
        {
            using var same = ProcessLock.Open("exclusion");
            nameless.Enter();
            same.Enter();
            holding.Set();
            Thread.Sleep(Timeout.Infinite);
        });
        holding.Wait();
        holder.Kill();
        Report.Line("nameless abandoned", nameless.Enter().WasAbandoned);
        Report.Line("named abandoned", named.Enter().WasAbandoned);
        nameless.Exit();
        named.Exit();
        return 0;
    }

    private static void Contend(DateTime until, SharedArray<int> inside, SharedValue<int> violations, SharedValue<int> entered, ProcessLock nameless)
    {
        using var named = ProcessLock.OpenOrCreate("exclusion");
        for (var round = 0; round < 3 || DateTime.UtcNow < until; round++)
        {
            Visit(nameless, inside, 0, violations, round);
            Visit(named, inside, 1, violations, round);
            entered.Add(2);
        }
    }

    private static void Visit(ProcessLock guard, SharedArray<int> inside, int which, SharedValue<int> violations, int round)
    {
        guard.Enter();
        if (inside.Increment(which) != 1)
        {
            violations.Add(1);
        }

        if (round % 4 == 0)
        {
            Thread.Sleep(15); // longer than a waiter sleeps before it looks at the owner
        }

        inside.Decrement(which);
        guard.Exit();
    }

    private static async Task<string> Squares()
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 2 });
        return string.Join(' ', await pool.MapAsync(Enumerable.Range(0, 10), static number => number * number));
    }

    private static T ResultOf<T>(ChildProcess<T> child) => child.Result.GetAwaiter().GetResult();

    private static string StatusOf(Action body)
    {
        using var child = ChildProcess.Run(body);
        child.Join();
        return child.ExitStatus!.ToString();
    }

    private static string Killed()
    {
        using var child = ChildProcess.Run(static () => Thread.Sleep(Timeout.Infinite));
        child.Kill();
        child.Join();
        return child.ExitStatus!.Reason.ToString();
    }

    private static string Trouble(Func<int> body)
    {
        using var child = ChildProcess.Run(body);
        try
        {
            return ResultOf(child).ToString();
        }
        catch (Exception exception)
        {
            return $"{exception.GetType().Name}: {exception.Message}";
        }
    }
}
