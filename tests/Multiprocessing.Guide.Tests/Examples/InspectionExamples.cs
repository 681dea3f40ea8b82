using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Looking at a running program.</summary>
public class InspectionExamples
{
    [Fact]
    public void ProgramMonitor_example()
    {
        try
        {
            #region ProgramMonitor
            foreach (RunningProgram program in ProgramMonitor.FindAll())
            {
                using var monitor = ProgramMonitor.Open(program.ProcessId);
                ProgramSnapshot snapshot = monitor.Read();
                Console.WriteLine($"{snapshot.Name}: {snapshot.Processes.Count} processes, {snapshot.SharedMemoryBytes} bytes of shared memory");
            }
            #endregion
        }
        catch (ProgramNotFoundException exception) when (exception.ProcessId != Environment.ProcessId)
        {
            // A program of another test, which has ended since it was found.
        }
    }

    [Fact]
    public void ProgramNotFoundException_example()
    {
        #region ProgramNotFoundException
        try
        {
            using var monitor = ProgramMonitor.Open(1);
        }
        catch (ProgramNotFoundException exception)
        {
            Console.WriteLine(exception.Message);
        }
        #endregion
    }

    [Fact]
    public void ProgramSnapshotJson_example()
    {
        #region ProgramSnapshotJson
        using var monitor = ProgramMonitor.OpenCurrent();
        string json = ProgramSnapshotJson.ToJson(monitor.Read());
        #endregion
    }

    [Fact]
    public void RunningProgram_example()
    {
        #region RunningProgram
        foreach (RunningProgram program in ProgramMonitor.FindAll())
        {
            Console.WriteLine($"{program.ProcessId} {program.Name}, {program.ProcessCount} processes");
        }
        #endregion
    }

    [Fact]
    public void LockKind_example()
    {
        #region LockKind
        using var gate = new ProcessLock();
        using var monitor = ProgramMonitor.OpenCurrent();
        int locks = monitor.Read().Locks.Count(static item => item.Kind == LockKind.Lock); // at least 1
        #endregion
    }

    [Fact]
    public void LockSnapshot_example()
    {
        #region LockSnapshot
        using var gate = new ProcessLock();
        using var scope = gate.EnterScope();
        using var monitor = ProgramMonitor.OpenCurrent();
        LockSnapshot owned = monitor.Read().Locks.First(static item => item.OwnerProcessId == Environment.ProcessId);
        Console.WriteLine($"{owned.Kind}: {owned.WaiterCount} wait");
        #endregion
    }

    [Fact]
    public void PoolSnapshot_example()
    {
        #region PoolSnapshot
        using var monitor = ProgramMonitor.OpenCurrent();
        foreach (PoolSnapshot pool in monitor.Read().Pools)
        {
            Console.WriteLine($"{pool.Name}: {pool.Pending} wait, {pool.Running} run, {pool.Failed} failed");
        }
        #endregion
    }

    [Fact]
    public void TaskKindSnapshot_example()
    {
        #region TaskKindSnapshot
        using var monitor = ProgramMonitor.OpenCurrent();
        foreach (TaskKindSnapshot task in monitor.Read().Pools.SelectMany(static pool => pool.Tasks))
        {
            Console.WriteLine($"{task.Name}: {task.RunMedian.TotalMilliseconds} ms");
        }
        #endregion
    }

    [Fact]
    public void WorkerSnapshot_example()
    {
        #region WorkerSnapshot
        using var monitor = ProgramMonitor.OpenCurrent();
        foreach (WorkerSnapshot worker in monitor.Read().Pools.SelectMany(static pool => pool.Workers))
        {
            Console.WriteLine($"{worker.Number} {worker.Activity} {worker.TaskName}");
        }
        #endregion
    }

    [Fact]
    public void ProcessRole_example()
    {
        #region ProcessRole
        using var monitor = ProgramMonitor.OpenCurrent();
        ProcessSnapshot root = monitor.Read().Processes[0];
        Console.WriteLine(root.Role == ProcessRole.Root); // True
        #endregion
    }

    [Fact]
    public void ProcessSnapshot_example()
    {
        #region ProcessSnapshot
        using var monitor = ProgramMonitor.OpenCurrent();
        foreach (ProcessSnapshot process in monitor.Read().Processes)
        {
            Console.WriteLine($"{process.Id} {process.Name} {process.State} {process.WorkingSetBytes >> 20} MiB");
        }
        #endregion
    }

    [Fact]
    public void ProgramSnapshot_example()
    {
        #region ProgramSnapshot
        using var monitor = ProgramMonitor.OpenCurrent();
        ProgramSnapshot snapshot = monitor.Read();
        Console.WriteLine($"{snapshot.Name}: {snapshot.Processes.Count} processes, {snapshot.Queues.Count} queues");
        #endregion
    }

    [Fact]
    public void QueueSnapshot_example()
    {
        #region QueueSnapshot
        using var queue = new ProcessQueue<int>(new() { Capacity = 10, DisplayName = "jobs" });
        queue.Put(1);
        using var monitor = ProgramMonitor.OpenCurrent();
        QueueSnapshot snapshot = monitor.Read().Queues.First(static item => item.Name == "jobs");
        Console.WriteLine($"{snapshot.Count} of {snapshot.Capacity}"); // 1 of 10
        #endregion
    }

    [Fact]
    public void ServiceSnapshot_example()
    {
        #region ServiceSnapshot
        using var monitor = ProgramMonitor.OpenCurrent();
        foreach (ServiceSnapshot service in monitor.Read().Services)
        {
            Console.WriteLine($"{service.Name} ({service.Interface}): {service.State}, {service.PendingCalls} calls wait");
        }
        #endregion
    }

    [Fact]
    public void SupervisorSnapshot_example()
    {
        #region SupervisorSnapshot
        using var monitor = ProgramMonitor.OpenCurrent();
        foreach (SupervisorSnapshot supervisor in monitor.Read().Supervisors)
        {
            Console.WriteLine($"{supervisor.Name}: {supervisor.Children.Count} children");
        }
        #endregion
    }

    [Fact]
    public void SupervisedSnapshot_example()
    {
        #region SupervisedSnapshot
        using var monitor = ProgramMonitor.OpenCurrent();
        foreach (SupervisedSnapshot child in monitor.Read().Supervisors.SelectMany(static supervisor => supervisor.Children))
        {
            Console.WriteLine($"{child.Name}: {child.State}");
        }
        #endregion
    }

    [Fact]
    public void TaskOutcome_example()
    {
        #region TaskOutcome
        using var monitor = ProgramMonitor.OpenCurrent();
        int failed = monitor.ReadTasks(out _).Count(static task => task.Outcome != TaskOutcome.Succeeded);
        #endregion
    }

    [Fact]
    public void TaskRecord_example()
    {
        #region TaskRecord
        using var monitor = ProgramMonitor.OpenCurrent();
        foreach (TaskRecord task in monitor.ReadTasks(out long missed))
        {
            Console.WriteLine($"{task.Name} on worker {task.WorkerNumber}: {task.Outcome} after {task.Ended - task.Started}");
        }
        #endregion
    }
}
