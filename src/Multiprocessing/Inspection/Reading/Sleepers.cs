namespace Multiprocessing;

/// <summary>Which processes sleep at which object, from the marks in their slots (<see cref="SleepMark"/>).</summary>
internal sealed unsafe class Sleepers
{
    private readonly Dictionary<(int Segment, SleepPlace Place), List<int>> _sleepers = [];

    public Sleepers(SessionView view, IReadOnlyList<int> living)
    {
        foreach (var slot in living)
        {
            var participant = view.Participant(slot);
            for (var i = 0; i < ParticipantSlot.MaxSleeps; i++)
            {
                if (participant->Sleeps[i] is not 0 and var mark)
                {
                    Add(SleepMark.Read(mark), participant->ProcessId);
                }
            }
        }
    }

    /// <summary>Returns the processes that wait at a place, with or without a thread.</summary>
    public IReadOnlyList<int> At(SessionView view, int segment, SleepPlace place, in WaitPoint point) =>
        [.. _sleepers.GetValueOrDefault((segment, place)) ?? [], .. AsyncAt(view, point)];

    /// <summary>Returns the processes with asynchronous waiters at a wait point.</summary>
    public static IEnumerable<int> AsyncAt(SessionView view, in WaitPoint point)
    {
        var processes = new List<int>();
        for (var slot = 0; point.AsyncArmed != 0 && slot < ParticipantTable.Capacity; slot++)
        {
            if ((point.AsyncMask[slot / 64] & (1UL << (slot % 64))) != 0 && view.Participant(slot)->State == (int)ParticipantState.Active)
            {
                processes.Add(view.Participant(slot)->ProcessId);
            }
        }

        return processes;
    }

    private void Add((int Segment, SleepPlace Place) at, int processId)
    {
        if (!_sleepers.TryGetValue(at, out var processes))
        {
            _sleepers[at] = processes = [];
        }

        processes.Add(processId);
    }
}
