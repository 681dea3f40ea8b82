using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Child processes and how they end.</summary>
public class ProcessExamples
{
    [Fact]
    public void Child_process()
    {
        #region ChildProcess
        using var child = ChildProcess.Run(() => Console.WriteLine($"Hello from process {CurrentProcess.Id}."));
        child.Wait(); // throws if the process died or its body threw
        Console.WriteLine(child.ExitStatus); // exit code 0
        #endregion
        child.ExitStatus!.IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task Child_process_with_a_result()
    {
        #region ChildProcess<TResult>
        using ChildProcess<int> child = ChildProcess.Run((a, b) => a + b, 1, 2);
        int sum = await child.Result;
        #endregion
        sum.ShouldBe(3);
    }

    [Fact]
    public async Task Child_process_options()
    {
        #region ChildProcessOptions
        var options = new ChildProcessOptions
        {
            Name = "importer",
            Environment = { ["IMPORT_LEVEL"] = "full" },
            HeapLimit = 256L << 20, // 256 MiB
            TerminationGrace = TimeSpan.FromSeconds(10),
        };
        using var child = ChildProcess.Run(() => CurrentProcess.Name, options);
        Console.WriteLine(await child.Result); // importer
        #endregion
        (await child.Result).ShouldBe("importer");
    }

    [Fact]
    public async Task Current_process()
    {
        #region CurrentProcess
        using var child = ChildProcess.Run(() => $"{CurrentProcess.Name} (pid {CurrentProcess.Id}) is a child of {CurrentProcess.Parent}.");
        Console.WriteLine(await child.Result); // Process-1 (pid 4712) is a child of MainProcess (pid 4711).
        #endregion
        (await child.Result).ShouldContain("MainProcess");
    }

    [Fact]
    public async Task Parent_process()
    {
        #region ParentProcess
        using var child = ChildProcess.Run(() =>
        {
            ParentProcess parent = CurrentProcess.Parent!; // null in a process that this library did not start
            return parent.Id;
        });
        Console.WriteLine(await child.Result == Environment.ProcessId); // True
        #endregion
        (await child.Result).ShouldBe(Environment.ProcessId);
    }

    [Fact]
    public void Process_output()
    {
        #region ProcessOutput
        var lines = new List<string>();
        var options = new ChildProcessOptions { StandardOutput = ProcessOutput.ToLines(lines.Add), StandardError = ProcessOutput.Discard };
        using var child = ChildProcess.Run(() => Console.WriteLine("Hello"), options);
        child.Join(); // all lines were delivered
        Console.WriteLine(lines[0]); // Hello
        #endregion
        lines.ShouldBe(["Hello"]);
    }

    [Fact]
    public void Process_state()
    {
        #region ProcessState
        using var child = new ChildProcess(() => { });
        Console.WriteLine(child.State == ProcessState.Created); // True
        child.Start();
        child.Join();
        Console.WriteLine(child.State == ProcessState.Exited); // True
        #endregion
        child.State.ShouldBe(ProcessState.Exited);
    }

    [Fact]
    public void Process_statistics()
    {
        #region ProcessStatistics
        using var child = ChildProcess.Run(() => Thread.Sleep(Timeout.Infinite));
        ProcessStatistics statistics = child.GetStatistics();
        Console.WriteLine($"{statistics.WorkingSet >> 20} MiB, {statistics.ThreadCount} threads, {statistics.TotalProcessorTime} of processor time");
        child.Kill();
        #endregion
        statistics.ThreadCount.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Scheduling_state()
    {
        #region SchedulingState
        using var child = ChildProcess.Run(() => Thread.Sleep(Timeout.Infinite));
        SchedulingState state = child.GetStatistics().State;
        if (state is SchedulingState.Stopped)
        {
            Console.WriteLine("A debugger or SIGSTOP stopped the process.");
        }

        child.Kill();
        #endregion
        state.ShouldNotBe(SchedulingState.Stopped);
    }

    [Fact]
    public void Exit_status()
    {
        #region ExitStatus
        using var child = ChildProcess.Run(() => Environment.Exit(3));
        child.Join();
        ExitStatus status = child.ExitStatus!;
        Console.WriteLine($"{status.Reason}, exit code {status.Code}"); // Exited, exit code 3
        #endregion
        status.Code.ShouldBe(3);
    }

    [Fact]
    public void Exit_reason()
    {
        #region ExitReason
        using var child = ChildProcess.Run(() => Thread.Sleep(Timeout.Infinite));
        child.Kill();
        child.Join();
        string text = child.ExitStatus!.Reason switch
        {
            ExitReason.Exited => "ended with an exit code",
            ExitReason.Killed or ExitReason.Terminated => "was stopped by this program",
            _ => "failed",
        };
        #endregion
        text.ShouldBe("was stopped by this program");
    }

    [Fact]
    public void Process_died()
    {
        #region ProcessDiedException
        using var child = ChildProcess.Run(() => Environment.FailFast("The native library is broken."));
        try
        {
            child.Wait();
        }
        catch (ProcessDiedException exception)
        {
            Console.WriteLine($"{exception.ProcessName} (pid {exception.ProcessId}): {exception.ExitStatus}");
            Console.WriteLine(exception.StandardErrorTail); // the last lines that it wrote
        }
        #endregion
        child.ExitStatus!.Reason.ShouldBe(ExitReason.FailFast);
    }

    [Fact]
    public void Process_crashed()
    {
        #region ProcessCrashedException
        using var child = ChildProcess.Run(() => Environment.FailFast("The native library is broken."));
        child.Join();
        if (child.ExitStatus!.Error is ProcessCrashedException crash)
        {
            Console.WriteLine(crash.Message); // what the runtime wrote to standard error
        }
        #endregion
        child.ExitStatus!.Error.ShouldBeOfType<ProcessCrashedException>().Message.ShouldContain("The native library is broken.");
    }

    [Fact]
    public void Process_start()
    {
        #region ProcessStartException
        try
        {
            using var child = ChildProcess.Run(() => { }, new ChildProcessOptions { WorkingDirectory = "/no/such/directory" });
            child.Wait();
        }
        catch (ProcessStartException exception)
        {
            Console.WriteLine(exception.Message); // names the directory that does not exist
        }
        #endregion
    }
}
