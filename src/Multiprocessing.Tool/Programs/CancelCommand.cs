using System.CommandLine;
using System.Diagnostics;
using Multiprocessing.Tool.Commands;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Stacks;

namespace Multiprocessing.Tool.Programs;

/// <summary><c>mp cancel PID</c>: cancels the task that a worker of a pool runs. The worker survives it if the task observes its token.</summary>
internal static class CancelCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var process = CommonOptions.Process("A worker of a pool that runs a task.");
        return new Command("cancel", "Cancels the task that a worker runs. If it does not end within the grace of its pool, its worker is killed.")
        {
            process,
        }.Does((result, output, _) => Task.FromResult(Run(result.GetValue(process), output)));
    }

    private static int Run(int processId, CommandOutput output)
    {
        OtherProcess.ThrowIfMissing(processId);
        try
        {
            using var monitor = ProgramMonitor.Open(processId);
            var snapshot = ReadPools(monitor);
            var pool = snapshot.Pools.FirstOrDefault(pool => pool.Workers.Any(worker => worker.ProcessId == processId))
                ?? throw new CommandException(ExitCodes.Refused, $"Process {processId} is no worker of a pool of {snapshot.Name}. "
                    + "'mp ps --tree' lists the workers with their tasks.");
            var worker = pool.Workers.First(worker => worker.ProcessId == processId);
            if (worker.TaskName is null)
            {
                throw new CommandException(ExitCodes.Refused,
                    $"Worker {worker.Number} of the pool '{pool.Name}' (process {processId}) runs no task.");
            }

            if (!monitor.CancelTask(pool, worker))
            {
                throw new CommandException(ExitCodes.TimedOut,
                    $"Process {pool.OwnerProcessId}, which owns the pool '{pool.Name}', did not take the request."
                        + OtherProcess.ReasonForSilence(pool.OwnerProcessId));
            }

            Write(output, pool, worker);
            return ExitCodes.Success;
        }
        catch (ProgramNotFoundException exception)
        {
            throw new CommandException(ExitCodes.NotFound, exception.Message);
        }
    }

    // Of a busy program, the first picture may be older than its answer to the look.
    private static ProgramSnapshot ReadPools(ProgramMonitor monitor)
    {
        var watch = Stopwatch.StartNew();
        ProgramSnapshot snapshot;
        while ((snapshot = monitor.Read()).Pools.Count == 0 && watch.Elapsed < Patience)
        {
            Thread.Sleep(100);
        }

        return snapshot;
    }

    private static void Write(CommandOutput output, PoolSnapshot pool, WorkerSnapshot worker)
    {
        if (!output.IsJson)
        {
            output.WriteLine($"canceled {worker.TaskName} in worker {worker.Number} of {pool.Name}");
            return;
        }

        output.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteString("task", worker.TaskName);
            json.WriteString("pool", pool.Name);
            json.WriteNumber("worker", worker.Number);
            json.WriteEndObject();
        });
    }
}
