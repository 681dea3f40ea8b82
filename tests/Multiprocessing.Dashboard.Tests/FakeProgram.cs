namespace Multiprocessing.Dashboard.Tests;

/// <summary>A made-up program: each read is one second later. The same seed gives the same run.</summary>
internal sealed class FakeProgram : IProgramSource
{
    private readonly Random _random = new(7);
    private readonly List<TaskRecord> _ended = [];
    private readonly Dictionary<int, double> _cpu = [];
    private readonly FakeWorker[] _workers;
    private readonly DateTimeOffset _start;
    private DateTimeOffset _now;
    private long _number;
    private long _results;
    private long _put;
    private long _files = 60;
    private long _succeeded;
    private long _failed;
    private long _deaths;
    private int _seconds;

    public FakeProgram(int workers = 6, int secondsAgo = 90)
    {
        _start = DateTimeOffset.UtcNow.AddSeconds(-secondsAgo);
        _now = _start;
        _workers = [.. Enumerable.Range(0, workers).Select(index => new FakeWorker(index, 4201 + index) { Free = _start })];
    }

    /// <summary>Gets the number of seconds after which the third worker hangs.</summary>
    public int HangsAfter { get; init; } = 40;

    /// <summary>Gets the number of seconds after which the program cannot be read any more: the pages then stand still.</summary>
    public int Seconds { get; init; } = int.MaxValue;

    public bool IsRunning { get; set; } = true;

    public List<int> Killed { get; } = [];

    public List<string> Canceled { get; } = [];

    public string ExtraTaskName { get; set; } = "Images.Thumbnail(path, size)";

    public void Kill(int processId)
    {
        if (processId == 1)
        {
            throw new ArgumentException("Process 1 is not one of this program.", nameof(processId));
        }

        Killed.Add(processId);
    }

    public bool CancelTask(PoolSnapshot pool, WorkerSnapshot worker)
    {
        Canceled.Add($"{pool.Name} {worker.Number} {worker.TaskName}");
        return true;
    }

    public ProgramSnapshot Read(out IReadOnlyList<TaskRecord> tasks, out long missed)
    {
        lock (_ended)
        {
            if (_seconds >= Seconds)
            {
                throw new IOException("The made-up program is over.");
            }

            Advance();
            missed = 0;
            tasks = [.. _ended];
            _ended.Clear();
            return new()
            {
                Time = _now,
                RootProcessId = 4100,
                Name = "Batch",
                StartedProcesses = 9 + _deaths,
                DeathCount = (int)_deaths,
                SharedMemoryBytes = 24 << 20,
                OmittedObjects = 0,
                Processes = [.. Processes()],
                Queues =
                [
                    Queue("3-1", "files", _put, _put - _files) with { ItemType = "String", Capacity = 100, WaitingPutters = _files >= 100 ? 2 : 0 },
                    Queue("4-1", "results", _results + (_seconds * 20), _seconds * 20) with { ItemType = "Thumbnail", WaitingGetters = 1 },
                    Queue("9-2", null, _seconds * 3, _seconds * 3) with { ItemType = "LogLine", WaitingGetters = 1, IsCompletionRequested = true },
                ],
                Locks =
                [
                    Lock("5-1", LockKind.Lock, "index file") with { OwnerProcessId = 4203, WaitingProcessIds = [4201, 4204], ContentionCount = 131, AbandonmentCount = 1 },
                    Lock("6-1", LockKind.Semaphore, "GPU slots") with { Count = 2 },
                    Lock("7-1", LockKind.Barrier, null) with { Count = 3, WaitingProcessIds = [4201, 4204, 4205] },
                    Lock("8-1", LockKind.Event, "stop") with { WaitingProcessIds = [4201, 4202, 4203, 4204] },
                ],
                Pools = [Pool()],
                Services = [new() { Name = "ocr", Interface = "IOcr", OwnerProcessId = 4100, ProcessId = 4900, State = "Running", RestartCount = 1, PendingCalls = 2 }],
                Supervisors = [new() { Name = "services", OwnerProcessId = 4100, Strategy = RestartStrategy.OneForOne, RestartCount = 1, Children = [new() { Name = "ocr", State = SupervisedChildState.Running, ProcessId = 4900, RestartCount = 1 }] }],
            };
        }
    }

    public void Dispose()
    {
    }

    internal static QueueSnapshot Queue(string id, string? name, long put, long get) => new()
    {
        Id = id,
        Name = name,
        ItemType = "String",
        Capacity = null,
        Count = put - get,
        Bytes = (put - get) * 80,
        PutCount = put,
        GetCount = get,
        WaitingGetters = 0,
        WaitingPutters = 0,
        IsCompletionRequested = false,
        HolderProcessIds = [4100, 4201, 4202],
    };

    internal static LockSnapshot Lock(string id, LockKind kind, string? name) => new()
    {
        Id = id,
        Kind = kind,
        Name = name,
        OwnerProcessId = null,
        WaitingProcessIds = [],
        Count = null,
        ContentionCount = 0,
        AbandonmentCount = 0,
        HolderProcessIds = [4100, 4201],
    };

    internal static PoolSnapshot Pool(string id, string name) => new()
    {
        Id = id,
        Name = name,
        OwnerProcessId = 4100,
        MaxWorkers = 6,
        Workers = [],
        Pending = 0,
        Running = 0,
        Succeeded = 0,
        Failed = 0,
        Canceled = 0,
        TimedOut = 0,
        Retries = 0,
        WorkerDeaths = 0,
        WorkersStarted = 6,
    };

    internal static WorkerSnapshot Worker(int number, int processId, string? task, TimeSpan? time) => new()
    {
        Number = number,
        ProcessId = processId,
        Activity = task is null ? WorkerActivity.Idle : WorkerActivity.Busy,
        TaskName = task,
        TaskTime = time,
        TasksDone = 0,
        Lifetime = TimeSpan.FromMinutes(1),
        WorkingShare = 0.62,
        SerializingShare = 0.21,
    };

    internal static ProcessSnapshot Process(int id, int? parent, string name, ProcessRole role, double cpuSeconds) => new()
    {
        Id = id,
        ParentId = parent,
        Name = name,
        Role = role,
        State = SchedulingState.Sleeping,
        StartTime = DateTimeOffset.UnixEpoch,
        CpuTime = TimeSpan.FromSeconds(cpuSeconds),
        WorkingSetBytes = 35L << 20,
        ThreadCount = 3,
    };

    private PoolSnapshot Pool() => Pool("4100-1", "images") with
    {
        Pending = 420 - (_seconds % 200),
        Running = _workers.Length,
        Succeeded = _succeeded,
        Failed = _failed,
        WorkerDeaths = _deaths,
        WorkersStarted = 6 + _deaths,
        Retries = _deaths,
        Conclusions = ["35 % of the time of 'Resize' was spent on serializing (180 KB a task): pass large arrays as a SharedArray, which crosses in constant time."],
        Tasks =
        [
            new() { Name = "Resize", Succeeded = _succeeded / 2, Failed = _failed, WaitMedian = Ms(2400), WaitP95 = Ms(2600), RunMedian = Ms(230), RunP95 = Ms(1250) },
            new() { Name = "ReadText", Succeeded = _succeeded / 2, Failed = 0, WaitMedian = Ms(2410), WaitP95 = Ms(2550), RunMedian = Ms(190), RunP95 = Ms(960) },
        ],
        Workers = [.. _workers.Select(worker => Worker(worker.Number, worker.ProcessId, worker.Current, _now - worker.CurrentStart) with
        {
            TasksDone = worker.Done,
            LastOutput = $"opened {worker.Done} files\nlibpng warning: iCCP: known incorrect sRGB profile",
        })],
    };

    private static TimeSpan Ms(double time) => TimeSpan.FromMilliseconds(time);

    private IEnumerable<ProcessSnapshot> Processes()
    {
        yield return Process(4100, 1, "Batch", ProcessRole.Root, Cpu(4100)) with { State = SchedulingState.Running, StartTime = _start, WorkingSetBytes = 92L << 20, ThreadCount = 21 };
        foreach (var worker in _workers)
        {
            yield return Process(worker.ProcessId, 4100, $"images worker {worker.Number}", ProcessRole.Worker, Cpu(worker.ProcessId)) with
            {
                State = worker.Index == 2 ? SchedulingState.Sleeping : SchedulingState.Running,
                StartTime = worker.StartTime ?? _start,
                WorkingSetBytes = (80L + (worker.Index * 7) + (_seconds % 30)) << 20,
                ThreadCount = 12,
            };
        }

        yield return Process(4900, 4100, "ocr", ProcessRole.Service, Cpu(4900)) with { StartTime = _start, WorkingSetBytes = 210L << 20, LastOutput = "loaded eng.traineddata" };
        yield return Process(4901, 4900, "tesseract", ProcessRole.Child, Cpu(4901)) with { StartTime = _start };
    }

    private double Cpu(int id) => _cpu.GetValueOrDefault(id);

    private void Advance()
    {
        _now = _now.AddSeconds(1);
        _seconds++;
        foreach (var id in new[] { 4100, 4900, 4901 })
        {
            _cpu[id] = _cpu.GetValueOrDefault(id) + (id == 4100 ? 0.12 : 0.02) + (_random.NextDouble() * 0.05);
        }

        foreach (var worker in _workers)
        {
            _cpu[worker.ProcessId] = _cpu.GetValueOrDefault(worker.ProcessId) + (worker.Index == 2 ? 0.05 : 0.6 + (_random.NextDouble() * 0.39));
            Work(worker);
        }

        _put += 22;
        _files = Math.Min(100, 50 + (_seconds / 2) + _random.Next(8));
        _results += 9 + _random.Next(4);
    }

    private void Work(FakeWorker worker)
    {
        if (worker.Index == 2 && _seconds > HangsAfter)
        {
            worker.Current = "Resize"; // hangs
            return;
        }

        while (worker.Free < _now)
        {
            var long1 = _random.Next(12) == 0;
            var name = _random.Next(3) switch { 0 => "Resize", 1 => ExtraTaskName, _ => "ReadText" };
            var end = worker.Free.AddSeconds(long1 ? 0.8 + _random.NextDouble() : 0.08 + (_random.NextDouble() * 0.4));
            if (end > _now)
            {
                worker.Current = name;
                worker.CurrentStart = worker.Free;
                break;
            }

            var outcome = _random.Next(40) switch { 0 => TaskOutcome.Failed, 1 when _seconds % 5 == 0 => TaskOutcome.WorkerDied, 2 when long1 => TaskOutcome.TimedOut, 3 => TaskOutcome.Canceled, _ => TaskOutcome.Succeeded };
            _ended.Add(new()
            {
                PoolId = "4100-1",
                Number = ++_number,
                Name = name,
                WorkerNumber = worker.Number,
                ProcessId = worker.ProcessId,
                Created = worker.Free.AddSeconds(-2.5),
                Started = worker.Free,
                Ended = end,
                Outcome = outcome,
                Attempt = 1,
                Error = Error(outcome, worker),
            });
            worker.Done++;
            if (outcome == TaskOutcome.Succeeded)
            {
                _succeeded++;
            }
            else if (outcome != TaskOutcome.Canceled)
            {
                _failed++;
            }

            if (outcome == TaskOutcome.WorkerDied)
            {
                _deaths++;
                worker.ProcessId += 1000; // no other worker's
                worker.Number = _workers.Length + 1 + (int)_deaths;
                worker.StartTime = end;
            }

            worker.Free = end.AddMilliseconds(outcome == TaskOutcome.WorkerDied ? 300 : 5);
        }
    }

    private static string? Error(TaskOutcome outcome, FakeWorker worker) => outcome switch
    {
        TaskOutcome.Failed => "System.IO.InvalidDataException: The file 'scan-0417.png' has no header of a PNG.\n   at Images.Decoder.ReadHeader(Stream stream) in Images/Decoder.cs:line 41\n"
            + "   at Images.Decoder.Decode(String path) in Images/Decoder.cs:line 17\n   at Program.<>c.<Main>b__0_2(String path) in Program.cs:line 33",
        TaskOutcome.WorkerDied => $"Multiprocessing.WorkerDiedException: Worker {worker.Number} (process {worker.ProcessId}) was killed by signal 9 (SIGKILL) while it ran the task.",
        TaskOutcome.TimedOut => "System.TimeoutException: The task did not end within its time limit of 1 s; its worker was killed.",
        _ => null,
    };

    private sealed class FakeWorker(int index, int processId)
    {
        public int Index => index;

        public int Number { get; set; } = index + 1;

        public int ProcessId { get; set; } = processId;

        public DateTimeOffset? StartTime { get; set; }

        public DateTimeOffset Free { get; set; }

        public string? Current { get; set; }

        public DateTimeOffset CurrentStart { get; set; }

        public long Done { get; set; }
    }
}
