using System.Globalization;

namespace Multiprocessing;

/// <summary>
/// Says in words what makes the program slow: the pools' own conclusions, and what the samples show. Each sentence states the figures that it
/// rests on.
/// Used by one thread at a time.
/// </summary>
internal sealed class ObservationFinder
{
    /// <summary>Number of samples in a row that must show the same before it is said: one sample may be an accident.</summary>
    private const int Enough = 5;

    private readonly Dictionary<string, (int Owner, int Samples)> _held = [];
    private readonly Dictionary<string, Queue<long>> _depths = [];
    private int _busySamples;
    private int _aloneSamples;
    private int _aloneProcess;

    public IReadOnlyList<Observation> Find(ProgramSnapshot now, HistoryPoint point, TaskHistory tasks)
    {
        List<Observation> found = [];
        found.AddRange(now.Locks.Select(item => Held(item, now)).OfType<Observation>());
        found.AddRange(now.Queues.Select(queue => Full(queue) ?? Growing(queue, point)).OfType<Observation>());
        found.AddRange(now.Pools.SelectMany(pool => pool.Workers.Select(worker => Hanging(pool, worker, tasks))).OfType<Observation>());
        found.AddRange(now.Processes.Select(Stopped).OfType<Observation>());
        if (Processors(point) is { } processors)
        {
            found.Add(processors);
        }
        else if (Alone(now, point) is { } alone)
        {
            found.Add(alone);
        }

        if (Memory(point) is { } memory)
        {
            found.Add(memory);
        }

        found.AddRange(now.Pools.SelectMany(pool => pool.Conclusions.Select(text => new Observation(Severity.Warning, $"Pool {pool.Name}:", text,
            "pools"))));
        found.AddRange(now.Services.Where(service => service.RestartCount > 0).Select(service => new Observation(
            Severity.Warning, $"Service {service.Name}:", $"it was started again {Times(service.RestartCount)}.", "services")));
        Forget(now);
        return [.. found.OrderByDescending(observation => observation.Severity).Take(100)];
    }

    private static string Times(long count) => count switch { 1 => "once", 2 => "twice", _ => $"{Number(count)} times" };

    private static string Number(double value) => value.ToString("#,0.#", CultureInfo.InvariantCulture);

    private Observation? Held(LockSnapshot item, ProgramSnapshot now)
    {
        if (item.OwnerProcessId is not { } owner || item.WaiterCount == 0)
        {
            _held.Remove(item.Id);
            return null;
        }

        var before = _held.GetValueOrDefault(item.Id);
        var samples = before.Owner == owner ? before.Samples + 1 : 1;
        _held[item.Id] = (owner, samples);
        return samples < Enough ? null : new(
            Severity.Warning,
            item.Name is null ? $"{Capital(item.Label)}:" : $"Lock {item.Label}:",
            $"{Process(now, owner)} held it in each of the last {samples} samples, and {Threads(item.WaiterCount)} for it. "
                + "Hold a lock only while you touch what it guards.",
            "locks");
    }

    private static string Process(ProgramSnapshot now, int id)
    {
        var name = now.Processes.FirstOrDefault(process => process.Id == id)?.Name;
        return string.IsNullOrEmpty(name) ? $"process {id}" : $"{name} (process {id})";
    }

    private static string Threads(int count) => count == 1 ? "1 thread waits" : $"{count} threads wait";

    private static string Subject(QueueSnapshot queue) => queue.Name is null ? $"{Capital(queue.Label)}:" : $"Queue {queue.Label}:";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static Observation? Full(QueueSnapshot queue) => queue.Capacity is { } capacity && queue.Count >= capacity && queue.WaitingPutters > 0
        ? new(
            Severity.Warning,
            Subject(queue),
            $"it is full ({Number(queue.Count)} items), and {Threads(queue.WaitingPutters)} for room. "
                + "The processes that take items are slower than those that put them.",
            "queues")
        : null;

    private Observation? Growing(QueueSnapshot queue, HistoryPoint point)
    {
        const int window = 20;
        if (!_depths.TryGetValue(queue.Id, out var depths))
        {
            _depths[queue.Id] = depths = new();
        }

        depths.Enqueue(queue.Count);
        if (depths.Count > window)
        {
            depths.Dequeue();
        }

        var growth = queue.Count - depths.Peek();
        var rising = depths.Zip(depths.Skip(1)).Count(pair => pair.Second > pair.First);
        if (depths.Count < window || rising < window * 3 / 4 || growth < 100)
        {
            return null;
        }

        var rates = point.Queues.FirstOrDefault(figures => figures.Id == queue.Id);
        return new(
            Severity.Warning,
            Subject(queue),
            $"it grew from {Number(depths.Peek())} to {Number(queue.Count)} items in the last {window} samples "
                + $"(now {Number(rates.Put)} put and {Number(rates.Get)} taken per second). "
                + "More processes must take items, or a capacity must slow down those that put them.",
            "queues");
    }

    private static Observation? Hanging(PoolSnapshot pool, WorkerSnapshot worker, TaskHistory tasks)
    {
        if (worker.TaskName is not { } name || worker.TaskTime is not { } time || time < TimeSpan.FromSeconds(5)
            || tasks.LongestOf(name) is not { } longest || time < longest * 3)
        {
            return null;
        }

        return new(
            Severity.Bad,
            $"Worker {worker.Number} of the pool {pool.Name}:",
            $"it has run '{name}' for {Number(time.TotalSeconds)} s; the slowest one that succeeded took {Number(longest.TotalSeconds)} s. "
                + $"It may hang: 'mp stack {worker.ProcessId}' shows where. A Timeout ends such tasks.",
            "pools");
    }

    private static Observation? Stopped(ProcessSnapshot process) => process.State == SchedulingState.Stopped
        ? new(Severity.Bad, $"Process {process.Name} ({process.Id}):",
            "it is stopped by a signal (SIGSTOP or a debugger) and does nothing until it continues.", "processes")
        : null;

    private Observation? Processors(HistoryPoint point)
    {
        var processors = Environment.ProcessorCount;
        _busySamples = point.Cpu >= processors * 0.95 ? _busySamples + 1 : 0;
        return _busySamples < Enough ? null : new(
            Severity.Info,
            "Processors:",
            $"the program uses {Number(point.Cpu)} of {processors} processors. More processes do not make it faster; less work for each item does.",
            "processes");
    }

    private Observation? Alone(ProgramSnapshot now, HistoryPoint point)
    {
        // Two processes are a program and its helper; a program of three or more was meant to work at the same time.
        var busy = point.Processes.Where(process => process.Cpu >= 0.1).Take(2).ToList();
        var alone = now.Processes.Count >= 3 && busy is [{ Cpu: >= 0.9 }] ? busy[0].Id : 0;
        _aloneSamples = alone != 0 && alone == _aloneProcess ? _aloneSamples + 1 : 0;
        _aloneProcess = alone;
        if (_aloneSamples < Enough)
        {
            return null;
        }

        var name = now.Processes.FirstOrDefault(process => process.Id == alone)?.Name;
        return new(
            Severity.Info,
            $"Process {name} ({alone}):",
            $"it uses one processor fully while the other {now.Processes.Count - 1} processes use almost none. "
                + "They wait for it: what it does alone limits the whole program.",
            "processes");
    }

    private static Observation? Memory(HistoryPoint point)
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return available > 0 && point.Memory > available * 0.85
            ? new(Severity.Bad, "Memory:",
                $"the processes use {Number(100.0 * point.Memory / available)} % of the machine's memory. The system may end one of them.",
                    "processes")
            : null;
    }

    private void Forget(ProgramSnapshot now)
    {
        foreach (var id in _depths.Keys.Except(now.Queues.Select(queue => queue.Id)).ToList())
        {
            _depths.Remove(id);
        }

        foreach (var id in _held.Keys.Except(now.Locks.Select(item => item.Id)).ToList())
        {
            _held.Remove(id);
        }
    }
}
