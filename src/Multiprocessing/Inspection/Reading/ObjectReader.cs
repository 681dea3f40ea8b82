using System.Globalization;
using System.Numerics;
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

    /// <summary>Reads the objects of the program's own session.</summary>
    public void Read(SessionView view, Sleepers sleepers)
    {
        Queues.Clear();
        Locks.Clear();
        Bytes = 0;
        Omitted = 0;
        for (var index = 1; index < view.SegmentCount; index++)
        {
            var entry = view.Segment(index);
            if (entry->State == (int)SegmentState.Live)
            {
                Bytes += entry->Bytes;
                ReadOne(view, index, sleepers, null);
            }
        }
    }

    /// <summary>Adds the objects with a name that a process of the program holds; other programs may hold them, too.</summary>
    /// <param name="view">The session in which programs meet.</param>
    /// <param name="sleepers">Those of that session.</param>
    /// <param name="members">The pids of the program's processes.</param>
    public void AddNamed(SessionView view, Sleepers sleepers, IReadOnlySet<int> members)
    {
        for (var index = 1; index < view.SegmentCount; index++)
        {
            var entry = view.Segment(index);
            if (entry->State == (int)SegmentState.Live && entry->NameHash != 0 && HoldersOf(view, index).Exists(members.Contains)
                && NameOf(view, index) is { } name)
            {
                ReadOne(view, index, sleepers, name);
            }
        }
    }

    private void ReadOne(SessionView view, int index, Sleepers sleepers, string? name)
    {
        var kind = (SegmentKind)view.Segment(index)->Kind;
        if (!IsShown(kind))
        {
            return;
        }

        if (Queues.Count + Locks.Count >= MaxObjects)
        {
            Omitted++;
        }
        else if (kind == SegmentKind.Queue)
        {
            ReadQueue(view, index, sleepers, name);
        }
        else
        {
            ReadSync(view, index, kind, sleepers, name);
        }
    }

    /// <summary>Reads the name in the segment's last page; null if the segment was freed meanwhile.</summary>
    private string? NameOf(SessionView view, int index) =>
        view.Segment(index)->Bytes - NamePage.Size is > 0 and var at && view.ReadSegment(index, _page, at) == NamePage.Size
            ? ObjectName.Shown(NamePage.NameIn(Page))
            : null;

    private static string? TextOf(char* characters, int max)
    {
        var text = new ReadOnlySpan<char>(characters, max);
        text = text.IndexOf('\0') is >= 0 and var end ? text[..end] : text;
        return text.IsEmpty ? null : text.ToString();
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

    private static string IdOf(SessionView view, int index, string? name) =>
        string.Create(CultureInfo.InvariantCulture, $"{(name is null ? "" : "n")}{index}-{view.Segment(index)->Generation}");

    private static List<int> HoldersOf(SessionView view, int index)
    {
        var holders = new List<int>();
        for (var word = 0; word < ParticipantTable.Capacity / 64; word++)
        {
            for (var bits = view.Segment(index)->Holders[word]; bits != 0; bits &= bits - 1)
            {
                holders.Add(view.Participant((word * 64) + BitOperations.TrailingZeroCount(bits))->ProcessId);
            }
        }

        return holders;
    }

    /// <summary>
    /// Reads until neither side has committed twice meanwhile: a commit fills the copy that is not current, so one commit leaves the copy that was
    /// current when the reading began.
    /// </summary>
    private void ReadQueue(SessionView view, int index, Sleepers sleepers, string? name)
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
                Add(view, index, control, state.Put, state.Got, sleepers, name);
                return;
            }
        }
    }

    private void Add(SessionView view, int index, QueueControl* control, PutState put, GotState got, Sleepers sleepers, string? name)
    {
        Queues.Add(new QueueSnapshot
        {
            Id = IdOf(view, index, name),
            Name = name ?? TextOf(control->Name, QueueControl.MaxName),
            ItemType = TextOf(control->ItemType, QueueControl.MaxItemType),
            Capacity = control->Capacity == long.MaxValue ? null : control->Capacity,
            Count = Math.Max(0, put.Items - got.Items),
            Bytes = Math.Max(0, put.Head - got.Tail),
            PutCount = put.Items,
            GetCount = got.Items,
            WaitingGetters = sleepers.At(view, index, SleepPlace.Main, control->Data).Count,
            WaitingPutters = sleepers.At(view, index, SleepPlace.Space, control->Space).Count,
            GetWaitCount = control->GetWaits,
            PutWaitCount = control->PutWaits,
            IsCompletionRequested = control->Completed != 0,
            HolderProcessIds = HoldersOf(view, index),
        });
    }

    private void ReadSync(SessionView view, int index, SegmentKind kind, Sleepers sleepers, string? name)
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
            Id = IdOf(view, index, name),
            Kind = shown,
            Name = name,
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
            ContentionCount = frame->Contentions,
            AbandonmentCount = shown == LockKind.Lock ? frame->TakeOvers : 0,
            HolderProcessIds = HoldersOf(view, index),
        });
    }
}
