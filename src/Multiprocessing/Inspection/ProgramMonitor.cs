using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Looks at a running program of this library, from any process of the same user: its processes, queues, locks, pools and services. The program needs
/// no preparation, is not stopped and not slowed, and does not know that it is looked at.
/// </summary>
/// <remarks>
/// Processes, queues and locks are read from the program's shared memory and from the operating system. What only a process itself knows (its pools,
/// its services, the names of its objects) that process publishes while it is looked at, several times a second. A monitor takes no lock of the
/// program and keeps none of its memory. Thread-safe; several monitors may look at one program.
/// </remarks>
/// <example>
/// <code>
/// foreach (RunningProgram program in ProgramMonitor.FindAll())
/// {
///     using var monitor = ProgramMonitor.Open(program.ProcessId);
///     ProgramSnapshot snapshot = monitor.Read();
///     Console.WriteLine($"{snapshot.Name}: {snapshot.Processes.Count} processes, {snapshot.SharedMemoryBytes} bytes of shared memory");
/// }
/// </code>
/// </example>
public sealed unsafe class ProgramMonitor : IDisposable
{
    private static readonly TimeSpan RequestPoll = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly SessionView _view;
    private readonly ObjectReader _objects = new();
    private readonly ProcessReader _processes = new();
    private readonly StatusReader _status = new();
    private bool _isDisposed;

    private ProgramMonitor(SessionView view)
    {
        _view = view;
        RootProcessId = view.RootProcessId;
    }

    /// <summary>Gets the pid of the program's root.</summary>
    public int RootProcessId { get; }

    /// <summary>Gets whether the program runs: its root has not ended.</summary>
    /// <exception cref="ObjectDisposedException">The monitor is disposed.</exception>
    public bool IsRunning
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                return _view.IsRunning;
            }
        }
    }

    /// <summary>
    /// Returns the programs of this user that run now and have used the library: a program is one from its first child, queue or lock on.
    /// </summary>
    /// <returns>The programs, in the order of their starts.</returns>
    public static IReadOnlyList<RunningProgram> FindAll()
    {
        var programs = new List<RunningProgram>();
        foreach (var path in SessionSweep.Directories())
        {
            using var view = SessionView.TryOpen(path, out _);
            if (view is { IsRunning: true })
            {
                var commandLine = ProcessText.CommandLine(view.RootProcessId);
                programs.Add(new RunningProgram
                {
                    ProcessId = view.RootProcessId,
                    Name = ProcessText.NameOf(view.RootProcessId, commandLine),
                    StartTime = ProcessText.StartTimeOf(view.RootProcessId) ?? DateTimeOffset.Now,
                    CommandLine = commandLine.Count == 0 ? null : string.Join(' ', commandLine),
                    ProcessCount = view.LivingSlots().Count,
                });
            }
        }

        return [.. programs.OrderBy(static program => (program.StartTime, program.ProcessId))];
    }

    /// <summary>Opens the program that a process belongs to.</summary>
    /// <param name="processId">The pid of the root, or of any other process of the program.</param>
    /// <returns>The monitor, which the caller disposes.</returns>
    /// <exception cref="ProgramNotFoundException">There is no such program, or this version of the library cannot read it.</exception>
    public static ProgramMonitor Open(int processId)
    {
        string? refusal = null;
        foreach (var path in SessionSweep.Directories())
        {
            var view = SessionView.TryOpen(path, out var reason);
            refusal ??= reason;
            if (view is null)
            {
                continue;
            }

            if (view.IsRunning && view.FindLiving(processId) is not null)
            {
                return new ProgramMonitor(view);
            }

            view.Dispose();
        }

        throw new ProgramNotFoundException(
            $"Process {processId} belongs to no running program of this library that you may look at. It does not exist, is another user's, or has "
            + $"not used the library yet; `mp ps` lists the programs.{(refusal is null ? "" : " " + refusal)}", processId);
    }

    /// <summary>Opens the program that this process belongs to.</summary>
    /// <returns>The monitor, which the caller disposes.</returns>
    public static ProgramMonitor OpenCurrent()
    {
        var directory = Session.Current.Directory;
        return SessionView.TryOpen(directory, out var refusal) is { } view
            ? new ProgramMonitor(view)
            : throw new ProgramNotFoundException(refusal ?? $"The session in '{directory}' was removed.", Environment.ProcessId);
    }

    /// <summary>Reads what the program consists of now. May be called several times a second.</summary>
    /// <returns>The picture.</returns>
    /// <exception cref="ProgramNotFoundException">The program has ended.</exception>
    /// <exception cref="ObjectDisposedException">The monitor is disposed.</exception>
    public ProgramSnapshot Read()
    {
        lock (_gate)
        {
            return Read(withStatus: true);
        }
    }

    /// <summary>
    /// Reads what the program consists of now, and the tasks of all pools that have ended since the last call: <see cref="Read()"/> and
    /// <see cref="ReadTasks"/> in one, from the same publication of each process and at the cost of one of them.
    /// </summary>
    /// <param name="tasks">The tasks, in the order of their ends, as <see cref="ReadTasks"/> returns them.</param>
    /// <param name="missed">The number of tasks that have ended meanwhile and were not recorded, or were overwritten by later ones.</param>
    /// <returns>
    /// The picture. Each task that the pools in it have counted is in <paramref name="tasks"/> of this or an earlier call, or was missed.
    /// </returns>
    /// <exception cref="ProgramNotFoundException">The program has ended. Tasks that were read and not returned yet are returned by
    /// <see cref="ReadTasks"/>.</exception>
    /// <exception cref="ObjectDisposedException">The monitor is disposed.</exception>
    public ProgramSnapshot Read(out IReadOnlyList<TaskRecord> tasks, out long missed)
    {
        lock (_gate)
        {
            var snapshot = Read(withStatus: true);
            tasks = _status.TakeTasks(out missed);
            return snapshot;
        }
    }

    /// <summary>
    /// Reads what lies in shared memory, and makes no process publish more: no pools, services and supervisors, and no names of processes.
    /// </summary>
    internal ProgramSnapshot ReadMemory()
    {
        lock (_gate)
        {
            return Read(withStatus: false);
        }
    }

    /// <summary>
    /// Returns the tasks of all pools that have ended since the last call of this monitor. Tasks are recorded only while the program is looked at:
    /// from the first call on.
    /// </summary>
    /// <param name="missed">The number of tasks that have ended meanwhile and were not recorded, or were overwritten by later ones.</param>
    /// <returns>The tasks, in the order of their ends.</returns>
    /// <exception cref="ObjectDisposedException">The monitor is disposed.</exception>
    public IReadOnlyList<TaskRecord> ReadTasks(out long missed)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_view.Refresh() && _view.IsRunning)
            {
                _status.Read(_view, _view.LivingSlots());
            }

            return _status.TakeTasks(out missed);
        }
    }

    /// <summary>Kills one process of the program, as <see cref="ChildProcess.Kill"/> does: nothing of it runs any more.</summary>
    /// <param name="processId">The pid. Its start time is checked, too, so a reused number is not mistaken for it.</param>
    /// <exception cref="ProgramNotFoundException">It is no living process of this program.</exception>
    /// <exception cref="ObjectDisposedException">The monitor is disposed.</exception>
    public void Kill(int processId)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _ = _view.Refresh();
            if (_view.FindLiving(processId) is { } slot)
            {
                ProcessIdentity.KillIfRunning(processId, _view.Participant(slot)->StartTime);
                return;
            }
        }

        throw new ProgramNotFoundException(
            $"Process {processId} is no living process of the program with the root process {RootProcessId}.", processId);
    }

    /// <summary>
    /// Asks the program to cancel the task that a worker of one of its pools runs: the task's token is canceled, and its worker is killed if the task
    /// has not ended after <see cref="ProcessPoolOptions.CancellationGrace"/>. The task fails with an <see cref="OperationCanceledException"/> and is
    /// not tried again. If the worker runs another task by now, nothing happens.
    /// </summary>
    /// <param name="pool">The pool, from <see cref="Read()"/>.</param>
    /// <param name="worker">The worker, from the same picture.</param>
    /// <returns><see langword="false"/> if the process of the pool did not take the request within five seconds.</returns>
    /// <exception cref="ArgumentException">The worker runs no task.</exception>
    /// <exception cref="ProgramNotFoundException">The process of the pool is no living process of this program.</exception>
    /// <exception cref="IOException">There is no room in shared memory for the request.</exception>
    /// <exception cref="ObjectDisposedException">The monitor is disposed.</exception>
    public bool CancelTask(PoolSnapshot pool, WorkerSnapshot worker)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(worker);
        if (worker.TaskName is null)
        {
            throw new ArgumentException($"The worker {worker.Number} of the pool '{pool.Name}' runs no task.", nameof(worker));
        }

        var path = RequestPathOf(pool.OwnerProcessId);
        var request = new StatusRequest(pool.Id, worker.Number, worker.TasksDone);
        var end = Environment.TickCount64 + StatusFile.LookLasts;
        var isWritten = false;
        while (Environment.TickCount64 < end)
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                _view.Look(Environment.TickCount64); // a process takes requests while it is looked at
            }

            isWritten = isWritten || request.TryWrite(path);
            if (isWritten && !File.Exists(path))
            {
                return true;
            }

            Thread.Sleep(RequestPoll);
        }

        if (isWritten)
        {
            MappedFile.Delete(path); // it must not act on it later
        }

        return false;
    }

    /// <summary>Ends looking at the program.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _view.Dispose();
        }
    }

    /// <summary>Returns which program is looked at.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"monitor of the program with the root process {RootProcessId}";

    /// <summary>Under the gate.</summary>
    private ProgramSnapshot Read(bool withStatus)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_view.Refresh() || !_view.IsRunning)
        {
            throw new ProgramNotFoundException($"The program with the root process {RootProcessId} has ended.", RootProcessId);
        }

        var living = _view.LivingSlots();
        if (withStatus && _status.Read(_view, living) && _view.Refresh())
        {
            living = _view.LivingSlots(); // the first look has waited for the processes to publish
        }

        _objects.Read(_view, new Sleepers(_view, living));
        AddNamed(living);
        var processes = Named(_processes.Read(_view, living));
        return new ProgramSnapshot
        {
            Time = DateTimeOffset.Now,
            RootProcessId = RootProcessId,
            Name = processes.Find(process => process.Id == RootProcessId)?.Name ?? $"process {RootProcessId}",
            StartedProcesses = CountStarted(),
            DeathCount = _view.Header->Deaths,
            SharedMemoryBytes = _objects.Bytes,
            OmittedObjects = _objects.Omitted,
            OmittedEntries = _status.Omitted,
            Processes = processes,
            Queues = [.. _objects.Queues],
            Locks = [.. _objects.Locks],
            Pools = [.. _status.Pools],
            Services = [.. _status.Services],
            Supervisors = [.. _status.Supervisors],
        };
    }

    private string RequestPathOf(int processId)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _ = _view.Refresh();
            if (_view.FindLiving(processId) is { } slot)
            {
                return StatusRequest.PathOf(_view.Path, new ParticipantId(slot, _view.Participant(slot)->Generation));
            }
        }

        throw new ProgramNotFoundException(
            $"Process {processId} is no living process of the program with the root process {RootProcessId}.", processId);
    }

    private List<ProcessSnapshot> Named(List<ProcessSnapshot> processes) => processes.ConvertAll(process =>
        _status.Children.TryGetValue(process.Id, out var child)
            ? process with { Name = child.Name, Role = child.Role, LastOutput = child.LastOutput }
            : process);

    /// <summary>Adds the objects with names, which lie in the sessions in which programs meet.</summary>
    private void AddNamed(List<int> living)
    {
        HashSet<int> members = [.. living.Select(slot => _view.Participant(slot)->ProcessId)];
        foreach (var path in NamedDirectory.Directories())
        {
            // Opened anew each time: the programs remove and create the session as they join and leave.
            using var names = SessionView.TryOpen(path, out _);
            if (names is not null)
            {
                _objects.AddNamed(names, new Sleepers(names, names.LivingSlots()), members);
            }
        }
    }

    /// <summary>A slot counts how often it was reserved, and a process is started for nearly each time.</summary>
    private long CountStarted()
    {
        var started = 0L;
        for (var i = 0; i < ParticipantTable.Capacity; i++)
        {
            started += _view.Participant(i)->Generation;
        }

        return started;
    }
}
