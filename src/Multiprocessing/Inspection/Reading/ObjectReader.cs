using System.Globalization;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>Reads the queues and the synchronization objects of a session out of the files of their segments. Not thread-safe.</summary>
internal sealed unsafe class ObjectReader
{
    /// <summary>More objects than a person looks at; the others are counted.</summary>
    private const int MaxObjects = 4096;

    private const int MaxTries = 4;

    private readonly byte[] _page = GC.AllocateUninitializedArray<byte>(SyncFrame.Size, pinned: true);

    public List<QueueSnapshot> Queues { get; } = [];

    public List<LockSnapshot> Locks { get; } = [];

    public long Bytes { get; private set; }

    public int Omitted { get; private set; }

    private byte* Page => (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_page, 0);

    public void Read(SessionView view, Sleepers sleepers)
    {
        Queues.Clear();
        Locks.Clear();
        Bytes = 0;
        Omitted = 0;
        for (var index = 1; index < view.SegmentCount; index++)
        {
            var entry = view.Segment(index);
            if (entry->State != (int)SegmentState.Live)
            {
                continue;
            }

            Bytes += entry->Bytes;
            var kind = (SegmentKind)entry->Kind;
            if (!IsShown(kind))
            {
                continue;
            }

            if (Queues.Count + Locks.Count >= MaxObjects)
            {
                Omitted++;
            }
            else if (kind == SegmentKind.Queue)
            {
                ReadQueue(view, index, sleepers);
            }
            else
            {
                ReadSync(view, index, kind, sleepers);
            }
        }
    }

    private static bool IsShown(SegmentKind kind) => kind is SegmentKind.Queue or SegmentKind.Lock or SegmentKind.Semaphore or SegmentKind.Event
        or SegmentKind.Condition or SegmentKind.Barrier or SegmentKind.ReaderWriterLock or SegmentKind.Array or SegmentKind.Memory;

    private static LockKind KindOf(SegmentKind kind) => kind switch
    {
        SegmentKind.Lock => LockKind.Lock,
        SegmentKind.Semaphore => LockKind.Semaphore,
        SegmentKind.Event => LockKind.Event,
        SegmentKind.Condition => LockKind.Condition,
        SegmentKind.Barrier => LockKind.Barrier,
        SegmentKind.ReaderWriterLock => LockKind.ReaderWriterLock,
        _ => LockKind.SharedMemory,
    };

    private static string IdOf(SessionView view, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{index}-{view.Segment(index)->Generation}");

    private static List<int> HoldersOf(SessionView view, int index)
    {
        var holders = new List<int>();
        for (var slot = 0; slot < ParticipantTable.Capacity; slot++)
        {
            if (view.Segment(index)->IsHeldBy(slot))
            {
                holders.Add(view.Participant(slot)->ProcessId);
            }
        }

        return holders;
    }

    /// <summary>
    /// Reads until neither side has committed twice meanwhile: a commit fills the copy that is not current, so one commit leaves the copy that was
    /// current when the reading began.
    /// </summary>
    private void ReadQueue(SessionView view, int index, Sleepers sleepers)
    {
        var control = (QueueControl*)Page;
        for (var attempt = 1; ; attempt++)
        {
            if (view.ReadSegment(index, _page) < sizeof(QueueControl) || control->Header.Magic != SegmentHeader.ExpectedMagic)
            {
                return;
            }

            var (put, got) = (control->PutSequence, control->GotSequence);
            var state = (Put: (put & 1) == 0 ? control->Put0 : control->Put1, Got: (got & 1) == 0 ? control->Got0 : control->Got1);
            if (attempt == MaxTries || (view.ReadSegment(index, _page) >= sizeof(QueueControl)
                && control->PutSequence - put < 2 && control->GotSequence - got < 2))
            {
                Add(view, index, control, state.Put, state.Got, sleepers);
                return;
            }
        }
    }

    private void Add(SessionView view, int index, QueueControl* control, PutState put, GotState got, Sleepers sleepers)
    {
        var name = new ReadOnlySpan<char>(control->Name, QueueControl.MaxName);
        name = name.IndexOf('\0') is >= 0 and var end ? name[..end] : name;
        Queues.Add(new QueueSnapshot
        {
            Id = IdOf(view, index),
            Name = name.IsEmpty ? null : name.ToString(),
            Capacity = control->Capacity == long.MaxValue ? null : control->Capacity,
            Count = Math.Max(0, put.Items - got.Items),
            Bytes = Math.Max(0, put.Head - got.Tail),
            PutCount = put.Items,
            GetCount = got.Items,
            WaitingGetters = sleepers.At(view, index, SleepPlace.Main, control->Data).Count,
            WaitingPutters = sleepers.At(view, index, SleepPlace.Space, control->Space).Count,
            IsCompletionRequested = control->Completed != 0,
            HolderProcessIds = HoldersOf(view, index),
        });
    }

    private void ReadSync(SessionView view, int index, SegmentKind kind, Sleepers sleepers)
    {
        var frame = (SyncFrame*)Page;
        if (view.ReadSegment(index, _page) < SyncFrame.StateOffset + (5 * WaitPoint.Size) || frame->Header.Magic != SegmentHeader.ExpectedMagic)
        {
            return;
        }

        var shown = KindOf(kind);
        var owner = shown switch
        {
            LockKind.Lock or LockKind.SharedMemory => view.OwnerOf(frame->Lock),
            LockKind.ReaderWriterLock => view.OwnerOf(frame->ReaderWriter.Writer),
            _ => null,
        };
        var waiting = sleepers.At(view, index, SleepPlace.Main, frame->Point);
        if (shown == LockKind.SharedMemory && owner is null && waiting.Count == 0)
        {
            return; // plain memory, whose lock is of no interest
        }

        if (shown == LockKind.ReaderWriterLock)
        {
            waiting =
            [
                .. waiting, .. Sleepers.AsyncAt(view, frame->WriterPoint), .. Sleepers.AsyncAt(view, frame->UpgraderPoint),
            ];
        }

        Locks.Add(new LockSnapshot
        {
            Id = IdOf(view, index),
            Kind = shown,
            Name = null,
            OwnerProcessId = owner,
            WaitingProcessIds = waiting,
            Count = shown switch
            {
                LockKind.Semaphore => frame->Semaphore.Count,
                LockKind.ReaderWriterLock => frame->ReaderWriter.Readers,
                LockKind.Barrier => frame->Barrier.Arrived,
                LockKind.Event => frame->Event.Word & 1,
                _ => null,
            },
            ContentionCount = shown == LockKind.Lock ? frame->Contentions : 0,
            AbandonmentCount = shown == LockKind.Lock ? frame->TakeOvers : 0,
            HolderProcessIds = HoldersOf(view, index),
        });
    }
}
