using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The participants whose process this process has found dead although no death was reported. Their parents have
/// <see cref="WaitTimings.UnreportedGrace"/> to report the exit status. Most processes never find one.
/// </summary>
internal sealed class MissingParticipants
{
    private readonly Lock _gate = new();

    // By slot.
    private Missing[]? _missing;
    private int _count;

    private record struct Missing(int Generation, long Since);

    public bool Any => Volatile.Read(ref _count) != 0;

    /// <summary>Notes that the participant is missing.</summary>
    /// <returns>True if it was noted before and its grace has passed.</returns>
    public bool NoteAndCheckGrace(ParticipantId participant)
    {
        Debug.Assert(participant.Generation != 0, "No participant has generation 0, which marks an empty entry.");
        var now = Environment.TickCount64;
        lock (_gate)
        {
            _missing ??= new Missing[ParticipantTable.Capacity];
            ref var missing = ref _missing[participant.Slot];
            if (missing.Generation != participant.Generation)
            {
                _count += missing.Generation == 0 ? 1 : 0;
                missing = new Missing(participant.Generation, now);
                return false;
            }

            return now - missing.Since >= WaitTimings.UnreportedGrace;
        }
    }

    /// <summary>Forgets the participant: its death has been reported.</summary>
    public void Forget(ParticipantId participant)
    {
        if (!Any)
        {
            return;
        }

        lock (_gate)
        {
            ref var missing = ref _missing![participant.Slot];
            if (missing.Generation == participant.Generation)
            {
                missing = default;
                _count--;
            }
        }
    }
}
