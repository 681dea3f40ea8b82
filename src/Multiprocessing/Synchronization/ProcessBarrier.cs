using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// Lets a number of threads, of all processes that hold this object, wait for each other repeatedly: when as many have arrived as there are
/// participants, the phase ends and all continue.
/// <para>
/// When a process that holds the barrier dies (a signal, a crash, an exception that left the body), the barrier is broken: all waiters and later
/// arrivals get a <see cref="BrokenBarrierException"/> that names the process, until <see cref="Reset"/> is called. A process that ends normally
/// breaks it only while one of its threads waits. A participant whose wait times out or is cancelled does not count as arrived. Call
/// <see cref="Abort"/> to notify the others.
/// </para>
/// <para>All members are safe to call from any thread of any process at the same time.</para>
/// </summary>
/// <example>
/// <code>
/// using var barrier = new ProcessBarrier(participantCount: 2);
/// using var child = ChildProcess.Run(() => barrier.SignalAndWait());
/// barrier.SignalAndWait(); // returns when both have arrived
/// Console.WriteLine(barrier.CurrentPhaseNumber); // 1
/// </code>
/// </example>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed class ProcessBarrier : ProcessSynchronizationObject, IProcessHandle<ProcessBarrier>
{
    [ThreadStatic]
    private static BarrierCore? _acting;

    private readonly BarrierCore _core;

    /// <summary>Creates a barrier.</summary>
    /// <param name="participantCount">The number of participants.</param>
    /// <param name="postPhaseAction">
    /// Called with the number of the phase by the participant that arrives last, in its process, before any participant continues. It crosses with
    /// the barrier, as a body does: the captured values are copied by this call. If it throws, all participants get a
    /// <see cref="BarrierPostPhaseException"/>, and the next phase begins. The default value is <see langword="null"/>: no action.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="participantCount"/> is zero or less.</exception>
    /// <exception cref="NotSerializableException">A value that the action captures cannot cross to another process.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory (12 KiB).</exception>
    public ProcessBarrier(int participantCount, Action<long>? postPhaseAction = null)
        : this(null, participantCount, postPhaseAction)
    {
    }

    /// <summary>
    /// Opens the barrier of a name, or creates it: all programs of this user that use the name get the same one, whichever program started them.
    /// It is freed when the last of them has disposed it or has exited for any reason. It has no action, because other programs do not have its code.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case-sensitive. All kinds of objects share one set of names.</param>
    /// <param name="participantCount">The number of participants; the same for all programs.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, to a barrier of another number, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="participantCount"/> is not above zero.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory.</exception>
    public static ProcessBarrier OpenOrCreate(string name, int participantCount) => OpenOrCreate(null, name, participantCount);

    /// <summary>Opens the barrier of a name, with the options that it was created with.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has an object of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static ProcessBarrier Open(string name) => NamedObject.Open(null, name, NamedIdentity.Of<ProcessBarrier>(null), OpenNamed);

    /// <summary>Opens the barrier of a name if it exists.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">The opened object, or null.</param>
    /// <returns>False if no program has an object of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessBarrier? opened) =>
        NamedObject.TryOpen(null, name, NamedIdentity.Of<ProcessBarrier>(null), OpenNamed, out opened);

    internal static ProcessBarrier OpenOrCreate(Session? session, string name, int participantCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(participantCount);
        return NamedObject.OpenOrCreate(
            session, name, NamedIdentity.Of<ProcessBarrier>($"{participantCount} participants"), OpenNamed,
            owner => new ProcessBarrier(Make(owner, participantCount, null)));
    }

    private static ProcessBarrier? OpenNamed(Session session, SegmentId id) =>
        SyncObject.Open(session, id, SegmentKind.Barrier) is { } shared ? new ProcessBarrier(shared) : null;

    internal ProcessBarrier(Session? session, int participantCount, Action<long>? postPhaseAction)
        : this(Make(session, participantCount, postPhaseAction))
    {
    }

    internal ProcessBarrier(SyncObject shared)
        : base(shared) => _core = (BarrierCore)shared.Core;

    /// <summary>Gets the number of participants.</summary>
    public int ParticipantCount => _core.Participants;

    /// <summary>Gets the number of participants that have not arrived in the current phase: exact at one moment during the call.</summary>
    /// <exception cref="ObjectDisposedException">The barrier was disposed in this process.</exception>
    public int ParticipantsRemaining
    {
        get
        {
            ThrowIfDisposed();
            var remaining = _core.Remaining;
            GC.KeepAlive(this);
            return remaining;
        }
    }

    /// <summary>Gets the number of the current phase, which is the number of phases that have ended.</summary>
    public long CurrentPhaseNumber
    {
        get
        {
            ThrowIfDisposed();
            var phase = _core.Phase;
            GC.KeepAlive(this);
            return phase;
        }
    }

    /// <summary>Gets whether the barrier is broken.</summary>
    public bool IsBroken
    {
        get
        {
            ThrowIfDisposed();
            var broken = _core.IsBroken;
            GC.KeepAlive(this);
            return broken;
        }
    }

    private string DebuggerText => $"phase {_core.Phase}, {_core.Remaining} of {ParticipantCount} to arrive{(_core.IsBroken ? ", broken" : "")}";

    /// <summary>Arrives at the barrier and waits for the other participants.</summary>
    /// <param name="cancellationToken">Ends the wait; then the caller does not count as arrived.</param>
    /// <returns>
    /// The number of participants that had arrived before: each number from 0 to <see cref="ParticipantCount"/> - 1 is returned once in a phase.
    /// </returns>
    /// <exception cref="BrokenBarrierException">A participant died, or the barrier was aborted or reset.</exception>
    /// <exception cref="BarrierPostPhaseException">The action failed; in the process where it ran, the inner exception is its error.</exception>
    /// <exception cref="InvalidOperationException">The action itself made the call.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before all had arrived.</exception>
    /// <exception cref="ObjectDisposedException">The barrier was disposed in this process, before the call or during it.</exception>
    public int SignalAndWait(CancellationToken cancellationToken = default)
    {
        SignalAndWait(Deadline.Never, out var index, cancellationToken);
        return index;
    }

    /// <summary>Arrives at the barrier and waits for the other participants, up to a time limit.</summary>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait; then the caller does not count as arrived.</param>
    /// <returns>False if the others did not arrive in time; then the caller does not count as arrived either.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="SignalAndWait(CancellationToken)"/>
    public bool SignalAndWait(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        SignalAndWait(Deadline.After(timeout), out _, cancellationToken);

    /// <summary>Arrives at the barrier and waits for the other participants without a thread.</summary>
    /// <inheritdoc cref="SignalAndWait(CancellationToken)"/>
    public async ValueTask<int> SignalAndWaitAsync(CancellationToken cancellationToken = default) =>
        (await SignalAndWaitAsync(Deadline.Never, cancellationToken).ConfigureAwait(false)).GetValueOrDefault();

    /// <summary>Arrives at the barrier and waits for the other participants without a thread, up to a time limit.</summary>
    /// <inheritdoc cref="SignalAndWait(TimeSpan, CancellationToken)"/>
    public async ValueTask<bool> SignalAndWaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        await SignalAndWaitAsync(Deadline.After(timeout), cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Breaks the barrier: all waiters and later arrivals get a <see cref="BrokenBarrierException"/>.</summary>
    /// <exception cref="ObjectDisposedException">The barrier was disposed in this process.</exception>
    public void Abort()
    {
        ThrowIfDisposed();
        _core.Abort();
        GC.KeepAlive(this);
    }

    /// <summary>Repairs a broken barrier, without arrivals. Waiters get a <see cref="BrokenBarrierException"/>.</summary>
    /// <exception cref="ObjectDisposedException">The barrier was disposed in this process.</exception>
    public void Reset()
    {
        ThrowIfDisposed();
        _core.Reset();
        GC.KeepAlive(this);
    }

    void IProcessHandle<ProcessBarrier>.WriteHandle(HandleWriter writer) => Write(writer);

    /// <summary>Reads the action at once: this process then holds the captured values, whatever happens to the creator.</summary>
    static ProcessBarrier IProcessHandle<ProcessBarrier>.ReadHandle(ref HandleReader reader)
    {
        var barrier = new ProcessBarrier(Open(ref reader, SegmentKind.Barrier));
        barrier._core.ReadAction();
        return barrier;
    }

    private static SyncObject Make(Session? session, int participantCount, Action<long>? postPhaseAction)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(participantCount);
        return BarrierCore.Create(session ?? Session.Current, participantCount, postPhaseAction);
    }

    private bool SignalAndWait(Deadline deadline, out int index, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        if (!_core.TryArrive(out var arrival) && !_core.WaitToArrive(this, out arrival, deadline, cancellationToken))
        {
            index = 0;
            return false;
        }

        index = arrival.Index;
        if (arrival.IsLast)
        {
            Finish(arrival.Phase);
            return true;
        }

        var ended = false;
        try
        {
            ended = _core.Wait(arrival.Phase, this, deadline, cancellationToken);
        }
        catch (BrokenBarrierException) when (IsDisposed)
        {
            // This process's own release broke it for the others.
            ThrowIfDisposed();
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException && !_core.TryWithdraw(arrival.Phase))
        {
            // All had arrived before the token was canceled: the phase ends when the action has ended.
        }

        if (!ended)
        {
            if (deadline.HasPassed && _core.TryWithdraw(arrival.Phase))
            {
                return false;
            }

            _core.Wait(arrival.Phase, this, Deadline.Never, default);
        }

        return End(arrival.Phase);
    }

    private async ValueTask<int?> SignalAndWaitAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        if (!_core.TryArrive(out var arrival)
            && !await _core.WaitToArriveAsync(() => _core.TryArrive(out arrival), this, deadline, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        if (arrival.IsLast)
        {
            Finish(arrival.Phase);
            return arrival.Index;
        }

        var ended = false;
        try
        {
            ended = await _core.WaitAsync(arrival.Phase, this, deadline, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokenBarrierException) when (IsDisposed)
        {
            // This process's own release broke it for the others.
            ThrowIfDisposed();
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException && !_core.TryWithdraw(arrival.Phase))
        {
            // All had arrived before the token was canceled: the phase ends when the action has ended.
        }

        if (!ended)
        {
            if (deadline.HasPassed && _core.TryWithdraw(arrival.Phase))
            {
                return null;
            }

            await _core.WaitAsync(arrival.Phase, this, Deadline.Never, default).ConfigureAwait(false);
        }

        End(arrival.Phase);
        return arrival.Index;
    }

    private void Begin(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        if (_acting == _core)
        {
            throw new InvalidOperationException("The barrier's action must not arrive at the barrier itself: its phase has not ended yet.");
        }
    }

    /// <summary>Called by the participant that arrived last.</summary>
    private void Finish(long phase)
    {
        Exception? failure = null;
        var outer = _acting;
        _acting = _core;
        try
        {
            _core.ReadAction()?.Invoke(phase);
        }
        catch (Exception exception)
        {
            failure = exception;
        }
        finally
        {
            _acting = outer;
        }

        _core.EndPhase(phase, failure is not null);
        GC.KeepAlive(this);
        if (failure is not null)
        {
            throw new BarrierPostPhaseException(failure);
        }

        // A participant may have died, or a process aborted or reset the barrier, while the action ran.
        _core.ThrowIfNotEnded(phase);
        End(phase);
    }

    private bool End(long phase)
    {
        var failure = _core.FailureOf(phase);
        GC.KeepAlive(this);
        return failure is null ? true : throw failure;
    }
}
