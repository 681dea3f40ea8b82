using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Reads the processes of a session, with what the system knows about each. Keeps what does not change. Not thread-safe.</summary>
internal sealed unsafe class ProcessReader
{
    private Dictionary<(int ProcessId, long StartTime), Fixed> _known = [];

    public List<ProcessSnapshot> Read(SessionView view, IReadOnlyList<int> living)
    {
        var processes = new List<ProcessSnapshot>(living.Count);
        var known = new Dictionary<(int, long), Fixed>();
        foreach (var index in living)
        {
            var slot = view.Participant(index);
            if (ProcessTable.TryReadStat(slot->ProcessId) is not { } stat)
            {
                continue; // it has ended
            }

            var identity = (slot->ProcessId, slot->StartTime);
            if (!_known.TryGetValue(identity, out var same))
            {
                same = Fixed.Of(slot->ProcessId);
            }

            known[identity] = same;
            processes.Add(new ProcessSnapshot
            {
                Id = slot->ProcessId,
                ParentId = stat.ParentId > 0 ? stat.ParentId : null,
                Name = same.Name,
                Role = slot->ProcessId == view.RootProcessId ? ProcessRole.Root : ProcessRole.Child,
                State = ChildStatistics.StateOf(stat.State),
                StartTime = same.StartTime,
                CpuTime = stat.UserTime + stat.KernelTime,
                WorkingSetBytes = stat.ResidentBytes,
                ThreadCount = stat.Threads,
            });
        }

        _known = known;
        processes.Sort(static (left, right) => left.Role == ProcessRole.Root ? -1 : right.Role == ProcessRole.Root ? 1
            : (left.StartTime, left.Id).CompareTo((right.StartTime, right.Id)));
        return processes;
    }

    private readonly record struct Fixed(string Name, DateTimeOffset StartTime)
    {
        public static Fixed Of(int processId) => new(
            ProcessText.NameOf(processId, ProcessText.CommandLine(processId)), ProcessText.StartTimeOf(processId) ?? DateTimeOffset.Now);
    }
}
