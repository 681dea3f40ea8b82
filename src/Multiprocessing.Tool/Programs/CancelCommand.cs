using System.CommandLine;
using Multiprocessing.Tool.Commands;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Stacks;

namespace Multiprocessing.Tool.Programs;

/// <summary><c>mp cancel PID</c>: cancels the task that a worker of a pool runs. The worker survives it if the task observes its token.</summary>
internal static class CancelCommand
{
    public static Command Create()
    {
        var process = CommonOptions.Process("A worker of a pool that runs a task.");
        return new Command("cancel", "Cancels the task that a worker runs. A task that does not end by itself within the grace of its pool ends with its worker.") { process }.Does(
            (result, output, _) => Task.FromResult(Run(result.GetValue(process), output)));
    }

    private static int Run(int processId, CommandOutput output)
    {
        OtherProcess.ThrowIfMissing(processId);
        try
        {
            using var monitor = ProgramMonitor.Open(processId);
            var snapshot = monitor.Read();
            var pool = snapshot.Pools.FirstOrDefault(pool => pool.Workers.Any(worker => worker.ProcessId == processId))
                ?? throw new CommandException(ExitCodes.Refused, $"Process {processId} is no worker of a pool of {snapshot.Name}. 'mp ps --tree' lists the workers with their tasks.");
            var worker = pool.Workers.First(worker => worker.ProcessId == processId);
            if (worker.TaskName is null)
            {
                throw new CommandException(ExitCodes.Refused, $"Worker {worker.Number} of the pool '{pool.Name}' (process {processId}) runs no task.");
            }

            if (!monitor.CancelTask(pool, worker))
            {
                throw new CommandException(ExitCodes.TimedOut, $"Process {pool.OwnerProcessId}, which owns the pool '{pool.Name}', did not take the request."
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
