using Comparison.Cases;
using Multiprocessing;

namespace Comparison;

/// <summary>All cases, in the order of the table.</summary>
internal static class Catalog
{
    private const int Kilobyte = 1024;
    private const int Megabyte = 1024 * Kilobyte;

    private const string Distance =
        "The host of a virtual machine places its processors near to each other or not (see above for how long a word takes between them): whatever goes from process to process takes three to ten times as long in one place as in the other, with any library. The limit runs in the same turns.";

    private const string FreshArrays =
        "`Get` creates a new array each time, and most of the time goes to its fresh pages and the garbage collector ([memory](../guide/shared-memory.md)): the limit creates and fills such arrays in one process, without a message.";

    private const string ColdWorkers =
        "Each worker is a process that starts without a spare, and such a start is work for a processor: [many children at once](benchmarks-growth.md#many-children-at-once) has the time of each.";

    public static IReadOnlyList<Case> All(Settings settings) =>
    [
        new Throughput<Cell>("struct-throughput", "64-byte struct, throughput", static () => default, 64, null, settings.Scale(4_000_000), settings.Scale(80_000))
        {
            Aim = new(Most: 28, TimesPython: 50) { Reason = Distance },
        },
        new Throughput<byte[]>("bytes-throughput", "byte[64], throughput", static () => new byte[64], 64, null, settings.Scale(2_000_000), settings.Scale(80_000))
        {
            Aim = new(Most: 40, TimesPython: 50) { Reason = Distance },
        },
        new Throughput<byte[]>("bytes-bounded-throughput", "byte[64], queue of at most 4,096, throughput", static () => new byte[64], 64, 4096, settings.Scale(2_000_000), settings.Scale(80_000)),
        new BatchThroughput(settings.Scale(8_000_000), settings.Scale(400_000)),
        new Throughput<byte[]>("1k-throughput", "byte[1024], throughput", static () => new byte[Kilobyte], Kilobyte, 1024, settings.Scale(1_000_000), settings.Scale(60_000)),
        new Throughput<byte[]>("1m-into-throughput", "byte[1 MiB] into the same array, throughput", static () => new byte[Megabyte], Megabyte, 4, settings.Scale(4000), settings.Scale(200))
        {
            Aim = new(Most: 35_000, TimesPython: 40),
            IntoSame = true,
        },
        new Throughput<byte[]>("1m-throughput", "byte[1 MiB], throughput", static () => new byte[Megabyte], Megabyte, 4, settings.Scale(4000), settings.Scale(200))
        {
            Aim = new(Most: 120_000) { Reason = FreshArrays },
        },
        new RoundTrip<Cell>("struct-roundtrip", "64-byte struct, round trip", static () => default, settings.Scale(400_000), settings.Scale(8000))
        {
            Aim = new(Most: 300, TimesPython: 150) { Reason = Distance },
        },
        new RoundTrip<byte[]>("bytes-roundtrip", "byte[64], round trip", static () => new byte[64], settings.Scale(400_000), settings.Scale(8000))
        {
            Aim = new(Most: 300, TimesPython: 150) { Reason = Distance },
        },
        new AsyncRoundTrip(settings.Scale(40_000), settings.Scale(8000)),
        new Allocation(settings.Scale(1_000_000)),
        new SmallObject(settings.Scale(1_000_000), settings.Scale(60_000)),
        new ColdStart(),
        new RepeatedStart(),
        new StartBurst(settings.Scale(100)),
        new ArgumentAndResult(64 * Megabyte),
        new BufferThroughput(4 * Kilobyte, settings.Scale(400_000), settings.Scale(20_000)),
        new BufferThroughput(Megabyte, settings.Scale(400_000), settings.Scale(200)),
        new BufferThroughput(64 * Megabyte, settings.Scale(200_000), settings.Scale(8)),
        new BufferThroughput(Megabyte, settings.Scale(4000), settings.Scale(200), fill: true),
        new HandOver(64 * Megabyte, settings.Scale(4000), settings.Scale(2000)),
        new IdleChildren(10),
        .. Pipes(settings),
        .. Locks(settings),
        .. Pools(settings),
    ];

    private static IReadOnlyList<Case> Pipes(Settings settings) =>
    [
        new PipeRoundTrip(
            "pipe-roundtrip", "pipe, 64 bytes, round trip", 64, asStruct: false, settings.Scale(400_000), settings.Scale(8000), new(Most: 600, TimesPython: 10)),
        new PipeRoundTrip(
            "pipe-struct-roundtrip", "pipe, 64-byte struct, round trip", 64, asStruct: true, settings.Scale(400_000), settings.Scale(8000),
            new(Most: 600, TimesPython: 10)),
        new PipeRoundTrip(
            "pipe-1m-roundtrip", "pipe, 1 MiB, round trip", Megabyte, asStruct: false, settings.Scale(2000), settings.Scale(200), new(TimesPython: 1)),
        new PipeThroughput("pipe-throughput", "pipe, 64 bytes, throughput", 64, settings.Scale(2_000_000), settings.Scale(80_000)),
        new PipeThroughput("pipe-1m-throughput", "pipe, 1 MiB, throughput", Megabyte, settings.Scale(4000), settings.Scale(200)),
    ];

    private static IReadOnlyList<Case> Pools(Settings settings) =>
    [
        new PoolWork("roundtrip", "pool, submit to result", new(Most: 5000), PoolKinds.RoundTrip, 2, settings.Scale(40_000), settings.Scale(8000)),
        new PoolWork("map", "pool, map of 1,000,000 ints, each", new(Most: 40), PoolKinds.Map, 2, 1_000_000, 1_000_000),
        new PoolWork("stream", "pool, stream one by one, each", new(Most: 300), PoolKinds.Stream, 2, settings.Scale(400_000), settings.Scale(40_000)),
        new PoolWork("payload", "pool, 64 MiB in and out", new(Most: 60_000_000), PoolKinds.Payload(new byte[64 * Megabyte]), 2, 1, 64 * Megabyte),
        new PoolWork("primes", "pool, counting primes, 1 worker, each", null, PoolKinds.Primes, 1, settings.Scale(128), settings.Scale(32)),
        new PoolWork("primes", "pool, counting primes, 2 workers, each", null, PoolKinds.Primes, 2, settings.Scale(128), settings.Scale(32)),
        new PoolMemory(10),
        new PoolStart(32)
        {
            Aim = new(Most: 500_000_000) { Reason = ColdWorkers },
        },
        new PoolStart(settings.Quick ? 64 : 128),
        new BatchDeaths(),
    ];

    private static IReadOnlyList<Case> Locks(Settings settings) =>
    [
        new Synchronization<ProcessLock>(
            "lock", "lock, enter and exit, uncontended", new(Most: 7.2, TimesPython: 1), static () => new ProcessLock(), SynchronizationWork.Lock, 1,
            settings.Scale(20_000_000), settings.Scale(2_000_000))
        {
            InBcl = () => NamedMutex("lock", 1, settings.Scale(1_000_000)),
        },
        new Synchronization<ProcessLock>(
            "contention", "lock, enter and exit, 2 processes at once", new(Most: 13, TimesPython: 3) { Reason = Distance }, static () => new ProcessLock(), SynchronizationWork.Lock, 2,
            settings.Scale(4_000_000), settings.Scale(400_000))
        {
            InBcl = () => NamedMutex("contention", 2, settings.Scale(200_000)),
        },
        new Synchronization<Pair<ProcessEvent>>(
            "event", "event, there and back", new(Most: 1000),
            static () => new(new ProcessEvent(EventResetMode.AutoReset), new ProcessEvent(EventResetMode.AutoReset)), SynchronizationWork.Event, 2,
            settings.Scale(400_000), settings.Scale(8000)),
        new Synchronization<Pair<ProcessSemaphore>>(
            "semaphore", "semaphore, there and back", new(Most: 1000),
            static () => new(new ProcessSemaphore(0), new ProcessSemaphore(0)), SynchronizationWork.Semaphore, 2,
            settings.Scale(400_000), settings.Scale(8000)),
        new Synchronization<Turns>(
            "condition", "condition, there and back", new(Most: 1000, TimesPython: 1), static () => new(new ProcessCondition(), new ProcessSemaphore(0, 1)), SynchronizationWork.Condition, 2,
            settings.Scale(100_000), settings.Scale(8000)),
        new Synchronization<ProcessBarrier>(
            "barrier", "barrier of 2 processes, a round", new(TimesPython: 1), static () => new ProcessBarrier(2), SynchronizationWork.Barrier, 2,
            settings.Scale(200_000), settings.Scale(4000)),
        new Synchronization<SharedValue<long>>(
            "counter-alone", "shared number, add 1, uncontended", new(TimesPython: 1), static () => new SharedValue<long>(), SynchronizationWork.Add, 1,
            settings.Scale(20_000_000), settings.Scale(400_000)),
        new Synchronization<SharedValue<long>>(
            "counter", "shared number, add 1, 2 processes at once", new(TimesPython: 3), static () => new SharedValue<long>(), SynchronizationWork.Add, 2,
            settings.Scale(8_000_000), settings.Scale(200_000)),
        new Synchronization<SharedValue<long>>(
            "counter", "shared number, add 1 under its lock, 2 processes at once", new(TimesPython: 3), static () => new SharedValue<long>(), SynchronizationWork.AddLocked, 2,
            settings.Scale(2_000_000), settings.Scale(200_000)),
    ];

    private static double NamedMutex(string kind, int processes, int count) =>
        Synchronization<MutexName>.Measure(kind, static () => new MutexName($"benchmark-{Guid.NewGuid():N}"), SynchronizationWork.NamedMutex, processes, count);
}
