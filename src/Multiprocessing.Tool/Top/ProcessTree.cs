using Multiprocessing.Tool.Output;

namespace Multiprocessing.Tool.Top;

/// <summary>Lists processes as a tree: a process before its children, these in the order of their start.</summary>
internal static class ProcessTree
{
    public static IEnumerable<ProcessRow> Rows(ProgramSnapshot now, Rates rates)
    {
        var ids = now.Processes.Select(static process => process.Id).ToHashSet();

        // A process whose parent is not in the picture stands beside the root.
        var children = now.Processes.OrderBy(static process => process.StartTime).ThenBy(static process => process.Id)
            .ToLookup(process => process.ParentId is { } parent && ids.Contains(parent) && parent != process.Id ? parent : 0);
        var doing = Doing(now);

        IEnumerable<ProcessRow> Subtree(ProcessSnapshot process, string branch, string below)
        {
            yield return new ProcessRow(
                process.Id,
                branch,
                process.Name,
                PictureMaker.Word(process.Role),
                PictureMaker.Word(process.State),
                rates.OfProcess(process),
                process.WorkingSetBytes,
                process.ThreadCount,
                process.CpuTime,
                now.Time - process.StartTime,
                doing.GetValueOrDefault(process.Id));
            var those = children[process.Id].ToList();
            for (var i = 0; i < those.Count; i++)
            {
                var isLast = i == those.Count - 1;
                foreach (var row in Subtree(those[i], below + (isLast ? "└ " : "├ "), below + (isLast ? "  " : "│ ")))
                {
                    yield return row;
                }
            }
        }

        return children[0].OrderByDescending(process => process.Id == now.RootProcessId).SelectMany(process => Subtree(process, "", ""));
    }

    /// <summary>Finds what processes do: the task of a worker, the lock that a process waits for or holds while others wait.</summary>
    private static Dictionary<int, string> Doing(ProgramSnapshot now)
    {
        var doing = new Dictionary<int, string>();
        foreach (var worker in now.Pools.SelectMany(static pool => pool.Workers))
        {
            if (worker is { ProcessId: { } id, TaskName: { } task })
            {
                doing[id] = worker.TaskTime is { } time ? $"{Quantity.Duration(time)} {task}" : task;
            }
        }

        foreach (var held in now.Locks.Where(static held => held.WaitingProcessIds.Count > 0))
        {
            var name = held.Label;
            if (held.OwnerProcessId is { } owner)
            {
                _ = doing.TryAdd(owner, $"holds {name}");
            }

            foreach (var waiter in held.WaitingProcessIds)
            {
                // A worker's task is known better than the lock for which it waits, but that it waits is what a person looks for.
                doing[waiter] = doing.TryGetValue(waiter, out var task) ? $"{task}, waits for {name}" : $"waits for {name}";
            }
        }

        return doing;
    }
}
