using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The shared state of one tree of processes: a private directory of segment files, the table of participants, and the table of segments.</summary>
internal sealed unsafe partial class Session
{
    private static readonly Lock CurrentGate = new();
    private static Session? _current;

    // A session that nobody refers to any more must not be finalized together with its objects: their finalizers need its memory to let go of what they hold.
    private static readonly List<Session> Joined = [];

    private readonly SessionDirectory _directory;
    private readonly SessionMemory _memory;
    private int _left;

    // The participant that started this process and without which it does not stay; -1 where there is none.
    private int _parentSlot = -1;

    private Session(SessionDirectory directory, SessionMemory memory, ParticipantId self)
    {
        _directory = directory;
        _memory = memory;
        Members = new ParticipantTable(memory, self);
        Segments = new SegmentTable(memory, Members, directory);
        Doorbells = new Doorbells(this);
        lock (Joined)
        {
            Joined.Add(this);
        }
    }

    /// <summary>The session of this process: joined in a child, created on first use in a root.</summary>
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

                    // Normal ends of the root that call nothing of ours; Leave does its work once.
                    LastResort.OnProcessExit(session.LeaveAtExit);
                    Volatile.Write(ref _current, session);
                }

                return _current;
            }
        }
    }

    /// <summary>Raised once, before this process gives up what it holds: whoever depends on the session ends first.</summary>
    public event Action? Leaving;

    /// <summary>Whether <see cref="Current"/> exists already.</summary>
    public static bool IsStarted => Volatile.Read(ref _current) is not null;

    public string Directory => _directory.Primary;

    public ParticipantId Self => Members.Self;

    /// <summary>This process made the session and removes it.</summary>
    public bool IsRoot { get; private init; }

    /// <summary>The root process runs, and is not on its way out.</summary>
    public bool RootIsAlive => ProcessIdentity.IsStaying(_memory.Header->RootProcessId, _memory.Header->RootStartTime);

    public bool HasLeft => Volatile.Read(ref _left) != 0;

    /// <summary>How many participants were marked dead so far.</summary>
    public int Deaths => Volatile.Read(ref _memory.Header->Deaths);

    internal ParticipantTable Members { get; }

    internal SegmentTable Segments { get; }

    internal Doorbells Doorbells { get; }

    internal SessionMemory Memory => _memory;

    internal SessionDirectory Files => _directory;

    /// <summary>Called once in a child, before anything else of the library.</summary>
    /// <exception cref="InvalidOperationException">This process has a session already, or there is no such session or slot.</exception>
    public static Session Join(string directory, ParticipantId self)
    {
        lock (CurrentGate)
        {
            if (_current is not null)
            {
                throw new InvalidOperationException($"This process takes part in the session '{_current.Directory}' already.");
            }

            var session = Attach(directory, self);
            session._parentSlot = OwnerLock.OwnerOf(Volatile.Read(ref session.Members[self.Slot]->Reserver)).Slot;
            LastResort.OnProcessExit(session.LeaveAtExit);
            Volatile.Write(ref _current, session);
            return session;
        }
    }

    /// <summary>Makes a session with this process as its root, apart from <see cref="Current"/>.</summary>
    /// <param name="root">Where its directory goes if it can; elsewhere the temp directory.</param>
    internal static Session CreateRoot(string? root = null)
    {
        SessionSweep.Run();
        var processId = Environment.ProcessId;
        var startTime = ProcessIdentity.StartTimeOf(processId);
        SessionMemory? memory = null;
        var directory = SessionDirectory.CreateNew(root ?? SessionDirectory.SharedRoot, draft =>
        {
            // The root takes slot 0; there is nobody yet to lock out.
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

    /// <summary>Joins without becoming <see cref="Current"/>: a process may take part in several sessions.</summary>
    internal static Session Attach(string directory, ParticipantId self)
    {
        var files = SessionDirectory.Open(directory);
        var memory = SessionMemory.Open(Path.Combine(files.Primary, SessionDirectory.SessionFile));
        var session = new Session(files, memory, self);
        var slot = memory.Participants + self.Slot;
        if (!session.Members.IsCurrent(self) || (ParticipantState)Volatile.Read(ref slot->State) is not (ParticipantState.Reserved or ParticipantState.Active))
        {
            throw new InvalidOperationException($"Slot {self.Slot} (generation {self.Generation}) of the session '{directory}' is not waiting for this process: its parent gave it up.");
        }

        // Its parent writes the same when it knows the pid; whoever comes first, both write the same values.
        session.Members.Activate(self, Environment.ProcessId, ProcessIdentity.StartTimeOf(Environment.ProcessId));
        return session;
    }

    /// <summary>
    /// The normal way out of this process: gives up its holds; the root removes the directory. What is mapped stays usable. Idempotent. Never throws: what fails, because another
    /// process is stopped in a lock for example, is logged, and is left to those who clean up after a process that was killed.
    /// </summary>
    public void Leave()
    {
        if (Interlocked.Exchange(ref _left, 1) != 0)
        {
            return;
        }

        Attempt(() => Leaving?.Invoke());

        // Before the holds go: the queues' rows say who let go of them.
        Attempt(DetachAll);
        KillPoints.Pass(KillPoint.LeaveDetached);
        Attempt(ReleaseHolds);
        Attempt(Doorbells.Stop);
        Attempt(() =>
        {
            if (_names is not null)
            {
                _names.Leave();
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
        var slot = Members[Self.Slot];
        Interlocked.CompareExchange(ref slot->State, (int)ParticipantState.Left, (int)ParticipantState.Active);
        KillPoints.Pass(KillPoint.LeaveMarked);
        Segments.Exit();
    }

    private void LeaveAtExit()
    {
        Leave();
        ProcessEnding.Begin();
    }

    /// <exception cref="InvalidOperationException">This process has left the session: it is ending, or the session was a second one that was left alone.</exception>
    private void ThrowIfLeft()
    {
        if (HasLeft)
        {
            throw ReferenceEquals(this, _current) || ReferenceEquals(this, _named) ? ProcessEnding.Error() : new ObjectDisposedException(GetType().FullName);
        }
    }

    /// <summary>Called by a descendant that sees that the root is gone: kills every other participant, then removes the directory. Idempotent, safe in several processes at once.</summary>
    public void Destroy()
    {
        if (RootIsAlive)
        {
            return;
        }

        // One of us gets the dead root's lock, kills the others and cleans up. The lock goes with the root's last descriptor, which may be closed after
        // the socket whose end brought us here: so ask again until it is done.
        // A killed root exits within milliseconds, longer only behind a device that does not answer; then the next start cleans up.
        var deadline = Deadline.After(WaitTimings.Leaving);
        while (!SessionSweep.Reap(Directory) && System.IO.Directory.Exists(Directory) && !deadline.HasPassed)
        {
            Thread.Sleep(1);
        }
    }
}
