using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Multiprocessing.Steps;

/// <summary>
/// Throws at each entry point of the library, in this program or in a child of it, while everything that passes it is in use. This program must
/// survive, everything must end within its time (normally, or with an exception), a log record must report it, and afterwards everything must work.
/// </summary>
internal static class Throws
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly Records Log = new();

    /// <summary>Those of a child; the others are this program's.</summary>
    private static readonly EntryPoint[] OfChild =
        [EntryPoint.ParentListener, EntryPoint.SignalHandler, EntryPoint.StopTimer, EntryPoint.StopRequest, EntryPoint.UnhandledException, EntryPoint.WarmUp, EntryPoint.TaskSignals, EntryPoint.TaskCancellation];

    private static readonly EntryPoint[] OfWindows = [EntryPoint.PipeReader, EntryPoint.ProcessEnd];

    /// <summary>What fails there fails with that exception, which its waiter gets.</summary>
    private static readonly EntryPoint[] Told =
        [EntryPoint.ChildWatcher, EntryPoint.ChildEvent, EntryPoint.ChildCompletion, EntryPoint.PoolThread, EntryPoint.PoolStep, EntryPoint.SpareTimer, EntryPoint.ParentListener, EntryPoint.TaskSignals, EntryPoint.StopRequest];

    public static int Run(string[] names)
    {
        MultiprocessingLogging.Factory = Log;
        SpareProcesses.MaxCount = 0; // one would take a child's body before the timers that are to fire
        var failures = 0;
        foreach (var point in Enum.GetValues<EntryPoint>().Where(point => names.Length == 0 || names.Contains(point.ToString())))
        {
            if (point == EntryPoint.ProcessExit || (OfWindows.Contains(point) && !OperatingSystem.IsWindows()))
            {
                Console.WriteLine(point == EntryPoint.ProcessExit ? $"threw {point} at the end of this program" : $"skipped {point}");
                continue;
            }

            foreach (var passage in Passages(point))
            {
                var time = Stopwatch.StartNew();
                try
                {
                    using var watchdog = new Watchdog($"{point} {passage}");
                    var errors = OfChild.Contains(point) ? ThrowInChild(point) : ThrowHere(point, passage);
                    if (Told.Contains(point) && !errors.Any(error => error.ToString().Contains("thrown at", StringComparison.Ordinal)))
                    {
                        throw new InvalidOperationException($"nobody was told; the exceptions were: {string.Join("; ", errors.Select(static error => error.Message))}");
                    }

                    Console.WriteLine($"threw {point} {passage} {errors.Count} exceptions, {time.ElapsedMilliseconds} ms");
                }
                catch (Exception exception)
                {
                    failures++;
                    Console.WriteLine($"failed {point} {passage} {exception.Message.ReplaceLineEndings(" ")}");
                    Console.Error.WriteLine(exception);
                }
            }
        }

        ThrowPoints.Arm(EntryPoint.ProcessExit, 1);
        return failures == 0 ? 0 : 1;
    }

    private static int[] Passages(EntryPoint point) => point switch
    {
        EntryPoint.ChildExit => [1, 2, 3, 4, 5, 6, 7, 8, 9],
        EntryPoint.ChildEvent => [1, 2, 3, 4],
        EntryPoint.PoolStep => [1, 2, 3, 4, 6, 9, 14],
        EntryPoint.Cancellation or EntryPoint.AsyncScan or EntryPoint.WorkerLaunch or EntryPoint.WorkerEnd => [1, 2],
        EntryPoint.SupervisorWork => [1, 2, 3, 4, 5, 6, 7],
        EntryPoint.SupervisorReport => [1, 2, 3],
        _ => [1],
    };

    private static List<Exception> ThrowHere(EntryPoint point, int passage)
    {
        Log.Clear();
        ThrowPoints.Arm(point, passage);
        var errors = new List<Exception>();
        foreach (var deed in DeedsOf(point))
        {
            Try(deed(null), errors);
        }

        // Some points are passed behind the deed, by a thread of their own.
        bool IsTold() => Log.Texts.Any(text => text.Contains($"own {point};", StringComparison.Ordinal));
        for (var time = Stopwatch.StartNew(); !(ThrowPoints.HasThrown && IsTold()) && time.Elapsed < Patience / 2; Thread.Sleep(10))
        {
        }

        if (!ThrowPoints.HasThrown)
        {
            throw new InvalidOperationException("nothing came by there");
        }

        ThrowPoints.Arm(point, 0);
        Require(IsTold(), "a record tells of it");
        CheckAll(DeedsOf(point), null);
        return errors;
    }

    private static List<Exception> ThrowInChild(EntryPoint point)
    {
        var errors = new List<Exception>();
        var options = new ChildProcessOptions { StandardError = ProcessOutput.Discard, StandardOutput = ProcessOutput.Discard };
        options.Environment[ThrowPoints.Variable] = $"{point}:1";
        foreach (var deed in DeedsOf(point))
        {
            Try(deed(options), errors);
        }

        CheckAll(DeedsOf(point), new ChildProcessOptions { StandardError = ProcessOutput.Discard, StandardOutput = ProcessOutput.Discard });
        return errors;
    }

    private static void CheckAll(IEnumerable<Func<ChildProcessOptions?, Task>> deeds, ChildProcessOptions? options)
    {
        foreach (var deed in deeds)
        {
            try
            {
                deed(options).WaitAsync(Patience).GetAwaiter().GetResult();
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"afterwards {deed.Method.Name} failed: {exception}");
            }
        }
    }

    /// <summary>It may fail, and has to end.</summary>
    private static void Try(Task deed, List<Exception> errors)
    {
        try
        {
            deed.WaitAsync(Patience).GetAwaiter().GetResult();
        }
        catch (TimeoutException)
        {
            throw;
        }
        catch (Exception exception)
        {
            errors.Add(exception);
        }
    }

    private static IEnumerable<Func<ChildProcessOptions?, Task>> DeedsOf(EntryPoint point) => point switch
    {
        EntryPoint.ChildWatcher or EntryPoint.ChildEvent or EntryPoint.ChildExit or EntryPoint.OutputPump or EntryPoint.WarmUp
            or EntryPoint.PipeReader or EntryPoint.ProcessEnd => [RunChild],
        EntryPoint.ChildResult => [RunChild],
        EntryPoint.ChildCompletion => [RunChildWithoutResult],
        EntryPoint.StartTimer or EntryPoint.Clock or EntryPoint.ClockAlarm => [RunLateChild],
        EntryPoint.WorkerThread or EntryPoint.ThreadWork => [MapLazySources],
        EntryPoint.SourceBegin => [ReadAsyncSource],
        EntryPoint.Continuation => [WaitAsynchronously],
        EntryPoint.KillTimer => [TerminateDeafChild],
        EntryPoint.SpareTimer => [PrepareSpare],
        EntryPoint.IdleMemory => [LeaveMemoryIdle],
        EntryPoint.PoolThread or EntryPoint.PoolStep or EntryPoint.WorkerLaunch or EntryPoint.WorkerEnd => [RunPool],
        EntryPoint.PoolWorkerThread => [RunPoolOnThread],
        EntryPoint.ReportDelivery => [ReportProgress],
        EntryPoint.SourceEnd => [LeaveStream],
        EntryPoint.ParentListener => [RunListeningChild],
        EntryPoint.SignalHandler or EntryPoint.StopTimer => [SignalChild],
        EntryPoint.StopRequest => [StopChild],
        EntryPoint.UnhandledException => [CrashChild],
        EntryPoint.TaskSignals or EntryPoint.TaskCancellation => [CancelTask],
        EntryPoint.Doorbell or EntryPoint.AsyncScan => [WaitAsynchronously],
        EntryPoint.Cancellation => [CancelWaits],
        EntryPoint.Finalizer => [Forget],
        EntryPoint.SupervisorWork or EntryPoint.SupervisorTimer or EntryPoint.SupervisorReport => [Supervise],
        EntryPoint.Rejection => [RejectClient],
        EntryPoint.TelemetryStart => [StartTelemetry],
        EntryPoint.StatusPublication => [Observe],
        EntryPoint.ServiceWork or EntryPoint.ServiceRead => [Serve],
        _ => throw new InvalidOperationException($"Nobody has said what comes by {point}."),
    };

    /// <summary>Again: the first time was with the session of this program.</summary>
    private static async Task StartTelemetry(ChildProcessOptions? options)
    {
        TelemetryStart.Begin();
        for (var time = Stopwatch.StartNew(); !ThrowPoints.HasThrown && time.Elapsed < TimeSpan.FromSeconds(10);)
        {
            await Task.Delay(10);
        }
    }

    private static async Task RunChild(ChildProcessOptions? options)
    {
        var lines = new ConcurrentQueue<string>();
        var all = options ?? new ChildProcessOptions { StandardOutput = ProcessOutput.ToLines(lines.Enqueue), StandardError = ProcessOutput.ToLines(lines.Enqueue) };
        await using var child = ChildProcess.Run(
            static () =>
            {
                Console.WriteLine("said");
                return 7;
            },
            all);
        await child.JoinAsync();
        Require(child.State == ProcessState.Exited, $"{child} has ended");
        Require(child.ExitStatus is not null, "its end is known");
        Require(!ChildProcess.Active.Contains(child), "it is not active any more");
        Require(await child.Result == 7, "its result has come");
        child.Join();
        await child.Completion;
    }

    private static async Task Observe(ChildProcessOptions? options)
    {
        await using var pool = new ProcessPool(new() { Name = "observed", Workers = 1 });
        using var monitor = ProgramMonitor.OpenCurrent();
        World.Wait(() => monitor.Read().Pools.Any(static pool => pool.Name == "observed"), "the pool is published");
    }

    private static async Task RejectClient(ChildProcessOptions? options)
    {
        var key = new byte[] { 1, 2, 3 };
        await using var listener = ConnectionListener.Start(new ConnectionListenerOptions { Key = key, OnRejected = static _ => { } });
        try
        {
            await Connection.ConnectAsync(listener.LocalEndPoint, new ConnectionOptions { Key = [4] });
        }
        catch (ConnectionAuthenticationException)
        {
            World.Wait(() => listener.RejectedCount == 1, "it was counted");
        }

        using var client = await Connection.ConnectAsync(listener.LocalEndPoint, new ConnectionOptions { Key = key });
        using var server = await listener.AcceptAsync();
    }

    private static async Task RunChildWithoutResult(ChildProcessOptions? options)
    {
        await using var child = ChildProcess.Run(static () => { });
        await child.JoinAsync();
        await child.Completion;
    }

    private static async Task RunLateChild(ChildProcessOptions? options)
    {
        await using var child = new ChildProcess(static () => { }, new ChildProcessOptions { StartTimeout = TimeSpan.FromMilliseconds(2), StandardError = ProcessOutput.Discard });
        child.Start();
        await child.JoinAsync();
        try
        {
            await child.Completion;
        }
        catch (Exception exception) when (exception is ProcessStartException or ProcessDiedException)
        {
            return;
        }
    }

    private static async Task TerminateDeafChild(ChildProcessOptions? options)
    {
        using var observes = new ProcessEvent();
        using var child = ChildProcess.Run(
            () =>
            {
                _ = CurrentProcess.Stopping;
                observes.Set();
                Thread.Sleep(Timeout.Infinite);
            },
            new ChildProcessOptions { StandardError = ProcessOutput.Discard });
        Require(observes.Wait(Patience), "it observes the token");
        child.Terminate(TimeSpan.FromMilliseconds(100));
        await child.JoinAsync();
    }

    private static async Task PrepareSpare(ChildProcessOptions? options)
    {
        SpareProcesses.MaxCount = 1;
        try
        {
            await SpareProcesses.WarmUpAsync(1);
        }
        finally
        {
            SpareProcesses.MaxCount = 0;
        }
    }

    /// <summary>A child that ends and is started again, at once and after a back-off, beside one that runs and has a probe.</summary>
    private static async Task Supervise(ChildProcessOptions? options)
    {
        var quiet = new ChildProcessOptions { StandardError = ProcessOutput.Discard };
        await using var supervisor = new ProcessSupervisor(new() { MaxRestarts = 1_000, BackOff = new() { Initial = TimeSpan.FromMilliseconds(20) } });
        supervisor.AddBody(
            "runs",
            static async () =>
            {
                try
                {
                    await Task.Delay(Timeout.Infinite, CurrentProcess.Stopping);
                }
                catch (OperationCanceledException)
                {
                }
            },
            new() { Process = quiet, HealthProbe = static _ => new(true), ProbeInterval = TimeSpan.FromMilliseconds(10) });
        var ends = supervisor.AddBody("ends", static () => { }, new() { Process = quiet });
        while (ends.RestartCount < 3 && !supervisor.Completion.IsCompleted)
        {
            await Task.Delay(5);
        }
    }

    private static async Task Serve(ChildProcessOptions? options)
    {
        await using var service = await ProcessService.StartAsync<IEcho>(
            static () => new Echo(), new() { Process = new() { StandardError = ProcessOutput.Discard }, MaxRestarts = 100 });
        using var heard = new SemaphoreSlim(0);
        service.Proxy.Said += _ => heard.Release();
        Require((await Task.WhenAll(Enumerable.Range(0, 20).Select(service.Proxy.RepeatAsync))).Sum() == 190, "the results are right");
        service.Proxy.Say(1);
        Require(await heard.WaitAsync(Patience), "the event was raised");
        var sum = 0;
        await foreach (var number in service.Proxy.Count(100))
        {
            sum += number;
        }

        Require(sum == 4950, "the items are right");
    }

    private static async Task MapLazySources(ChildProcessOptions? options)
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1, Process = options });
        var maps = Enumerable.Range(0, 4).Select(_ => pool.MapAsync(Numbers(), static item => item + 1)).ToArray();
        foreach (var map in maps)
        {
            Require((await map).Sum() == 6, "the results are right");
        }

        static IEnumerable<int> Numbers()
        {
            for (var i = 0; i < 3; i++)
            {
                Thread.Sleep(50);
                yield return i;
            }
        }
    }

    private static async Task ReadAsyncSource(ChildProcessOptions? options)
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1, Process = options });
        var sum = 0;
        await foreach (var result in pool.StreamAsync(Numbers(), static item => item + 1))
        {
            sum += result;
        }

        Require(sum == 6, "the results are right");

        static async IAsyncEnumerable<int> Numbers()
        {
            for (var i = 0; i < 3; i++)
            {
                await Task.Yield();
                yield return i;
            }
        }
    }

    private static async Task RunPool(ChildProcessOptions? options)
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 2, Process = options });
        Require(await pool.RunAsync(static () => 7) == 7, "the result is right");
        Require((await pool.MapAsync(Enumerable.Range(0, 100), static item => item + 1)).Sum() == 5050, "the results are right");
        await pool.ResizeAsync(1);
        await pool.ShutdownAsync();
    }

    private static async Task RunPoolOnThread(ChildProcessOptions? options)
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 0 });
        Require(await pool.RunAsync(static () => 7) == 7, "the result is right");
    }

    private static async Task ReportProgress(ChildProcessOptions? options)
    {
        var heard = 0;
        var progress = new Listener(() => Interlocked.Increment(ref heard));
        IProgress<int> reported = progress;
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        await pool.RunAsync(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                reported.Report(i);
            }
        });
        Require(heard == 10, $"all 10 reports have come, and not {heard}");
    }

    private static async Task LeaveStream(ChildProcessOptions? options)
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        var release = new TaskCompletionSource();
        await foreach (var _ in pool.StreamAsync(Source(release.Task), static item => item))
        {
            break; // while the source waits for its second item, and does not heed the token
        }

        release.SetResult();
        await Task.Delay(200);
    }

    private static async IAsyncEnumerable<int> Source(Task release)
    {
        yield return 1;
        await release;
        yield return 2;
    }

    private static async Task RunListeningChild(ChildProcessOptions? options)
    {
        await using var child = ChildProcess.Run(
            static () =>
            {
                Thread.Sleep(ThrowPoints.WasArmed ? Timeout.Infinite : 0); // until the listener throws, which ends the process
                return 7;
            },
            options);
        Require(await child.Result == 7, "its result has come");
    }

    private static async Task SignalChild(ChildProcessOptions? options)
    {
        options!.TerminationGrace = TimeSpan.FromMilliseconds(300);
        using var child = ChildProcess.Run(
            static () =>
            {
                _ = CurrentProcess.Stopping;
                Thread.Sleep(Timeout.Infinite);
            },
            options);
        World.Wait(() => child.State == ProcessState.Running, "it runs");
        Thread.Sleep(200);
        child.Interrupt();
        await child.JoinAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static async Task StopChild(ChildProcessOptions? options)
    {
        using var observes = new ProcessEvent();
        using var child = ChildProcess.Run(
            () =>
            {
                var stopping = CurrentProcess.Stopping;
                observes.Set();
                stopping.WaitHandle.WaitOne();
                return 7;
            },
            options);
        Require(observes.Wait(Patience), "it observes the token");
        child.Terminate(TimeSpan.FromSeconds(20));
        await child.JoinAsync();
        if (child.ExitStatus!.Reason == ExitReason.UnhandledException)
        {
            await child.Result;
        }
    }

    private static async Task CrashChild(ChildProcessOptions? options)
    {
        await using var child = ChildProcess.Run(
            static () =>
            {
                new Thread(static () => throw new TimeZoneNotFoundException("nobody caught it")).Start();
                Thread.Sleep(Timeout.Infinite);
            },
            options);
        await child.JoinAsync();
        Require(child.ExitStatus!.Reason is ExitReason.UnhandledException or ExitReason.Crashed or ExitReason.Signaled, $"it crashed ({child.ExitStatus})");
    }

    private static async Task CancelTask(ChildProcessOptions? options)
    {
        using var cancellation = new CancellationTokenSource();
        var token = cancellation.Token;
        using var begun = new ProcessEvent();
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1, Process = options, CancellationGrace = TimeSpan.FromSeconds(2) });
        var task = pool.RunAsync(
            () =>
            {
                begun.Set();
                using var _ = token.Register(static () => { });
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
            },
            cancellationToken: token);

        // A worker whose thread of signals fails ends by itself: the cancellation leaves it the time.
        await Task.WhenAny(Task.Run(() => begun.Wait(Patience)), task); // not WaitAsync, whose thread is a point of its own
        var dies = options?.Environment.TryGetValue(ThrowPoints.Variable, out var point) == true
            && point?.StartsWith($"{EntryPoint.TaskSignals}:", StringComparison.Ordinal) == true;
        await Task.WhenAny(task, Task.Delay(dies ? Patience / 2 : TimeSpan.FromSeconds(2)));
        await cancellation.CancelAsync();
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
        }

        Require(await pool.RunAsync(static () => 7) == 7, "the pool goes on");
    }

    private static async Task WaitAsynchronously(ChildProcessOptions? options)
    {
        using var queue = new ProcessQueue<int>();
        var taken = queue.GetAsync().AsTask();
        await Task.Delay(50);
        using (var child = ChildProcess.Run(static queue => queue.Put(7), queue))
        {
            Require(await taken == 7, "the item has come");
            await child.JoinAsync();
        }

        var second = queue.GetAsync().AsTask();
        await Task.Delay(50);
        queue.Put(8);
        Require(await second == 8, "the second item has come");
    }

    private static async Task CancelWaits(ChildProcessOptions? options)
    {
        using var queue = new ProcessQueue<int>();
        using var held = new ProcessLock();
        held.Enter();
        foreach (var wait in new Action<CancellationToken>[] { token => queue.Get(token), token => held.Enter(token) })
        {
            using var cancellation = new CancellationTokenSource();
            var waiting = Task.Factory.StartNew(() => wait(cancellation.Token), TaskCreationOptions.LongRunning);
            World.Wait(Sleeps, "it waits"); // and is not cancelled before
            await cancellation.CancelAsync();
            try
            {
                await waiting;
                throw new InvalidOperationException("the wait was not cancelled");
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    /// <summary>A thread of this process sleeps at an object.</summary>
    private static unsafe bool Sleeps() =>
        new ReadOnlySpan<int>(Session.Current.Participants[Session.Current.Self.Slot]->Sleeps, ParticipantSlot.MaxSleeps).ContainsAnyExcept(0);

    /// <summary>Memory that this process has received and released is unmapped after a while, by a timer.</summary>
    private static async Task LeaveMemoryIdle(ChildProcessOptions? options)
    {
        using var queue = new ProcessQueue<SharedBuffer<byte>>();
        using var enough = new ProcessEvent();
        using var child = ChildProcess.Run(() =>
        {
            using (var buffer = new SharedBuffer<byte>(10_000))
            {
                queue.Put(buffer);
            }

            enough.Wait();
        }, options);
        queue.Get().Dispose();
        await Task.Delay(2500);
        enough.Set();
        child.Join();
    }

    private static Task Forget(ChildProcessOptions? options)
    {
        MakeAndForget();
        for (var i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return Task.CompletedTask;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeAndForget()
    {
        _ = new ProcessQueue<int>();
        _ = new ProcessLock();
        _ = new SharedValue<int>(1);
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"It is not so that {what}.");
        }
    }

    private sealed class Listener(Action heard) : IProgress<int>
    {
        public void Report(int value) => heard();
    }

    private sealed class Records : ILoggerFactory, ILogger
    {
        private readonly ConcurrentQueue<string> _texts = new();

        public IEnumerable<string> Texts => _texts;

        public void Clear() => _texts.Clear();

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _texts.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
