using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Knows which participants are alive: registers them, finds their deaths, and reports a death to all its waiters.</summary>
internal sealed unsafe class Liveness
{
    private readonly SessionMemory _memory;
    private readonly ParticipantTable _participants;
    private readonly SegmentTable _segments;
    private readonly ObjectRegistry _objects;
    private readonly Participation _participation;
    private readonly bool _hasParents;
    private readonly MissingParticipants _missing = new();
    private readonly Crowd _crowd;

    // The participant that started this process and with which this process ends; -1 for none.
    private int _parentSlot = -1;

    /// <param name="memory">The session's memory.</param>
    /// <param name="participants">The session's participants.</param>
    /// <param name="segments">The session's segments.</param>
    /// <param name="objects">The objects of this process, whose mappings are used to wake waiters.</param>
    /// <param name="participation">This process's participation.</param>
    /// <param name="hasParents">
    /// Whether participants have parents, which report their exit status. Without parents the first process that finds a death reports it.
    /// </param>
    public Liveness(
        SessionMemory memory,
        ParticipantTable participants,
        SegmentTable segments,
        ObjectRegistry objects,
        Participation participation,
        bool hasParents)
    {
        _memory = memory;
        _participants = participants;
        _segments = segments;
        _objects = objects;
        _participation = participation;
        _hasParents = hasParents;
        _crowd = new Crowd(participants);
    }

    /// <summary>Called once for each participant that published a <see cref="StatusFile"/> and whose death is reported here.</summary>
    public Action<ParticipantId>? PublisherDied { get; init; }

    /// <summary>Gets the number of deaths reported in the session so far.</summary>
    public int Deaths => Volatile.Read(ref _memory.Header->Deaths);

    /// <summary>Gets the time to sleep between two checks. It is shorter while a death that this process has found is not reported yet.</summary>
    public TimeSpan SliceNow => _missing.Any ? WaitTimings.SliceWhileMissing : WaitTimings.Slice;

    /// <summary>Lists all participants that are reserved or not reported dead, this process included.</summary>
    public List<ParticipantInfo> ListParticipants()
    {
        var result = new List<ParticipantInfo>();
        for (var i = 0; i < ParticipantTable.Capacity; i++)
        {
            var slot = _participants[i];
            if ((ParticipantState)Volatile.Read(ref slot->State) is ParticipantState.Reserved or ParticipantState.Active or ParticipantState.Left)
            {
                result.Add(new ParticipantInfo(new ParticipantId(i, slot->Generation), slot->ProcessId, slot->StartTime));
            }
        }

        return result;
    }

    /// <summary>Lists the living participants that <paramref name="parent"/>, which may be dead, has started.</summary>
    public IReadOnlyList<ParticipantInfo> ChildrenOf(ParticipantId parent)
    {
        var word = OwnerLock.WordOf(parent);
        return [.. ListParticipants().Where(participant => participant.ProcessId != 0 && _participants[participant.Id.Slot]->Reserver == word)];
    }

    /// <summary>Reserves a slot for a child that is about to start.</summary>
    /// <exception cref="InvalidOperationException">All slots are in use.</exception>
    public ParticipantId Reserve()
    {
        _participation.ThrowIfEnded();
        _segments.Enter();
        var taken = _participants.Reserve();
        if (taken is { } participant)
        {
            // The process that marked the slot's last participant dead may have been killed before it released the holds.
            _segments.ReleaseAll(participant.Slot);
            KillPoints.Pass(KillPoint.ReserveHoldsReleased);
        }

        _segments.Exit();
        return taken
            ?? throw new InvalidOperationException($"The session has {ParticipantTable.Capacity} living processes, which is the maximum. Wait for "
                + "some to end before starting others.");
    }

    /// <summary>Writes pid and start time into the slot, as soon as the child's process exists.</summary>
    public void Activate(ParticipantId participant, int processId)
    {
        // The child may have done this itself already, and may even have left since.
        if (_participants.IsCurrent(participant) && _participants.StateOf(participant.Slot) is ParticipantState.Reserved)
        {
            _segments.Enter();
            if (_participants.StateOf(participant.Slot) is ParticipantState.Reserved)
            {
                _participants.Activate(participant, processId, ProcessIdentity.StartTimeOf(processId));
            }

            _segments.Exit();
        }
    }

    /// <summary>Frees a slot whose process was never created, or was ended and reaped before it received a body.</summary>
    public void Abandon(ParticipantId participant, int processId = 0)
    {
        _segments.Enter();
        if (_participants.IsCurrent(participant) && _participants.StateOf(participant.Slot) is ParticipantState.Reserved)
        {
            Volatile.Write(ref _participants[participant.Slot]->State, (int)ParticipantState.Free);
            KillPoints.Pass(KillPoint.Abandoned);
        }

        _segments.Exit();
        if (processId != 0 && _participants.StateOf(participant.Slot) is ParticipantState.Active or ParticipantState.Left)
        {
            // It had joined, or was recorded as if it had: it may hold segments, and a slot in this state is not reserved again.
            MarkDead(participant, new ParticipantExit(processId, ExitReason.StartFailed, -1, -1));
        }
    }

    /// <summary>
    /// Reports a death: marks the participant dead, releases its holds and wakes all waiters of the objects that it held. The parent calls this when
    /// the child has exited. A second call for the same participant only adds what the first did not know.
    /// <para>
    /// Killed before the state: the death is still to be reported. Killed after it: the process that next recovers the table lock or reserves the
    /// slot releases the holds; sleepers wake after their slice.
    /// </para>
    /// </summary>
    public void MarkDead(ParticipantId participant, ParticipantExit exit)
    {
        _segments.Enter();
        if (!_participants.IsCurrent(participant))
        {
            _segments.Exit();
            return;
        }

        var slot = _participants[participant.Slot];
        var first = (ParticipantState)slot->State is not ParticipantState.Dead;
        if (first || (ExitReason)slot->ExitReason is ExitReason.Unknown)
        {
            if (slot->ProcessId == 0)
            {
                slot->ProcessId = exit.ProcessId;
            }

            slot->ExitCode = exit.Code;
            slot->ExitSignal = exit.Signal;
            slot->ExitReason = (int)exit.Reason;
            KillPoints.Pass(KillPoint.DeathFilled);
            Volatile.Write(ref slot->State, (int)ParticipantState.Dead);
            KillPoints.Pass(KillPoint.DeathMarked);
        }

        var shared = first ? _segments.ReleaseAll(participant.Slot).ToArray() : [];
        KillPoints.Pass(KillPoint.DeathHoldsReleased);
        if (first)
        {
            _memory.Header->Ended[(int)exit.Reason]++; // killed here: one end is counted twice, by the process that reports it instead
            Interlocked.Increment(ref _memory.Header->Deaths);
            KillPoints.Pass(KillPoint.DeathCounted);
        }

        _segments.Exit();
        KillPoints.Pass(KillPoint.DeathUnlocked);
        if (first)
        {
            if (slot->Publishes != 0)
            {
                PublisherDied?.Invoke(participant);
            }

            WakeWaiters(participant, shared, exit.ProcessId);
        }
    }

    /// <summary>Returns the exit of a dead participant whose slot was not reserved again.</summary>
    public ParticipantExit? ExitOf(ParticipantId participant) => _participants.ExitOf(participant);

    public bool IsAlive(ParticipantId participant) => _participants.IsAlive(participant);

    /// <summary>Records why this process ends, before it leaves. A process that ends without this record was killed.</summary>
    public void RecordSelf(ExitReason reason, int code) => _participants.RecordSelf(reason, code);

    /// <summary>Returns what the participant recorded about itself; null if it recorded nothing or its slot was reserved again.</summary>
    public ParticipantExit? SelfReported(ParticipantId participant) => _participants.SelfReported(participant);

    /// <summary>Returns how the participant ended, as its parent reported it, as it recorded itself, or as unknown.</summary>
    public ParticipantExit FateOf(ParticipantId participant) =>
        ExitOf(participant)
        ?? SelfReported(participant)
        ?? new ParticipantExit(_participants.IsCurrent(participant) ? _participants.ProcessIdOf(participant.Slot) : 0, ExitReason.Unknown, -1, -1);

    /// <summary>Reads from this process's slot which participant has started it.</summary>
    public void FindParent() => _parentSlot = OwnerLock.OwnerOf(Volatile.Read(ref _participants[_participants.Self.Slot]->Reserver)).Slot;

    /// <summary>
    /// Returns whether the process that started this one holds the segment. A child ends with its parent, so while it runs it need not ask whether
    /// the parent is alive: most children wait for their parent, and an idle one would do nothing but ask.
    /// </summary>
    public bool ParentHolds(SegmentId id) => _parentSlot >= 0 && _segments.IsHeldBy(id, _parentSlot);

    /// <summary>
    /// Returns whether the death of the participant is reported. If its process has been missing for the grace, this call reports it.
    /// Slow: asks the operating system.
    /// </summary>
    public bool IsDeathReported(ParticipantId participant)
    {
        if (!_participants.IsCurrent(participant) || _participants.StateOf(participant.Slot) is ParticipantState.Dead or ParticipantState.Free)
        {
            _missing.Forget(participant);
            return true;
        }

        if (_crowd.WasSeenAlive(participant.Slot, out var now))
        {
            return false;
        }

        if (_participants.IsAlive(participant))
        {
            _crowd.NoteAlive(participant.Slot, now);
            return false;
        }

        if (_hasParents && !_missing.NoteAndCheckGrace(participant))
        {
            return false;
        }

        _missing.Forget(participant);
        var report = SelfReported(participant);
        var processId = _participants.ProcessIdOf(participant.Slot);
        MarkDead(participant, new ParticipantExit(processId, report?.Reason ?? ExitReason.Unknown, report?.Code ?? -1, -1));
        return true;
    }

    /// <summary>Reports the death of the slot's participant if it is dead.</summary>
    public void ReportIfDead(int slot)
    {
        if (_participants.StateOf(slot) is ParticipantState.Active or ParticipantState.Left)
        {
            _ = IsDeathReported(new ParticipantId(slot, _participants[slot]->Generation));
        }
    }

    private void WakeWaiters(ParticipantId dead, SegmentId[] shared, int processId)
    {
        foreach (var id in shared)
        {
            try
            {
                WakeWaiters(dead, id);
            }
            catch (Exception exception)
                when (exception is IOException or UnauthorizedAccessException or InsufficientMemoryException or TimeoutException)
            {
                // The segment is not mapped here, and there is no descriptor, memory or mapping left to wake its waiters: they check again after
                // their slice.
                MultiprocessingLogging.DeathNotAnnounced(exception, processId);
            }
        }

        // The dispatchers of asynchronous waiters then check all that they wait for.
        for (var other = 0; other < ParticipantTable.Capacity; other++)
        {
            if (_participants.StateOf(other) is ParticipantState.Active)
            {
                _participants.Ring(other);
            }
        }
    }

    /// <summary>
    /// Wakes all sleepers in the segment. It is mapped for that if this process does not hold it; its header says where the words lie.
    /// </summary>
    private void WakeWaiters(ParticipantId dead, SegmentId id)
    {
        var segment = _objects.FindMapped(id);
        var borrowed = segment is null ? _segments.Open(id, hold: false) : null;
        if ((segment ?? borrowed) is not { } target)
        {
            return;
        }

        // A damaged header is left alone: sleepers in the segment check after their slice.
        if (target.Shape is { } shape)
        {
            target.NoteRelease(dead);
            KillPoints.Pass(KillPoint.DeathNoted);
            target.WakeSleepers(shape);
        }

        KillPoints.Pass(KillPoint.DeathAnnounced);
        borrowed?.Unmap();
        GC.KeepAlive(target);
    }
}
