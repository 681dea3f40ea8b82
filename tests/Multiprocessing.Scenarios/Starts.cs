using Multiprocessing.Platform;

namespace Multiprocessing.Scenarios;

/// <summary>Starts of children that the system refuses.</summary>
internal static class Starts
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Each system call of a start fails once with an error that it may have; the last ones are those that other code of a process needs, too.
    /// </summary>
    private static readonly (string Call, string Error)[] Refusals =
    [
        ("socketpair", "EMFILE"), ("socketpair", "ENFILE"), ("pipe2", "EMFILE"), ("pipe2", "ENFILE"), ("fcntl", "EMFILE"), ("clone3", "EAGAIN"), ("clone3", "ENOMEM"), ("clone", "EAGAIN"), ("clone", "ENOMEM"),
        ("vfork", "EAGAIN"), ("execve", "ENOENT"), ("execve", "ENOMEM"), ("dup2", "EMFILE"), ("chdir", "ENOENT"), ("setpgid", "EPERM"), ("setpriority", "EPERM"), ("sched_setaffinity", "EINVAL"),
        ("pidfd_open", "EMFILE"), ("pidfd_open", "ENOSYS"), ("epoll_create1", "EMFILE"), ("epoll_create1", "ENOMEM"), ("epoll_ctl", "ENOSPC"), ("epoll_ctl", "ENOMEM"), ("sendto", "ENOMEM"), ("poll", "ENOMEM"),
        (SystemCalls.NewThread, "EAGAIN"), (SystemCalls.NewThread, "ENOMEM"),
        ("openat", "EMFILE"),
    ];

    /// <param name="way">"alone", or "beside" another child.</param>
    public static int Refused(string way)
    {
        if (!SystemCalls.CanBeRefused)
        {
            Report.Line("skipped", "system calls are known by their numbers on x64 only");
            return 0;
        }

        SpareProcesses.MaxCount = 0;
        Work();
        using var go = new ProcessEvent();
        using var other = way == "beside" ? ChildProcess.Run(() => go.Wait(TimeSpan.FromMinutes(5))) : null;
        foreach (var (call, error) in Refusals.Where(static refusal => Facilities.UseLinux || refusal.Call != "poll")) // else the watcher polls, and is never rid of the filter
        {
            var before = OwnFootprint.Take();
            var outcome = "";
            var thread = new Thread(() => outcome = SystemCalls.Refuse(call, error, everywhere: false) is not 0 and var errno ? $"no filter {errno}" : Try());
            thread.Start();
            thread.Join();
            if (outcome.StartsWith("no filter", StringComparison.Ordinal))
            {
                Report.Line("skipped", outcome);
                return 0;
            }

            Report.Line("tried", $"{call} {error}: {outcome}");
            if (before.DifferenceFromNow() is { } difference)
            {
                Report.Line("left", $"{call} {error}: {difference}");
            }

            Work(); // the next start is not affected
        }

        go.Set();
        Report.Line("other", other?.Result.WaitAsync(Patience).Result);
        return 0;
    }

    /// <summary>One descriptor more each time, from none to enough.</summary>
    public static int WithFewDescriptors()
    {
        SpareProcesses.MaxCount = 0;
        Work();
        var least = (ulong)Limits.FillGaps() + 1;
        var before = OwnFootprint.Take();
        var started = 0;
        for (var more = 0ul; started < 3 && more < 40; more++)
        {
            Limits.SetDescriptors(least + more);
            var outcome = Try();
            Limits.SetDescriptors(ulong.MaxValue);
            Report.Line("tried", $"{more}: {outcome}");
            started += outcome == "started" ? 1 : 0;
            if (before.DifferenceFromNow() is { } difference)
            {
                Report.Line("left", $"{more}: {difference}");
            }
        }

        Work();
        return 0;
    }

    /// <summary>The thread for asynchronous waits cannot be started at first.</summary>
    public static int WithoutDispatcher()
    {
        using var queue = new ProcessQueue<int>();
        for (var i = 0; i < 2; i++)
        {
            var outcome = "";
            var thread = new Thread(() => outcome = SystemCalls.CanBeRefused && SystemCalls.Refuse(SystemCalls.NewThread, "EAGAIN", everywhere: false) == 0 ? Wait() : "no filter");
            thread.Start();
            thread.Join();
            if (outcome == "no filter")
            {
                Report.Line("skipped", outcome);
                return 0;
            }

            Report.Line("refused", outcome);
        }

        var item = queue.GetAsync().AsTask();
        using var child = ChildProcess.Run(() => queue.Put(7));
        Report.Line("item", item.WaitAsync(Patience).Result);
        child.Join();
        return 0;

        string Wait()
        {
            try
            {
                using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(60));
                return $"got {queue.GetAsync(soon.Token).AsTask().Result}";
            }
            catch (Exception exception)
            {
                return exception.GetBaseException().GetType().Name;
            }
        }
    }

    /// <summary>Memory cannot be allocated for a file by the call that is made for it.</summary>
    public static int WithoutAllocation(string error)
    {
        if (!SystemCalls.CanBeRefused || SystemCalls.Refuse("fallocate", error, everywhere: true) != 0)
        {
            Report.Line("skipped", "no filter");
            return 0;
        }

        using var queue = new ProcessQueue<byte[]>();
        var content = new byte[6 << 20];
        Random.Shared.NextBytes(content);
        using var child = ChildProcess.Run(() => queue.Put(content));
        Report.Line("same", queue.Get(Patience).AsSpan().SequenceEqual(content));
        child.Join();
        Report.Line("child", child.ExitStatus);
        var locks = Enumerable.Range(0, 600).Select(_ => new ProcessLock()).ToList(); // the table of shared objects grows, too
        locks.ForEach(one => one.Dispose());
        return 0;
    }

    /// <summary>The first places for shared memory cannot be written to, and later they can.</summary>
    public static int WhereNothingCanBeWritten()
    {
        for (var i = 0; i < 2; i++)
        {
            Report.Line("refused", Try());
            Report.Line("active", ChildProcess.Active.Count);
        }

        foreach (var place in new[] { "/dev/shm", "/mnt" })
        {
            using var mount = System.Diagnostics.Process.Start("mount", ["-o", "remount,rw", place]);
            mount.WaitForExit();
        }

        Work();
        Report.Line("ok", "");
        return 0;
    }

    /// <summary>The directory in which this program runs is deleted while a process stands ready, and while none does.</summary>
    public static async Task<int> InDeletedDirectory()
    {
        SpareProcesses.MaxCount = 1;
        foreach (var isReady in new[] { true, false })
        {
            var directory = Directory.CreateTempSubdirectory();
            Environment.CurrentDirectory = directory.FullName;
            if (isReady)
            {
                await SpareProcesses.WarmUpAsync().WaitAsync(Patience);
            }

            directory.Delete();
            for (var i = 0; i < 2; i++)
            {
                Work();
            }

            await SpareProcesses.WarmUpAsync().WaitAsync(Patience);
            await using (var pool = new ProcessPool(new() { Workers = 2 }))
            {
                Report.Line("pool", (await pool.MapAsync([1, 2, 3], item => item * 2).WaitAsync(Patience)).Sum());
            }

            Environment.CurrentDirectory = "/";
            Report.Line("directory", ChildProcess.Run(() => Environment.CurrentDirectory).Result.WaitAsync(Patience).Result);
        }

        SpareProcesses.MaxCount = 0;
        return 0;
    }

    /// <summary>More shared objects than the system lets a process map.</summary>
    public static int ManyLocks()
    {
        var locks = new List<ProcessLock>();
        try
        {
            while (locks.Count < 70_000)
            {
                locks.Add(new ProcessLock());
            }

            Report.Line("error", "none");
        }
        catch (Exception exception)
        {
            Report.Line("error", $"{exception.GetType().Name} {exception.Message}");
        }

        Report.Line("count", locks.Count);

        // The runtime and the library go on as ever.
        var threads = Enumerable.Range(0, 20).Select(_ => new Thread(static () => GC.KeepAlive(new byte[1 << 20]))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        foreach (var one in locks.Take(1000))
        {
            one.Dispose();
        }

        locks.RemoveRange(0, 1000);
        using var again = new ProcessLock();
        Work();
        Report.Line("ok", "");
        foreach (var one in locks)
        {
            one.Dispose();
        }

        return 0;
    }

    /// <summary>An ordinary child, which must work.</summary>
    private static void Work()
    {
        using var child = ChildProcess.Run(static () => 7);
        if (child.Result.WaitAsync(Patience).Result != 7 || !child.Join(Patience))
        {
            throw new InvalidOperationException("A child did not work.");
        }
    }

    private static string Try()
    {
        try
        {
            // Options that make every call of a start.
            using var child = ChildProcess.Run(
                static () => Thread.Sleep(Timeout.Infinite),
                new ChildProcessOptions { StandardOutput = ProcessOutput.Discard, WorkingDirectory = "/", Nice = 5, ProcessorAffinity = [0] });
            child.Kill();
            return child.Join(Patience) ? "started" : "started, but its end is not heard of";
        }
        catch (Exception exception)
        {
            return $"{exception.GetType().Name} {exception.Message}";
        }
    }
}
