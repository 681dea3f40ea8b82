using System.Numerics;
using System.Security.Cryptography;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The session in which unrelated programs of a user meet: a second one of the process, with the same tables, but without a root. Who comes takes a slot for himself; nobody tells how
/// somebody ended, so whoever sees that a process is gone marks it dead at once.
/// </summary>
internal sealed unsafe partial class Session
{
    // In the word of a handle, above all bits of an index.
    private const long NamedBit = 1L << 30;
    private static readonly Lock NamedGate = new();
    private static Session? _named;

    private NamedDirectory? _names;

    // Under the name lock: what is being created, and is to be called so.
    private (string Name, NamedIdentity Identity)? _naming;

    /// <summary>The session of the named objects; joined on first use.</summary>
    /// <exception cref="UnauthorizedAccessException">The place to meet is not this user's alone.</exception>
    /// <exception cref="NamedObjectMismatchException">Programs are there that run a build with another layout.</exception>
    public static Session Named
    {
        get
        {
            if (Volatile.Read(ref _named) is { } named)
            {
                return named;
            }

            lock (NamedGate)
            {
                if (_named is null)
                {
                    if (ProcessEnding.HasBegun)
                    {
                        throw ProcessEnding.Error();
                    }

                    var session = JoinNamed();
                    LastResort.OnProcessExit(session.LeaveAtExit);
                    Volatile.Write(ref _named, session);
                }

                return _named;
            }
        }
    }

    public bool IsNamed => _names is not null;

    /// <summary>The session of the object whose handle was read, and the word without the mark of it.</summary>
    public static Session OfHandle(ref long word) => OfHandle(ref word, null);

    /// <param name="word">The word.</param>
    /// <param name="found">The session in which the word was found; null for this process's own.</param>
    public static Session OfHandle(ref long word, Session? found)
    {
        if ((word & NamedBit) == 0)
        {
            return found ?? Current;
        }

        word &= ~NamedBit;
        return found is { IsNamed: true } ? found : Named;
    }

    /// <summary>Joins without becoming <see cref="Named"/>.</summary>
    /// <param name="root">Where; null for the usual place.</param>
    internal static Session JoinNamed(string? root = null)
    {
        var names = NamedDirectory.Prepare(root);
        Session session;
        using (names.EnterGate())
        {
            var memory = names.IsDeserted() ? BeginNamed(names) : OpenNamed(names);
            names.Stay();
            try
            {
                session = new Session(names.Files, memory, TakeSlot(memory, names.Files)) { _names = names };
            }
            catch
            {
                // The gate is ours still: nobody else could have come to rely on it.
                names.Abandon();
                throw;
            }
        }

        session.MarkGone();
        return session;
    }

    /// <summary>What a handle in a message says.</summary>
    internal long HandleOf(SegmentId id) => id.ToWord() | (IsNamed ? NamedBit : 0);

    /// <summary>The object of a name, opened or created; of many who do that at once, one creates it.</summary>
    /// <param name="name">A checked name.</param>
    /// <param name="wanted">What it has to be.</param>
    /// <param name="open">Opens what lies in the segment; null if it is gone.</param>
    /// <param name="create">Creates it; null if it is not to be created.</param>
    /// <returns>Null if there is none.</returns>
    /// <remarks>
    /// Under the name lock, which guards nothing that could be half done: killed while creating, the segment's holder is dead, and the next one frees it before he looks for the name.
    /// </remarks>
    internal TObject? ByName<TObject>(string name, in NamedIdentity wanted, Func<Session, SegmentId, TObject?> open, Func<Session, TObject>? create)
        where TObject : class
    {
        ThrowIfLeft();
        var word = &_memory.Header->NameLock;
        if (OwnerLock.Enter(word, Members, Deadline.Now, stoppedAfter: WaitTimings.StoppedOwnerOfTable) is OwnerLock.Result.TimedOut)
        {
            throw new TimeoutException(
                $"The names have been locked for {WaitTimings.StoppedOwnerOfTable.TotalSeconds:0} s by {OwnerLock.Describe(word, Members)}, which lives and does not move. Is it stopped (SIGSTOP, a debugger)?");
        }

        try
        {
            while (Find(name, out var page) is { } id)
            {
                wanted.Check(ObjectName.Shown(name), page);
                if (open(this, id) is { } opened)
                {
                    return opened;
                }
            }

            if (create is null)
            {
                return null;
            }

            _naming = (name, wanted);
            return create(this);
        }
        finally
        {
            _naming = null;
            OwnerLock.Exit(word);
        }
    }

    private static SessionMemory BeginNamed(NamedDirectory names)
    {
        names.Wipe();
        NamedPlaces.Remember(names.Files.Primary);
        var processId = Environment.ProcessId;
        var memory = SessionMemory.Create(names.SessionFile, processId, ProcessIdentity.StartTimeOf(processId));

        // A handle that lies in a message since before all were gone must not name something of now.
        memory.Header->FirstGeneration = RandomNumberGenerator.GetInt32(1, int.MaxValue / 2);
        memory.Header->NextSlot = 1;
        return memory;
    }

    private static SessionMemory OpenNamed(NamedDirectory names)
    {
        try
        {
            return SessionMemory.Open(names.SessionFile);
        }
        catch (InvalidOperationException exception)
        {
            throw new NamedObjectMismatchException(
                "",
                SessionMemory.LayoutHere,
                SessionMemory.LayoutOf(names.SessionFile),
                $"{exception.Message} Programs that meet by name must use the same layout: end those of the other build, or give these another place in {NamedDirectory.RootVariable}.");
        }
    }

    /// <summary>
    /// With the gate. Slot 0 is the doorkeeper's, that is, of the one who has the gate: the table lock needs an owner whose death can be proved before he has a slot of his own.
    /// Killed anywhere: the next doorkeeper gives slot 0 the next generation, which proves the earlier one dead; a slot that was reserved goes back with that proof, and one that was
    /// activated is that of a dead process.
    /// </summary>
    private static ParticipantId TakeSlot(SessionMemory memory, SessionDirectory files)
    {
        var keeper = memory.Participants;
        var processId = Environment.ProcessId;
        var startTime = ProcessIdentity.StartTimeOf(processId);
        Volatile.Write(ref keeper->Generation, keeper->Generation + 1);
        Thread.MemoryBarrier();
        keeper->ProcessId = processId;
        keeper->StartTime = startTime;
        Volatile.Write(ref keeper->State, (int)ParticipantState.Active);
        var members = new ParticipantTable(memory, new ParticipantId(0, keeper->Generation));
        var segments = new SegmentTable(memory, members, files);
        try
        {
            segments.Enter();
            var taken = members.Reserve();
            if (taken is null)
            {
                for (var slot = 1; slot < ParticipantTable.Capacity; slot++)
                {
                    if (!members.IsAlive(new ParticipantId(slot, members[slot]->Generation)))
                    {
                        Volatile.Write(ref members[slot]->State, (int)ParticipantState.Dead);
                    }
                }

                taken = members.Reserve();
            }

            if (taken is { } own)
            {
                segments.ReleaseAll(own.Slot);
                members.Activate(own, processId, startTime);
            }

            segments.Exit();
            return taken
                ?? throw new InvalidOperationException($"{ParticipantTable.Capacity - 1} processes share objects by name already, which is the most there can be. Wait for some to end.");
        }
        finally
        {
            Volatile.Write(ref keeper->State, (int)ParticipantState.Free);
            GC.KeepAlive(memory);
        }
    }

    /// <summary>What the gone had goes, and who waits for them is told; nobody else may have seen it.</summary>
    private void MarkGone()
    {
        for (var slot = 1; slot < ParticipantTable.Capacity; slot++)
        {
            MarkIfGone(slot);
        }
    }

    private void MarkIfGone(int slot)
    {
        if ((ParticipantState)Volatile.Read(ref Members[slot]->State) is ParticipantState.Active or ParticipantState.Left)
        {
            _ = IsGone(new ParticipantId(slot, Members[slot]->Generation));
        }
    }

    /// <summary>Under the name lock: the segment of that name which somebody living has, or which is on its way to somebody.</summary>
    private SegmentId? Find(string name, out NamePage page)
    {
        var hash = ObjectName.HashOf(name);
        for (var index = 1; index < Volatile.Read(ref _memory.Header->SegmentsUsed); index++)
        {
            var entry = Segments[index];
            if (entry->State != (int)SegmentState.Live || entry->NameHash != hash)
            {
                continue;
            }

            var id = new SegmentId(index, entry->Generation);
            for (var word = 0; word < ParticipantTable.Capacity / 64; word++)
            {
                for (var bits = Volatile.Read(ref entry->Holders[word]); bits != 0; bits &= bits - 1)
                {
                    MarkIfGone((word * 64) + BitOperations.TrailingZeroCount(bits));
                }
            }

            if (Segments.IsCurrent(id) && Segments.Open(id, hold: false) is { } segment)
            {
                // Without its magic it was given up half made.
                var whole = Volatile.Read(ref segment.Header->Magic) == SegmentHeader.ExpectedMagic;
                page = NamePage.Read(segment);
                segment.Unmap();
                if (whole && page.Name == name)
                {
                    return id;
                }
            }
        }

        page = default;
        return null;
    }
}
