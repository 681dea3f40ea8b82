namespace Multiprocessing.Tool.Tests;

/// <summary>Snapshots of a program that does not exist.</summary>
internal static class Demo
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static ProgramSnapshot Snapshot(int second, int workers = 4)
    {
        var time = Start + TimeSpan.FromMinutes(12) + TimeSpan.FromSeconds(second);
        return new ProgramSnapshot
        {
            Time = time,
            RootProcessId = 4000,
            Name = "thumbnails",
            SharedMemoryBytes = 5L << 20,
            Processes =
            [
                Process(4000, null, "thumbnails", ProcessRole.Root, 0.05, second),
                Process(4001, 4000, "download", ProcessRole.Child, 0.31, second),
                Process(4002, 4000, "save", ProcessRole.Child, 0.12, second),
                .. Enumerable.Range(0, workers).Select(i => Process(4010 + i, 4000, $"images worker {i + 1}", ProcessRole.Worker, i == 1 ? 0 : 0.97, second)),
                Process(4100, 4000, "ocr", ProcessRole.Service, 0.4, second),
                Process(4101, 4100, "tesseract", ProcessRole.Child, 0.2, second),
            ],
            StartedProcesses = 10,
            DeathCount = 1,
            OmittedObjects = 0,
            Pools =
            [
                new PoolSnapshot
                {
                    Id = "1",
                    Name = "images",
                    OwnerProcessId = 4000,
                    MaxWorkers = workers,
                    Pending = 12_345,
                    Running = workers,
                    Succeeded = 4_000 + (45 * second),
                    Failed = 2,
                    Canceled = 0,
                    TimedOut = 0,
                    Retries = 0,
                    WorkerDeaths = 1,
                    WorkersStarted = workers + 1,
                    Workers = [.. Enumerable.Range(0, workers).Select(Worker)],
                    Conclusions = ["Worker 2 runs Resize(broken.png) since 11 minutes; others take 22 ms."],
                },
            ],
            Queues =
            [
                Queue("3-1", "results", "System.String", null, 17, 45 * second, 0, 1),
                Queue("4-1", "pages", "Shop.Page", 200, 200, 121 * second, 1, 0),
                Queue("5-1", null, "System.Collections.Generic.List<System.Int32>", 10, 6, 0, 0, 0) with { IsCompletionRequested = true },
            ],
            Locks =
            [
                Lock("6-1", "ledger", LockKind.Lock, 4002, [4001, 4000], null) with { AbandonmentCount = 1, ContentionCount = 900 + (7 * second) },
                Lock("7-1", "slots", LockKind.Semaphore, null, [], 3),
                Lock("8-1", "pixels", LockKind.SharedMemory, null, [], null),
            ],
            Services =
            [
                new ServiceSnapshot { Name = "ocr", Interface = "Shop.IOcr", OwnerProcessId = 4000, ProcessId = 4100, State = "Running", PendingCalls = 3, RestartCount = 1 },
            ],
        };
    }

    private static WorkerSnapshot Worker(int index) => new()
    {
        Number = index + 1,
        ProcessId = 4010 + index,
        Activity = WorkerActivity.Busy,
        TaskName = index == 1 ? "Resize(broken.png)" : $"Resize({index}.png)",
        TaskTime = index == 1 ? TimeSpan.FromMinutes(11) : TimeSpan.FromMilliseconds(40 * index),
        TasksDone = 1000 + index,
        Lifetime = TimeSpan.FromMinutes(12),
        WorkingShare = 0.9,
        SerializingShare = 0.01,
    };

    private static QueueSnapshot Queue(string id, string? name, string type, long? capacity, long count, long moved, int putters, int getters) => new()
    {
        Id = id,
        Name = name,
        ItemType = type,
        Capacity = capacity,
        Count = count,
        Bytes = count * 100,
        PutCount = 1000 + count + moved,
        GetCount = 1000 + moved,
        WaitingPutters = putters,
        WaitingGetters = getters,
        IsCompletionRequested = false,
        HolderProcessIds = [4000, 4001],
    };

    private static LockSnapshot Lock(string id, string name, LockKind kind, int? owner, IReadOnlyList<int> waiters, long? count) => new()
    {
        Id = id,
        Name = name,
        Kind = kind,
        OwnerProcessId = owner,
        WaitingProcessIds = waiters,
        Count = count,
        ContentionCount = 0,
        AbandonmentCount = 0,
        HolderProcessIds = [4000, 4001, 4002],
    };

    private static ProcessSnapshot Process(int id, int? parent, string name, ProcessRole role, double processors, int second) => new()
    {
        Id = id,
        ParentId = parent,
        Name = name,
        Role = role,
        State = processors > 0.5 ? SchedulingState.Running : SchedulingState.Sleeping,
        StartTime = Start + TimeSpan.FromSeconds(id - 4000),
        CpuTime = TimeSpan.FromSeconds(processors * (100 + second)),
        WorkingSetBytes = (30L << 20) + (id * 1000),
        ThreadCount = 9,
    };
}
