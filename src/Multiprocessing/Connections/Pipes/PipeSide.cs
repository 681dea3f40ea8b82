using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// One end of a pipe as this process knows it. The holders of its segment are the holders of the end: its creator until it has passed the end on,
/// each process that received it, and each process that has used its copy. When the last one has released it or has died, and no handle of it is in
/// flight, the segment is freed: the end is closed, for ever, and the other end reads that from the table of segments.
/// <para>
/// What a kill leaves. As holder: the hold is released with the process's others when its death is reported. As receiver of a handle, between its
/// hold and the release of the sender's: the end stays in flight, as every handle that was lost with a message, until the session ends. As receiver
/// of the body of a child: the parent releases its hold when the child has read the body or has exited, so nothing depends on the child.
/// </para>
/// </summary>
internal sealed unsafe class PipeSide : SharedObject
{
    private readonly Lock _gate = new();
    private SegmentId _peer;
    private Segment? _peerSegment;
    private volatile bool _isUsed;

    // Both under the gate: bodies of children that contain this end, and whether this process gives up its hold when the last of them was read.
    private int _bodies;
    private bool _leaves;

    private PipeSide(Session session, Segment segment, QueueCore? incoming, QueueCore? outgoing)
        : base(session, segment)
    {
        Incoming = incoming;
        Outgoing = outgoing;
        var self = session.Self;
        Volatile.Write(ref *(long*)Row(segment, self.Slot), (uint)self.Generation);
    }

    /// <summary>Gets the queue that this end receives from; null for the sending end of a one-way pipe. This object has a reference to it.</summary>
    public QueueCore? Incoming { get; }

    /// <summary>Gets the queue that this end sends to; null for the receiving end of a one-way pipe. This object has a reference to it.</summary>
    public QueueCore? Outgoing { get; }

    /// <summary>Gets any of the two, for what they have in common.</summary>
    public QueueCore AnyQueue => Incoming ?? Outgoing!;

    public SegmentId Peer => _peer;

    /// <summary>Gets whether this process has used its copy: it stays a holder until it releases it.</summary>
    public bool IsUsed => _isUsed;

    /// <summary>
    /// Gets whether the other end is closed. Acquire: messages that were sent before are in the queue; read it before a try to receive.
    /// </summary>
    public bool IsPeerClosed => !Session.Segments.IsCurrent(_peer);

    /// <summary>Creates both ends of a pipe. The caller has one reference to each.</summary>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory.</exception>
    public static (PipeSide First, PipeSide Second) CreatePair(Session session, ProcessQueueOptions options, bool isDuplex)
    {
        var toFirst = QueueCore.Create(session, options, rawSize: 0);
        QueueCore? toSecond = null;
        PipeSide? first = null;
        PipeSide? second = null;
        try
        {
            toSecond = isDuplex ? QueueCore.Create(session, options, rawSize: 0) : null;
            first = Create(session, toFirst, toSecond);
            second = CreateOther(session, toSecond, toFirst);
            first.NamePeer(second.Segment.Id);
            second.NamePeer(first.Segment.Id);
            return (first, second);
        }
        catch
        {
            if (second is not null)
            {
                session.Objects.Release(second); // with its references to the queues
            }

            if (first is not null)
            {
                session.Objects.Release(first); // with the references that were created with the queues
            }
            else
            {
                ReleaseQueue(toFirst);
                ReleaseQueue(toSecond);
            }

            throw;
        }
    }

    /// <summary>Returns the end whose handle arrived in this process, which is a holder afterwards. The caller has one reference to it.</summary>
    /// <returns>Null if the end was closed.</returns>
    public static PipeSide? Open(Session session, in PipeSideIds ids)
    {
        var (id, peer, incoming, outgoing) = ids;
        var end = session.Objects.Open(id, segment =>
        {
            if (segment.Header->Kind != (int)SegmentKind.PipeSide)
            {
                throw new InvalidDataException($"Segment {id.Index}-{id.Generation} is no end of a pipe.");
            }

            var toThis = OpenQueue(session, incoming);
            QueueCore? toPeer = null;
            try
            {
                toPeer = OpenQueue(session, outgoing);
                return new PipeSide(session, segment, toThis, toPeer);
            }
            catch
            {
                ReleaseQueue(toThis);
                ReleaseQueue(toPeer);
                throw;
            }
        });
        try
        {
            end?.NamePeer(peer);
            return end;
        }
        catch
        {
            session.Objects.Release(end!);
            throw;
        }
    }

    /// <summary>
    /// This process uses the end: it stays a holder until it releases it, or becomes one again if it has passed it on. Called before the first use.
    /// </summary>
    /// <exception cref="ConnectionClosedException">This process has passed the end on, and the last process that held it has ended.</exception>
    public void Use()
    {
        if (!HoldAgain(PipeSideRow.Used))
        {
            throw Gone();
        }

        _isUsed = true;
    }

    /// <summary>This process received a handle of the end: it is a holder, also if it has passed the end on before.</summary>
    public void Arrive() => HoldAgain(0);

    /// <summary>
    /// The sender of the handle that has arrived here is no holder any more, unless it uses its copy. This process is one already.
    /// </summary>
    public void ReleaseSender(ParticipantId sender)
    {
        if (sender.Slot != Session.Self.Slot)
        {
            Session.Segments.ReleaseMarked(
                Segment.Id, sender, &Row(Segment, sender.Slot)->State, unless: PipeSideRow.Used, PipeSideRow.PassedOn);
        }
    }

    /// <summary>Adds a reference for the body of a child. Until the child has read the body, this process is a holder.</summary>
    /// <exception cref="ConnectionClosedException">
    /// This process has passed the end on before, and the last process that held it has ended.
    /// </exception>
    public ITravellingReference KeepEndForBody()
    {
        lock (_gate)
        {
            var kept = Session.Objects.KeepForBody(this);
            try
            {
                var wasHolder = Session.Segments.IsHeldBy(Segment.Id, Session.Self.Slot);
                if (!HoldAgain(0))
                {
                    throw Gone();
                }

                _bodies++;
                _leaves |= !wasHolder;
                return new KeptEnd(this, kept);
            }
            catch
            {
                kept.Cancel();
                throw;
            }
        }
    }

    /// <summary>Returns the error of a call at the end of the stream: how the process ended that held the other end last.</summary>
    public PipeSideFate FindFateOfPeer()
    {
        var fate = _peerSegment is null ? default : PipeSideFate.Find(Session, _peerSegment);
        GC.KeepAlive(this);
        return fate;
    }

    /// <summary>No process receives what this end has sent: handles in those messages are released.</summary>
    public void DropUnread()
    {
        if (Outgoing is { Count: > 0 } queue)
        {
            queue.DropUnreadItems();
        }
    }

    /// <summary>Wakes all waiters at both queues, in all processes: the holders of an end have changed.</summary>
    public void WakeBoth()
    {
        Incoming?.WakeAll();
        Outgoing?.WakeAll();
    }

    /// <summary>
    /// The hold is released here and not by the registry, so that the waiters which are woken then see it. Killed between the two: they check after
    /// their slice, or when the death is reported.
    /// </summary>
    internal override void Detach()
    {
        var self = Session.Self;
        Session.Segments.ReleaseMarked(
            Segment.Id, self, &Row(Segment, self.Slot)->State, unless: 0, PipeSideRow.Released, lastMark: PipeSideRow.Closed);
        KillPoints.Pass(KillPoint.EndReleased);
        try
        {
            if (IsClosedHere && Incoming is { Count: > 0 })
            {
                // No process can receive them any more. The other end does the same if this process is killed before it.
                Incoming.DropUnreadItems();
            }
        }
        finally
        {
            WakeBoth();
            ReleaseQueue(Incoming);
            ReleaseQueue(Outgoing);
        }
    }

    /// <summary>The references to the queues are passed on to the end. If this throws, the caller still has them.</summary>
    private static PipeSide Create(Session session, QueueCore? incoming, QueueCore? outgoing) =>
        session.Objects.Create(SegmentKind.PipeSide, PipeSideLayout.SegmentBytes, segment =>
        {
            var header = segment.Header;
            header->LayoutVersion = SegmentHeader.ExpectedVersion;
            header->Kind = (int)SegmentKind.PipeSide;
            Volatile.Write(ref header->Magic, SegmentHeader.ExpectedMagic);
            return new PipeSide(session, segment, incoming, outgoing);
        });

    /// <summary>Creates the end with references of its own to the queues of the first one.</summary>
    private static PipeSide CreateOther(Session session, QueueCore? incoming, QueueCore? outgoing)
    {
        QueueCore? toThis = null;
        QueueCore? toPeer = null;
        try
        {
            toThis = Reference(incoming);
            toPeer = Reference(outgoing);
            return Create(session, toThis, toPeer);
        }
        catch
        {
            ReleaseQueue(toThis);
            ReleaseQueue(toPeer);
            throw;
        }
    }

    private static QueueCore? Reference(QueueCore? queue) => queue is null ? null : OpenQueue(queue.Session, queue.Segment.Id);

    private static QueueCore? OpenQueue(Session session, SegmentId id) => id.IsNone
        ? null
        : QueueCore.Open(session, id) ?? throw new InvalidOperationException("The pipe does not exist any more: its session has ended.");

    private static void ReleaseQueue(QueueCore? queue) => queue?.Session.Objects.Release(queue);

    private static PipeSideRow* Row(Segment segment, int slot) => (PipeSideRow*)(segment.Base + PipeSideLayout.RowsOffset) + slot;

    private bool HoldAgain(int set)
    {
        var isHeld = Session.Segments.HoldAgain(
            Segment.Id, &Row(Segment, Session.Self.Slot)->State, set, PipeSideRow.PassedOn | PipeSideRow.Released | PipeSideRow.Closed);
        GC.KeepAlive(this);
        return isHeld;
    }

    /// <summary>The other end's segment is mapped, not held: its rows are readable after it was freed.</summary>
    private void NamePeer(SegmentId peer)
    {
        lock (_gate)
        {
            if (_peer == peer)
            {
                return;
            }

            _peerSegment = Session.Segments.Open(peer, hold: false);
            _peer = peer;
            Incoming?.NameSides(writers: peer, readers: Segment.Id);
            Outgoing?.NameSides(writers: Segment.Id, readers: peer);
        }
    }

    private void EndBody(KeptObject kept, bool wasRead)
    {
        lock (_gate)
        {
            Debug.Assert(_bodies > 0, "A reference of a body ends once.");
            _leaves |= wasRead;
            if (--_bodies == 0 && _leaves)
            {
                _leaves = false;
                Session.Segments.ReleaseMarked(
                    Segment.Id, Session.Self, &Row(Segment, Session.Self.Slot)->State, unless: PipeSideRow.Used, PipeSideRow.PassedOn);
            }
        }

        if (IsClosedHere)
        {
            WakeBoth();
        }

        kept.Cancel();
    }

    private bool IsClosedHere => !Session.Segments.IsCurrent(Segment.Id);

    private ConnectionClosedException Gone() => PipeSideFate.Find(Session, Segment).ToError(
        $"{AnyQueue.Described} is closed: this process has passed its end on, and the process that had it then",
        "Create a new pipe for the next process.");

    private sealed class KeptEnd(PipeSide end, KeptObject kept) : ITravellingReference
    {
        public void Cancel() => end.EndBody(kept, wasRead: false);

        public void EndPassedOn() => end.EndBody(kept, wasRead: true);
    }
}

/// <summary>The segments of an end of a pipe, as its handle names them.</summary>
/// <param name="End">The end.</param>
/// <param name="Peer">The other end.</param>
/// <param name="Incoming">The queue that it receives from, or none.</param>
/// <param name="Outgoing">The queue that it sends to, or none.</param>
internal readonly record struct PipeSideIds(SegmentId End, SegmentId Peer, SegmentId Incoming, SegmentId Outgoing);
