using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of docs/guide/inspection.md.</summary>
public class InspectionPages
{
    [Fact]
    public void All_programs()
    {
        using var queue = new ProcessQueue<int>(); // from here on this process is a program that is found
        var processId = Environment.ProcessId;

        #region inspect-programs
        foreach (RunningProgram program in ProgramMonitor.FindAll())
        {
            Console.WriteLine($"{program.ProcessId} {program.Name}: {program.ProcessCount} processes");
        }

        using var monitor = ProgramMonitor.Open(processId); // the pid of the root, or of any process of the program
        foreach (ProcessSnapshot process in monitor.Read().Processes)
        {
            Console.WriteLine($"{process.Id} {process.Role} {process.Name}: {process.State}, {process.WorkingSetBytes >> 20} MiB");
        }
        #endregion
        ProgramMonitor.FindAll().ShouldContain(static program => program.ProcessId == Environment.ProcessId);
    }

    [Fact]
    public void Waits()
    {
        using var gate = new ProcessLock();
        #region inspect-waits
        using var monitor = ProgramMonitor.OpenCurrent();
        ProgramSnapshot snapshot = monitor.Read();
        foreach (LockSnapshot held in snapshot.Locks.Where(static item => item.WaiterCount > 0))
        {
            Console.WriteLine($"{held.Kind} {held.Name ?? held.Id}: process {held.OwnerProcessId} owns it, {string.Join(", ", held.WaitingProcessIds)} wait");
        }

        foreach (QueueSnapshot queue in snapshot.Queues.Where(static item => item.WaitingGetters + item.WaitingPutters > 0))
        {
            Console.WriteLine($"{queue.Name ?? queue.Id} of {queue.ItemType}: {queue.Count} items, {queue.WaitingGetters} wait for one");
        }
        #endregion
        snapshot.Locks.ShouldContain(static item => item.Kind == LockKind.Lock);
    }

    [Fact]
    public async Task Tasks()
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        using var monitor = ProgramMonitor.OpenCurrent();
        _ = monitor.Read(); // from here on tasks are recorded
        await pool.RunAsync(static () => Thread.Sleep(1));
        #region inspect-tasks
        foreach (TaskRecord task in monitor.ReadTasks(out long missed))
        {
            Console.WriteLine($"{task.Name} on worker {task.WorkerNumber}: {task.Outcome} after {(task.Ended - task.Started).TotalSeconds:0.00} s");
        }
        #endregion
    }
}
