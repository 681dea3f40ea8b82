using System.Globalization;
using System.Text.Json;
using Multiprocessing.Tool.Output;

namespace Multiprocessing.Tool.Top;

/// <summary>Makes pictures of snapshots. It keeps the last snapshot, with which rates are computed.</summary>
internal sealed class PictureMaker
{
    // A queue that is fuller than this is listed first.
    private const double AlmostFull = 0.9;

    private static readonly TimeSpan LongTask = TimeSpan.FromSeconds(10);

    private ProgramSnapshot? _last;

    public Picture Next(ProgramSnapshot now)
    {
        // Two snapshots that are closer than this have rates of chance.
        var last = _last is { } known && now.Time - known.Time > TimeSpan.FromMilliseconds(50) ? known : null;
        var rates = new Rates(last, now);
        var names = now.Processes.ToDictionary(static process => process.Id, static process => process.Name);
        var root = now.Processes.FirstOrDefault(process => process.Id == now.RootProcessId);
        List<ProcessRow> processes = [.. ProcessTree.Rows(now, rates)];
        _last = now;
        return new Picture
        {
            Name = now.Name,
            RootProcessId = now.RootProcessId,
            Time = now.Time,
            Uptime = root is null ? TimeSpan.Zero : now.Time - root.StartTime,
            Processors = last is null ? null : processes.Sum(static process => process.Processors ?? 0),
            MemoryBytes = now.Processes.Sum(static process => process.WorkingSetBytes),
            SharedMemoryBytes = now.SharedMemoryBytes,
            Processes = processes,
            Pools = [.. now.Pools.Select(pool => Pool(pool, rates))],

            // Otherwise in the order of their creation, so that rows stay where they are.
            Queues = [.. now.Queues.Select(queue => Queue(queue, rates)).OrderByDescending(static queue => queue.Fullness >= AlmostFull)],
            Locks =
            [
                .. now.Locks.Where(static held => held.Kind != LockKind.SharedMemory).Select(held => Lock(held, names, rates))
                    .OrderByDescending(static held => held.Waiters.Count > 0).ThenByDescending(static held => held.Owner is not null),
            ],
            Services = [.. now.Services.Select(Service)],
            Supervisors = [.. now.Supervisors.Select(Supervisor)],
        };
    }

    /// <summary>Writes a name of the API as words: <c>ReaderWriterLock</c> is "reader writer lock".</summary>
    internal static string Word(object name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name.ToString()!).Replace('_', ' ');

    private static PoolRow Pool(PoolSnapshot pool, Rates rates)
    {
        // Tasks that take long are what a person looks for. The others stay in the order of the workers.
        var workers = pool.Workers
            .Select(static worker => new WorkerRow(
                worker.Number,
                worker.ProcessId,
                Word(worker.Activity),
                worker.TaskName is not null,
                worker.TaskName,
                worker.TaskTime,
                worker.TasksDone))
            .OrderByDescending(static worker => worker.TaskTime >= LongTask ? worker.TaskTime : TimeSpan.Zero).ToList();
        return new PoolRow(
            pool.Id,
            pool.Name,
            workers.Count(static worker => worker.IsBusy),
            workers.Count,
            pool.Pending,
            pool.Succeeded,
            pool.Failed + pool.TimedOut,
            pool.WorkerDeaths,
            rates.OfPool(pool),
            workers,
            pool.Conclusions);
    }

    private static QueueRow Queue(QueueSnapshot queue, Rates rates)
    {
        var (puts, gets) = rates.OfQueue(queue);
        var type = ShortType(queue.ItemType ?? "");
        return new QueueRow(
            queue.Id,
            queue.Label,
            type,
            queue.Count,
            queue.Capacity,
            queue.Bytes,
            puts,
            gets,
            queue.WaitingPutters,
            queue.WaitingGetters,
            queue.IsCompletionRequested,
            queue.HolderProcessIds.Count);
    }

    private static LockRow Lock(LockSnapshot held, Dictionary<int, string> names, Rates rates)
    {
        var kind = Word(held.Kind);
        return new LockRow(
            held.Id,
            held.Label,
            kind,
            held.OwnerProcessId is { } owner ? $"{names.GetValueOrDefault(owner, "?")} ({owner})" : null,
            [.. held.WaitingProcessIds.Select(waiter => $"{names.GetValueOrDefault(waiter, "?")} ({waiter})")],
            held.Count?.ToString(CultureInfo.InvariantCulture),
            held.ContentionCount,
            rates.OfLock(held),
            held.AbandonmentCount);
    }

    private static ServiceRow Service(ServiceSnapshot service) => new(
        service.Name, ShortType(service.Interface), Word(service.State), service.ProcessId, service.PendingCalls, service.RestartCount);

    private static SupervisorRow Supervisor(SupervisorSnapshot supervisor) => new(
        supervisor.Name,
        supervisor.OwnerProcessId,
        Word(supervisor.Strategy),
        supervisor.RestartCount,
        [.. supervisor.Children.Select(static child => new SupervisedRow(child.Name, Word(child.State), child.ProcessId, child.RestartCount))]);

    /// <summary>Removes the namespaces: <c>System.Collections.Generic.List&lt;System.Int32&gt;</c> is <c>List&lt;Int32&gt;</c>.</summary>
    private static string ShortType(string type)
    {
        var start = 0;
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < type.Length; i++)
        {
            if (type[i] == '.')
            {
                start = i + 1;
            }
            else if (!char.IsLetterOrDigit(type[i]) && type[i] != '_')
            {
                text.Append(type, start, i + 1 - start);
                start = i + 1;
            }
        }

        return text.Append(type, start, type.Length - start).ToString();
    }
}
