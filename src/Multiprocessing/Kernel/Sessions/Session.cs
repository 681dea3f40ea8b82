using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The lifetime of a session as this process sees it: create or join, be the current one, leave. A session is the shared state of one tree of
/// processes; its parts are the participants, the segments with the objects in them, and the directory with their files. The parts do not know this
/// class.
/// </summary>
internal sealed unsafe class Session
{
    private static readonly Lock CurrentGate = new();
    private static Session? _current;

    // An unreachable session must not be finalized together with its objects: their finalizers need its memory to release what they hold.
    private static readonly List<Session> Joined = [];

    private readonly SessionDirectory _directory;
    private readonly SessionMemory _memory;
    private readonly Participation _participation = new();

    /// <param name="directory">The files.</param>
    /// <param name="memory">The mapped session file.</param>
    /// <param name="self">The slot of this process.</param>
    /// <param name="names">The directory in which programs meet by name; null for the session of a tree of processes.</param>
    internal Session(SessionDirectory directory, SessionMemory memory, ParticipantId self, NamedDirectory? names = null)
    {
        _directory = directory;
        _memory = memory;
        Participants = new ParticipantTable(memory, self);
        Segments = new SegmentTable(memory, Participants, directory);
        Objects = new ObjectRegistry(Participants, Segments, _participation);
        Liveness = new Liveness(memory, Participants, Segments, Objects, _participation, hasParents: names is null)
        {
            PublisherDied = dead => StatusFile.Delete(directory.Primary, dead),
        };
        Doorbells = new Doorbells(Participants, Liveness);
        Names = names is null ? null : new NameRegistry(memory, Participants, Segments, Liveness, Objects, _participation, names);
        lock (Joined)
        {
            Joined.Add(this);
        }
    }

    /// <summary>Gets the session of this process. A child has joined it; a root creates it on first use.</summary>
    public static Session Current
    {
        get
        {
            if (Volatile.Read(ref _current) is { } current)
            {
                return current;
            }

            lock (CurrentGate)
            {
                if (_current is null)
                {
                    if (ProcessEnding.HasBegun)
                    {
                        throw ProcessEnding.Error();
                    }

                    var session = CreateRoot();
                    session.KeepUntilExit();
                    Volatile.Write(ref _current, session);
                    TelemetryStart.Begin();
                }

                return _current;
            }
        }
    }

    /// <summary>Raised once, before this process releases what it holds. Whatever depends on the session ends in its handlers.</summary>
    public event Action? Leaving;

    /// <summary>Gets whether <see cref="Current"/> exists.</summary>
    public static bool IsStarted => Volatile.Read(ref _current) is not null;

    public string Directory => _directory.Primary;

    public ParticipantId Self => Participants.Self;

    /// <summary>Gets whether this process created the session and removes it.</summary>
    public bool IsRoot { get; private init; }

    /// <summary>Gets whether programs meet in this session by name.</summary>
    public bool IsNamed => Names is not null;

    /// <summary>Gets whether the root process runs and has not begun to exit.</summary>
    public bool RootIsAlive => ProcessIdentity.IsStaying(_memory.Header->RootProcessId, _memory.Header->RootStartTime);

    public bool HasLeft => _participation.HasEnded;

    internal ParticipantTable Participants { get; }

    internal SegmentTable Segments { get; }

    internal ObjectRegistry Objects { get; }

    internal Liveness Liveness { get; }

    internal Doorbells Doorbells { get; }

    /// <summary>Gets the names; null in the session of a tree of processes.</summary>
    internal NameRegistry? Names { get; }

    internal SessionMemory Memory => _memory;

    internal SessionDirectory Files => _directory;

    /// <summary>Joins the session of this process's parent. Called once in a child, before anything else of the library.</summary>
    /// <exception cref="InvalidOperationException">This process already has a session, or there is no such session or slot.</exception>
    public static Session Join(string directory, ParticipantId self)
    {
        lock (CurrentGate)
        {
            if (_current is not null)
            {
                throw new InvalidOperationException($"This process already participates in the session '{_current.Directory}'.");
            }

            var session = Attach(directory, self);
            session.Liveness.FindParent();
            session.KeepUntilExit();
            Volatile.Write(ref _current, session);
            return session;
        }
    }

    /// <summary>Creates a session with this process as its root, without becoming <see cref="Current"/>.</summary>
    /// <param name="root">The preferred directory for the session's directory; if it cannot be used, the temp directory.</param>
    internal static Session CreateRoot(string? root = null)
    {
        SessionSweep.Run();
        var processId = Environment.ProcessId;
        var startTime = ProcessIdentity.StartTimeOf(processId);
        SessionMemory? memory = null;
        var directory = SessionDirectory.CreateNew(root ?? SessionDirectory.SharedRoot, draft =>
        {
            // The root takes slot 0. No other process knows the session yet, so no lock is needed.
            memory = SessionMemory.Create(Path.Combine(draft, SessionDirectory.SessionFile), processId, startTime);
            var slot = memory.Participants;
            slot->Generation = 1;
            slot->ProcessId = processId;
            slot->StartTime = startTime;
            slot->State = (int)ParticipantState.Active;
            memory.Header->NextSlot = 1;
        });
        memory!.MoveTo(Path.Combine(directory.Primary, SessionDirectory.SessionFile));
        return new Session(directory, memory, new ParticipantId(0, 1)) { IsRoot = true };
    }

    /// <summary>Joins without becoming <see cref="Current"/>: a process may participate in several sessions.</summary>
    internal static Session Attach(string directory, ParticipantId self)
    {
        var files = SessionDirectory.Open(directory);
        var memory = SessionMemory.Open(Path.Combine(files.Primary, SessionDirectory.SessionFile));
        var session = new Session(files, memory, self);
        if (!session.Participants.IsCurrent(self)
            || session.Participants.StateOf(self.Slot) is not (ParticipantState.Reserved or ParticipantState.Active))
        {
            throw new InvalidOperationException($"Slot {self.Slot} (generation {self.Generation}) of the session '{directory}' is not reserved for "
                + "this process: its parent gave it up.");
        }

        // The parent writes the same values as soon as it knows the pid, before or after this.
        session.Participants.Activate(self, Environment.ProcessId, ProcessIdentity.StartTimeOf(Environment.ProcessId));
        return session;
    }

    /// <summary>Leaves the session when this process exits normally, and not before.</summary>
    internal void KeepUntilExit()
    {
        _participation.LastsUntilExit = true;
        LastResort.OnProcessExit(() =>
        {
            Leave();
            ProcessEnding.Begin();
        });
    }

    /// <summary>
    /// Leaves the session in good order: releases all holds, and the root removes the directory. What is mapped stays usable. Idempotent. Never
    /// throws: a failure, for example because another process is stopped inside a lock, is logged. What it leaves is cleaned up like that of a killed
    /// process.
    /// </summary>
    public void Leave()
    {
        if (!_participation.TryEnd())
        {
            return;
        }

        Attempt(() => Leaving?.Invoke());

        // Before the holds are released: the rows of the queues say which holders released them.
        Attempt(Objects.DetachAll);
        KillPoints.Pass(KillPoint.LeaveDetached);
        Attempt(ReleaseHolds);
        Attempt(Doorbells.Stop);
        Attempt(() =>
        {
            if (Names is not null)
            {
                Names.Directory.Leave();
            }
            else
            {
                _directory.Close(remove: IsRoot);
            }
        });

        lock (Joined)
        {
            Joined.Remove(this);
        }
    }

    /// <summary>
    /// Ends the session of a dead root: kills all other participants, then removes the directory. Called by a descendant that finds the root dead.
    /// Idempotent; safe in several processes at once.
    /// </summary>
    public void Destroy()
    {
        if (RootIsAlive)
        {
            return;
        }

        // One process gets the dead root's lock, kills the others and cleans up. The lock ends with the root's last descriptor, which may be closed
        // after the socket whose end brought this process here: so ask again until one has done it. A killed root exits within milliseconds. It takes
        // longer only if a device does not answer, and then the next session's sweep cleans up.
        var deadline = Deadline.After(WaitTimings.Leaving);
        while (!SessionSweep.Reap(Directory) && System.IO.Directory.Exists(Directory) && !deadline.HasPassed)
        {
            Thread.Sleep(1);
        }
    }

    private static void Attempt(Action step)
    {
        try
        {
            step();
        }
        catch (Exception exception)
        {
            MultiprocessingLogging.LeavingFailed(exception);
        }
    }

    private void ReleaseHolds()
    {
        Segments.Enter();
        Segments.ReleaseAll(Self.Slot);
        KillPoints.Pass(KillPoint.LeaveHoldsReleased);
        var slot = Participants[Self.Slot];
        Interlocked.CompareExchange(ref slot->State, (int)ParticipantState.Left, (int)ParticipantState.Active);
        KillPoints.Pass(KillPoint.LeaveMarked);
        Segments.Exit();
    }
}
