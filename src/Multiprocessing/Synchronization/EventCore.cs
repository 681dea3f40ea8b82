namespace Multiprocessing;

/// <summary>
/// A <see cref="ProcessEvent"/> as this process sees it. Its state is one word that is changed by CAS, so no death leaves it incomplete. Killed
/// between the change and the wake: sleepers wake when the death is reported, or after their slice.
/// </summary>
internal sealed unsafe class EventCore : SyncCore
{
    private const long SetBit = 1;
    private const long OneSetting = 2;

    private readonly SyncFrame* _frame;
    private readonly long* _word;
    private readonly WaitPoint* _point;

    // For automatic reset only.
    private readonly AsyncWaiters _asyncWaiters;
    private readonly Action? _passOn;
    private SpinBudget _spin;

    public EventCore(SharedObject host, SyncFrame* frame)
        : base(host, frame)
    {
        _frame = frame;
        _word = &frame->Event.Word;
        _point = &frame->Point;
        IsAutoReset = frame->Option == (long)EventResetMode.AutoReset;
        _passOn = IsAutoReset ? PassOn : null;
        _asyncWaiters = new AsyncWaiters(host, _point, () => IsSet ? 1 : 0);
    }

    public bool IsAutoReset { get; }

    public bool IsSet => (Volatile.Read(ref *_word) & SetBit) != 0;

    public static SyncObject Create(Session session, EventResetMode mode, bool isSet) =>
        SyncObject.Create(session, SegmentKind.Event, SyncFrame.Size, frame =>
        {
            frame->Option = (long)mode;
            frame->Event.Word = isSet ? SetBit : 0;
        });

    /// <summary>
    /// Full fence when it changes something. The word counts how often the event was set, so a waiter from before continues although the event is
    /// reset again.
    /// </summary>
    public void Set()
    {
        while (true)
        {
            var seen = Volatile.Read(ref *_word);
            if ((seen & SetBit) != 0)
            {
                return;
            }

            if (Interlocked.CompareExchange(ref *_word, (seen + OneSetting) | SetBit, seen) == seen)
            {
                WaitPoint.Notify(_point, IsAutoReset ? 1 : int.MaxValue, Session.Doorbells);
                return;
            }
        }
    }

    public void Reset() => Interlocked.And(ref *_word, ~SetBit);

    public bool Wait(ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(this);
        return Wait(ref attempt, handle, _point, _word, ref _spin, _passOn, deadline, cancellationToken);
    }

    public ValueTask<bool> WaitAsync(ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(this);
        return IsAutoReset
            ? WaitAsync(attempt.Try, handle, _asyncWaiters, _passOn, deadline, cancellationToken)
            : WaitAloneAsync(attempt.Try, attempt.Try, handle, deadline, cancellationToken);
    }

    public IDisposable Observe(Action signal) => _asyncWaiters.Observe(signal);

    /// <summary>Gets the event's word: one that differs later means that the event was set in between, or is set.</summary>
    public long Word => Volatile.Read(ref *_word);

    /// <summary>Gets whether the event is set, or was set since the word was read.</summary>
    public bool WasSetSince(long word) => Volatile.Read(ref *_word) is var now && ((now & SetBit) != 0 || now != (word & ~SetBit));

    /// <summary>Observes that the event was set since the word was read, although it may be reset again.</summary>
    public IDisposable ObserveSince(long word, Action signal)
    {
        var waiters = NewWaitersOfOne(() => WasSetSince(word));
        try
        {
            return new Observed(this, waiters, waiters.Observe(signal));
        }
        catch
        {
            Forget(waiters);
            throw;
        }
    }

    internal override void ReleaseAsync()
    {
        base.ReleaseAsync();
        _asyncWaiters.ReleaseAll();
    }

    private void PassOn()
    {
        Thread.MemoryBarrier();
        if (IsSet)
        {
            WaitPoint.Notify(_point, 1, Session.Doorbells);
        }
    }

    private sealed class Observed(EventCore core, AsyncWaiters waiters, IDisposable observation) : IDisposable
    {
        public void Dispose()
        {
            observation.Dispose();
            core.Forget(waiters);
        }
    }

    private readonly struct Attempt(EventCore core) : IAttempt
    {
        private readonly long _before = Volatile.Read(ref *core._word);

        public bool Try()
        {
            while (true)
            {
                var seen = Volatile.Read(ref *core._word);
                if (!core.IsAutoReset)
                {
                    return core.WasSetSince(_before);
                }

                if ((seen & SetBit) == 0)
                {
                    return false;
                }

                if (Interlocked.CompareExchange(ref *core._word, seen & ~SetBit, seen) == seen)
                {
                    return true;
                }
            }
        }
    }
}
