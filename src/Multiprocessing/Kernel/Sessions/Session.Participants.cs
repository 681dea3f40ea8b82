using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The participants' comings and goings.</summary>
internal sealed unsafe partial class Session
{
    // How long somebody who finds a process gone leaves its parent the time to tell how it ended, before he tells that nobody knows.
    internal const long UntoldGrace = 400;
    private static readonly TimeSpan SliceWhileMissing = TimeSpan.FromMilliseconds(UntoldGrace / 4);

    // By slot. Most processes never find anybody gone.
    private readonly Lock _missingGate = new();
    private Missing[]? _missing;
    private int _missingCount;

    private record struct Missing(int Generation, long Since);

    /// <summary>Every participant that is reserved or has not been marked dead, this process included.</summary>
    public IReadOnlyList<ParticipantInfo> Participants
    {
        get
        {
            var result = new List<ParticipantInfo>();
            for (var i = 0; i < ParticipantTable.Capacity; i++)
            {
                var slot = Members[i];
                if ((ParticipantState)Volatile.Read(ref slot->State) is ParticipantState.Reserved or ParticipantState.Active or ParticipantState.Left)
                {
                    result.Add(new ParticipantInfo(new ParticipantId(i, slot->Generation), slot->ProcessId, slot->StartTime));
                }
            }

            return result;
        }
    }

    /// <summary>The living participants that <paramref name="parent"/>, which may be gone, has started.</summary>
    public IReadOnlyList<ParticipantInfo> ChildrenOf(ParticipantId parent)
    {
        var word = OwnerLock.WordOf(parent);
        return [.. Participants.Where(participant => participant.ProcessId != 0 && Members[participant.Id.Slot]->Reserver == word)];
    }

    /// <summary>Takes a free slot for a child that is about to start.</summary>
    /// <exception cref="InvalidOperationException">All slots are taken.</exception>
    public ParticipantId Reserve()
    {
        ThrowIfLeft();
        Segments.Enter();
        var taken = Members.Reserve();
        if (taken is { } participant)
        {
            // Whoever marked the slot's last participant dead may have been killed before its holds were gone.
            Segments.ReleaseAll(participant.Slot);
            KillPoints.Pass(KillPoint.ReserveHoldsReleased);
        }

        Segments.Exit();
        return taken
            ?? throw new InvalidOperationException($"The session has {ParticipantTable.Capacity} living processes, which is the most it can have. Wait for some to end before starting others.");
    }

    /// <summary>Fills in pid and start time right after the child's process exists.</summary>
    public void Activate(ParticipantId participant, int processId)
    {
        // Not if the child was quicker: it may have joined, worked and left by now.
        if (Members.IsCurrent(participant) && (ParticipantState)Volatile.Read(ref Members[participant.Slot]->State) is ParticipantState.Reserved)
        {
            Segments.Enter();
            if ((ParticipantState)Members[participant.Slot]->State is ParticipantState.Reserved)
            {
                Members.Activate(participant, processId, ProcessIdentity.StartTimeOf(processId));
            }

            Segments.Exit();
        }
    }

    /// <summary>Gives back a slot whose process never came to be, or was ended and reaped before it had a body.</summary>
    public void Abandon(ParticipantId participant, int processId = 0)
    {
        Segments.Enter();
        if (Members.IsCurrent(participant) && (ParticipantState)Members[participant.Slot]->State is ParticipantState.Reserved)
        {
            Volatile.Write(ref Members[participant.Slot]->State, (int)ParticipantState.Free);
            KillPoints.Pass(KillPoint.Abandoned);
        }

        Segments.Exit();
        if (processId != 0 && (ParticipantState)Members[participant.Slot]->State is ParticipantState.Active or ParticipantState.Left)
        {
            // It had joined, or was written down as if it had: it may hold something, and a slot in this state is not given out again.
            MarkDead(participant, new ParticipantExit(processId, ExitReason.StartFailed, -1, -1));
        }
    }

    /// <summary>
    /// Called by the parent once the child is known to be gone: marks it dead, releases what it held, wakes everybody who might wait for it. A second call
    /// for the same participant only adds what the first did not know.
    /// <para>
    /// Killed before the state: the death is still to be told. Killed after it: holds are released by whoever recovers the table lock or takes the slot; sleepers
    /// wake after their slice.
    /// </para>
    /// </summary>
    public void MarkDead(ParticipantId participant, ParticipantExit exit)
    {
        Segments.Enter();
        if (!Members.IsCurrent(participant))
        {
            Segments.Exit();
            return;
        }

        var slot = Members[participant.Slot];
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

        var shared = first ? Segments.ReleaseAll(participant.Slot).ToArray() : [];
        KillPoints.Pass(KillPoint.DeathHoldsReleased);
        if (first)
        {
            Interlocked.Increment(ref _memory.Header->Deaths);
            KillPoints.Pass(KillPoint.DeathCounted);
        }

        Segments.Exit();
        KillPoints.Pass(KillPoint.DeathUnlocked);
        foreach (var id in shared)
        {
            try
            {
                TellDeath(id, participant);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InsufficientMemoryException or TimeoutException)
            {
                // Not mapped here, and no descriptor, memory or mapping left to wake those who wait in it: they look again after their slice.
                MultiprocessingLogging.DeathNotAnnounced(exception, exit.ProcessId);
            }
        }

        if (first)
        {
            // Asynchronous waiters' dispatchers look at everything they wait for.
            for (var other = 0; other < ParticipantTable.Capacity; other++)
            {
                if ((ParticipantState)Volatile.Read(ref Members[other]->State) is ParticipantState.Active)
                {
                    Members.Ring(other);
                }
            }
        }
    }

    /// <summary>The exit of a participant that is dead, if its slot was not given out again.</summary>
    public ParticipantExit? ExitOf(ParticipantId participant) => Members.ExitOf(participant);

    public bool IsAlive(ParticipantId participant) => Members.IsAlive(participant);

    /// <summary>Called by a process about itself before it leaves: why it goes. Who is gone without having called this was killed.</summary>
    public void RecordSelf(ExitReason reason, int code) => Members.RecordSelf(reason, code);

    /// <summary>What the participant recorded about itself, or null if it recorded nothing or its slot was given out again.</summary>
    public ParticipantExit? SelfReported(ParticipantId participant) => Members.SelfReported(participant);

    /// <summary>
    /// The process that started this one holds the segment. A child ends with its parent, so as long as this one runs there is nobody to ask about;
    /// most children wait for what their parent does, and would do nothing else when idle than ask.
    /// </summary>
    internal bool ParentHolds(SegmentId id) => _parentSlot >= 0 && Segments.IsHeldBy(id, _parentSlot);

    /// <summary>How long to sleep until the next look: not as long as usual while somebody is missing whose death nobody has told yet.</summary>
    internal TimeSpan SliceNow => Volatile.Read(ref _missingCount) == 0 ? WaitPoint.Slice : SliceWhileMissing;

    /// <summary>
    /// Whether the participant is gone for good, for those who wait for what it had: marked dead, or found gone some time ago without anybody having told how,
    /// in which case it is marked dead here. Slow: asks the OS.
    /// </summary>
    internal bool IsGone(ParticipantId participant)
    {
        if (!Members.IsCurrent(participant) || (ParticipantState)Volatile.Read(ref Members[participant.Slot]->State) is ParticipantState.Dead or ParticipantState.Free)
        {
            ForgetMissing(participant);
            return true;
        }

        if (Members.IsAlive(participant))
        {
            return false;
        }

        // In the session of the named objects nobody has a parent that could tell.
        if (!IsNamed && !HasBeenMissingLong(participant))
        {
            return false;
        }

        ForgetMissing(participant);
        var report = SelfReported(participant);
        MarkDead(participant, new ParticipantExit(Members.ProcessIdOf(participant.Slot), report?.Reason ?? ExitReason.Unknown, report?.Code ?? -1, -1));
        return true;
    }

    private bool HasBeenMissingLong(ParticipantId participant)
    {
        var now = Environment.TickCount64;
        lock (_missingGate)
        {
            _missing ??= new Missing[ParticipantTable.Capacity];
            ref var missing = ref _missing[participant.Slot];
            if (missing.Generation != participant.Generation)
            {
                _missingCount += missing.Generation == 0 ? 1 : 0;
                missing = new Missing(participant.Generation, now);
                return false;
            }

            return now - missing.Since >= UntoldGrace;
        }
    }

    private void ForgetMissing(ParticipantId participant)
    {
        if (Volatile.Read(ref _missingCount) == 0)
        {
            return;
        }

        lock (_missingGate)
        {
            ref var missing = ref _missing![participant.Slot];
            if (missing.Generation == participant.Generation)
            {
                missing = default; // no participant has generation 0
                _missingCount--;
            }
        }
    }

    /// <summary>How the participant went, as well as it is known: told by its parent, or by itself, or not at all.</summary>
    internal ParticipantExit FateOf(ParticipantId participant) =>
        ExitOf(participant)
        ?? SelfReported(participant)
        ?? new ParticipantExit(Members.IsCurrent(participant) ? Members.ProcessIdOf(participant.Slot) : 0, ExitReason.Unknown, -1, -1);

    /// <summary>Wakes all who sleep in the segment. It is mapped for that if this process does not hold it; its header says where its words are.</summary>
    private void TellDeath(SegmentId id, ParticipantId participant)
    {
        var segment = FindMapped(id);
        var borrowed = segment is null ? Segments.Open(id, hold: false) : null;
        if ((segment ?? borrowed) is not { } target)
        {
            return;
        }

        // One whose head makes no sense is left alone: who sleeps there looks after the slice.
        if (target.Shape is { } shape)
        {
            NoteGone(target.Header, participant);
            KillPoints.Pass(KillPoint.DeathNoted);
            for (var i = shape.LocksNow(target) - 1; i >= 0; i--)
            {
                WordWait.Wake((int*)(target.Base + shape.LockOffset + ((long)i * shape.LockStride)), int.MaxValue);
            }

            for (var i = 0; i < shape.WaitPointCount; i++)
            {
                WaitPoint.WakeAll((WaitPoint*)(target.Base + shape.WaitPointOffset) + i);
            }
        }

        KillPoints.Pass(KillPoint.DeathTold);
        borrowed?.Unmap();
        GC.KeepAlive(target);
    }

    private static void NoteGone(SegmentHeader* header, ParticipantId participant)
    {
        Volatile.Write(ref header->LastGoneAt, Environment.TickCount64);
        KillPoints.Pass(KillPoint.GoneHalfNoted);
        Volatile.Write(ref header->LastGone, ((long)participant.Generation << 32) | (uint)(participant.Slot + 1));
    }
}
