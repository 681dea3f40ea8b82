using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>A mode of a reader-writer lock.</summary>
internal enum ReaderWriterMode
{
    Read,
    Write,
    Upgradeable,
}

/// <summary>
/// A <see cref="ProcessReaderWriterLock"/> as this process sees it. Writer and upgrader are words that name their process; a row's word is the number
/// of waiting writers and readers of its participant: waiting writers:32 | readers:32. Which threads they are is known in their process only.
/// <para>
/// Killed as reader or waiting writer: the row is settled. Killed as writer: the word is settled too, and every entry is notified until a notified
/// writer has exited. Killed between two stores: the totals are computed from the rows again.
/// </para>
/// </summary>
internal sealed unsafe partial class ReaderWriterCore : GuardedCore
{
    private const int NoThread = 0;
    private const int OwnedByHold = -1;

    private readonly ReaderWriterState* _state;
    private readonly WaitPoint* _readers;
    private readonly WaitPoint* _writers;
    private readonly WaitPoint* _upgraders;
    private readonly AsyncWaiters _asyncReaders;
    private readonly AsyncWaiters _asyncWriters;
    private readonly Action _passOn;
    private readonly ThreadLocal<Holds> _holds = new(static () => new Holds());
    private SpinBudget _readSpin;
    private SpinBudget _writeSpin;
    private SpinBudget _upgradeSpin;
    private volatile bool _isDetached;

    // The writer of this process; written by it only, read by all threads: one that reads its own number wrote it.
    private int _writerThread;
    private EnterResult _writerEntered;

    public ReaderWriterCore(SharedObject host, SyncFrame* frame)
        : base(host, frame)
    {
        _state = &frame->ReaderWriter;
        _readers = &frame->Point;
        _writers = &frame->WriterPoint;
        _upgraders = &frame->UpgraderPoint;
        IsRecursive = frame->Option == (long)LockRecursionPolicy.SupportsRecursion;
        _passOn = Notify;
        _asyncReaders = new AsyncWaiters(host, _readers, () => MayGoOn(ReaderWriterMode.Read));
        _asyncWriters = new AsyncWaiters(host, _writers, () => MayGoOn(ReaderWriterMode.Write));
    }

    public bool IsRecursive { get; }

    public Holds Mine => _holds.Value!;

    public int CurrentReadCount
    {
        get
        {
            ReapIfReported();
            return Volatile.Read(ref _state->Readers);
        }
    }

    /// <summary>Gets whether a writer died inside and no notified writer has exited since.</summary>
    public EnterResult Abandonment => new(Volatile.Read(ref _state->AbandonedBy));

    public static SyncObject Create(Session session, LockRecursionPolicy policy) =>
        SyncObject.Create(session, SegmentKind.ReaderWriterLock, SyncFrame.BytesWithRows, frame =>
        {
            frame->Option = (long)policy;
            frame->Header.WaitPointCount = 3;
        });

    /// <summary>Enters for the calling thread, after the check of recursion.</summary>
    public bool Enter(
        ReaderWriterMode mode, ProcessSynchronizationObject handle, out EnterResult result, Deadline deadline, CancellationToken cancellationToken)
    {
        var holds = Mine;
        var attempt = new Attempt(this, mode, isUpgrade: mode is ReaderWriterMode.Write && holds.Upgrades > 0, isNested: holds.Any);
        if (!attempt.Try() && !EnterSlow(ref attempt, handle, deadline, cancellationToken))
        {
            result = default;
            return false;
        }

        result = Abandonment;
        Count(holds, mode, +1);
        if (mode is ReaderWriterMode.Write)
        {
            _writerThread = Environment.CurrentManagedThreadId;
            _writerEntered = result;
        }

        return true;
    }

    /// <summary>The last exit from the mode by the calling thread, or by a hold.</summary>
    public void Exit(ReaderWriterMode mode)
    {
        if (mode is ReaderWriterMode.Write)
        {
            // Before the word is cleared: afterwards these belong to the next writer.
            _writerThread = NoThread;
        }

        EnterGuard();
        if (_isDetached)
        {
            ExitGuard();
            throw new SynchronizationLockException(
                "The ProcessReaderWriterLock was disposed in this process while a thread was inside: it was released as if that thread had died.");
        }

        switch (mode)
        {
            case ReaderWriterMode.Read:
                Volatile.Write(ref OwnRow->Word, OwnRow->Word - 1);
                Volatile.Write(ref _state->Readers, _state->Readers - 1);
                break;
            case ReaderWriterMode.Write:
                if (_writerEntered.WasAbandoned)
                {
                    // A notified writer exits normally: the data is complete again.
                    _state->AbandonedBy = 0;
                    _writerEntered = default;
                }

                Volatile.Write(ref _state->Writer, 0);
                break;
            default:
                Volatile.Write(ref _state->Upgrader, 0);
                break;
        }

        Volatile.Write(ref _state->Version, _state->Version + 1);
        ExitGuard();
        Notify();
    }

    public bool IsWriter(int thread) => _writerThread == thread;

    /// <summary>Counts an entry or exit of the calling thread.</summary>
    public static int Count(Holds holds, ReaderWriterMode mode, int change) => mode switch
    {
        ReaderWriterMode.Read => holds.Reads += change,
        ReaderWriterMode.Write => holds.Writes += change,
        _ => holds.Upgrades += change,
    };

    internal override void ReleaseAsync()
    {
        _asyncReaders.ReleaseAll();
        _asyncWriters.ReleaseAll();
    }

    /// <summary>Threads of this process that are inside cannot exit any more: their part is released as if the process had died.</summary>
    internal override void Detach()
    {
        if (Session.HasLeft)
        {
            return;
        }

        _isDetached = true;
        if (!TryEnterGuard())
        {
            return;
        }

        Settle(Members.Self.Slot, fate: null);
        ExitGuard();
        NotifyAll();
    }

    /// <summary>No total is negative, and what this process has of them is a part of them.</summary>
    protected override void AssertInvariants()
    {
        base.AssertInvariants();
        Debug.Assert(_state->Readers >= 0 && _state->WaitingWriters >= 0, "More readers or waiting writers left than entered.");
        Debug.Assert(
            ReadersIn(OwnRow->Word) >= 0 && ReadersIn(OwnRow->Word) <= _state->Readers,
            "This process has more readers than all processes together.");
    }

    protected override bool Matters(SyncRow* row)
    {
        var slot = (int)(row - Row(0));
        return row->Word != 0
            || OwnerLock.OwnerOf(Volatile.Read(ref _state->Writer)).Slot == slot
            || OwnerLock.OwnerOf(Volatile.Read(ref _state->Upgrader)).Slot == slot;
    }

    protected override void Repair()
    {
        var (readers, writers) = (0, 0);
        for (var slot = 0; slot < ParticipantTable.Capacity; slot++)
        {
            readers += ReadersIn(Row(slot)->Word);
            writers += WritersIn(Row(slot)->Word);
        }

        Volatile.Write(ref _state->Readers, readers);
        Volatile.Write(ref _state->WaitingWriters, writers);
    }

    protected override void Settle(int slot, ParticipantExit? fate)
    {
        var row = Row(slot);
        if (OwnerLock.OwnerOf(_state->Writer).Slot == slot)
        {
            // First the mark that data may be incomplete, then the lock is free.
            Volatile.Write(ref _state->AbandonedBy, row->ProcessId > 0 ? row->ProcessId : -1);
            Volatile.Write(ref _state->Writer, 0);
        }

        if (OwnerLock.OwnerOf(_state->Upgrader).Slot == slot)
        {
            Volatile.Write(ref _state->Upgrader, 0);
        }

        Volatile.Write(ref row->Word, 0);
        Repair();
        Volatile.Write(ref _state->Version, _state->Version + 1);
    }

    protected override void NotifyAll()
    {
        WaitPoint.Notify(_readers, int.MaxValue, Session.Doorbells);
        WaitPoint.Notify(_writers, int.MaxValue, Session.Doorbells);
        WaitPoint.Notify(_upgraders, int.MaxValue, Session.Doorbells);
    }

    private static int ReadersIn(long word) => (int)word;

    private static int WritersIn(long word) => (int)(word >> 32);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool EnterSlow(ref Attempt attempt, ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken)
    {
        if (attempt.Mode is not ReaderWriterMode.Write)
        {
            return attempt.Mode is ReaderWriterMode.Read
                ? Wait(ref attempt, handle, _readers, &_state->Version, ref _readSpin, _passOn, deadline, cancellationToken)
                : Wait(ref attempt, handle, _upgraders, &_state->Version, ref _upgradeSpin, _passOn, deadline, cancellationToken);
        }

        var entered = false;
        AnnounceWriter(+1);
        try
        {
            var point = attempt.IsUpgrade ? _upgraders : _writers;
            entered = Wait(ref attempt, handle, point, &_state->Version, ref _writeSpin, _passOn, deadline, cancellationToken);
            return entered;
        }
        finally
        {
            AnnounceWriter(-1);
            if (!entered)
            {
                // Readers may have waited for this writer.
                Notify();
            }
        }
    }

    /// <summary>New readers wait while a writer waits, so that a stream of readers does not exclude it for ever.</summary>
    private void AnnounceWriter(int change)
    {
        EnterGuard();
        Volatile.Write(ref OwnRow->Word, OwnRow->Word + ((long)change << 32));
        Volatile.Write(ref _state->WaitingWriters, _state->WaitingWriters + change);
        Volatile.Write(ref _state->Version, _state->Version + 1);
        ExitGuard();
    }

    private AsyncWaiters AsyncWaitersOf(ReaderWriterMode mode) => mode is ReaderWriterMode.Read ? _asyncReaders : _asyncWriters;

    private bool TryEnter(ReaderWriterMode mode, bool isUpgrade, bool isNested)
    {
        if (!MayEnter(mode, isUpgrade, isNested))
        {
            return false;
        }

        EnterGuard();
        var may = MayEnter(mode, isUpgrade, isNested);
        if (may)
        {
            switch (mode)
            {
                case ReaderWriterMode.Read:
                    Volatile.Write(ref OwnRow->Word, OwnRow->Word + 1);
                    Volatile.Write(ref _state->Readers, _state->Readers + 1);
                    break;
                case ReaderWriterMode.Write:
                    Volatile.Write(ref _state->Writer, SelfWord);
                    break;
                default:
                    Volatile.Write(ref _state->Upgrader, SelfWord);
                    break;
            }
        }

        ExitGuard();
        return may;
    }

    /// <summary>A thread that is inside does not wait for writers that wait for it.</summary>
    private bool MayEnter(ReaderWriterMode mode, bool isUpgrade, bool isNested)
    {
        var isUnwritten = Volatile.Read(ref _state->Writer) == 0;
        return mode switch
        {
            ReaderWriterMode.Read => (isUnwritten && Volatile.Read(ref _state->WaitingWriters) == 0)
                || (isNested && (isUnwritten || IsWriter(Environment.CurrentManagedThreadId))),
            ReaderWriterMode.Write => isUnwritten
                && Volatile.Read(ref _state->Readers) == 0
                && (isUpgrade || Volatile.Read(ref _state->Upgrader) == 0),
            _ => (isUnwritten || (isNested && IsWriter(Environment.CurrentManagedThreadId))) && Volatile.Read(ref _state->Upgrader) == 0,
        };
    }

    private int MayGoOn(ReaderWriterMode mode)
    {
        ReapIfDue();
        return !MayEnter(mode, isUpgrade: false, isNested: false) ? 0 : mode is ReaderWriterMode.Read ? int.MaxValue : 1;
    }

    /// <summary>Wakes the waiters that may continue.</summary>
    private void Notify()
    {
        Thread.MemoryBarrier();
        if (Volatile.Read(ref _state->Writer) != 0)
        {
            return;
        }

        var isUpgraderInside = Volatile.Read(ref _state->Upgrader) != 0;
        if (Volatile.Read(ref _state->Readers) == 0)
        {
            if (isUpgraderInside)
            {
                // It may wait to write, at the same point as those that wait for its exit.
                WaitPoint.Notify(_upgraders, int.MaxValue, Session.Doorbells);
            }
            else
            {
                WaitPoint.Notify(_writers, 1, Session.Doorbells);
            }
        }

        if (!isUpgraderInside)
        {
            WaitPoint.Notify(_upgraders, 1, Session.Doorbells);
        }

        if (Volatile.Read(ref _state->WaitingWriters) == 0)
        {
            WaitPoint.Notify(_readers, int.MaxValue, Session.Doorbells);
        }
    }

    /// <summary>The entries of a thread.</summary>
    internal sealed class Holds
    {
        public int Reads { get; set; }

        public int Writes { get; set; }

        public int Upgrades { get; set; }

        public bool Any => Reads > 0 || Writes > 0 || Upgrades > 0;
    }

    private readonly struct Attempt(ReaderWriterCore core, ReaderWriterMode mode, bool isUpgrade, bool isNested) : IAttempt
    {
        public ReaderWriterMode Mode => mode;

        public bool IsUpgrade => isUpgrade;

        public bool Try() => core.TryEnter(mode, isUpgrade, isNested);
    }
}
