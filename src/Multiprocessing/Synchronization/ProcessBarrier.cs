using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// Lets a number of threads, of all processes that have it, wait for each other again and again: when as many have come as there are participants, the phase ends and all go on.
/// <para>
/// When a process dies that has the barrier (a signal, a crash, an exception that left the body), the barrier is broken: everybody who waits at it, and who comes later, gets a
/// <see cref="BrokenBarrierException"/> that names it, until somebody calls <see cref="Reset"/>. A process that ends in good order breaks it only while a thread of it waits. Who leaves by a time-out or a
/// cancelled token has not come; he who wants the others to know calls <see cref="Abort"/>.
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
    /// <param name="participantCount">How many must come.</param>
    /// <param name="postPhaseAction">
    /// Called with the number of the phase by who comes last, in his process, before anybody goes on. It crosses with the barrier, as a body does: what it captures is copied here and now. When it throws,
    /// all participants get a <see cref="BarrierPostPhaseException"/>, and the next phase begins. The default value is <see langword="null"/>: no action.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="participantCount"/> is zero or less.</exception>
    /// <exception cref="NotSerializableException">Something that the action captures cannot cross.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it (12 KiB).</exception>
    public ProcessBarrier(int participantCount, Action<long>? postPhaseAction = null)
        : this(null, participantCount, postPhaseAction)
    {
    }

    /// <summary>
    /// Opens the barrier of a name, or creates it: all programs of this user that ask for the name get the same one, whoever started them. It goes when the last of them has disposed it, or has
    /// ended, however that was. It has no action: the code of one program means nothing to another.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case counts. All kinds of objects share the names.</param>
    /// <param name="participantCount">How many have to come; the same for all.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, to a barrier of another number, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="participantCount"/> is not above zero.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public static ProcessBarrier OpenOrCreate(string name, int participantCount) => OpenOrCreate(null, name, participantCount);

    /// <summary>Opens the barrier of a name, as the programs have it that created it.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has one of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static ProcessBarrier Open(string name) => NamedObject.Open(null, name, NamedIdentity.Of<ProcessBarrier>(null), OpenNamed);

    /// <summary>Opens the barrier of a name if there is one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">It, or null.</param>
    /// <returns>False if no program has one of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessBarrier? opened) => NamedObject.TryOpen(null, name, NamedIdentity.Of<ProcessBarrier>(null), OpenNamed, out opened);

    internal static ProcessBarrier OpenOrCreate(Session? session, string name, int participantCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(participantCount);
        return NamedObject.OpenOrCreate(session, name, NamedIdentity.Of<ProcessBarrier>($"{participantCount} participants"), OpenNamed, owner => new ProcessBarrier(Make(owner, participantCount, null)));
    }

    private static ProcessBarrier? OpenNamed(Session session, SegmentId id) => SyncObject.Open(session, id, SegmentKind.Barrier) is { } shared ? new ProcessBarrier(shared) : null;

    internal ProcessBarrier(Session? session, int participantCount, Action<long>? postPhaseAction)
        : this(Make(session, participantCount, postPhaseAction))
    {
    }

    internal ProcessBarrier(SyncObject shared)
        : base(shared) => _core = (BarrierCore)shared.Core;

    /// <summary>How many must come.</summary>
    public int ParticipantCount => _core.Participants;

    /// <summary>How many must still come to the current phase: exact at one moment during the call.</summary>
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

    /// <summary>The number of the current phase: how many have ended.</summary>
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

    /// <summary>Whether the barrier is broken.</summary>
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

    private string DebuggerText => $"phase {_core.Phase}, {_core.Remaining} of {ParticipantCount} to come{(_core.IsBroken ? ", broken" : "")}";

    /// <summary>Comes to the barrier and waits for the others.</summary>
    /// <param name="cancellationToken">Ends the wait; the caller has not come then.</param>
    /// <returns>How many had come before: each number from 0 to <see cref="ParticipantCount"/> - 1 is given once in a phase.</returns>
    /// <exception cref="BrokenBarrierException">A participant died, or somebody aborted or reset the barrier.</exception>
    /// <exception cref="BarrierPostPhaseException">The action failed; the inner exception says how, in the process where it ran.</exception>
    /// <exception cref="InvalidOperationException">The call comes from the action.</exception>
    /// <exception cref="OperationCanceledException">The token fired before all had come.</exception>
    /// <exception cref="ObjectDisposedException">The barrier was disposed in this process, before the call or during it.</exception>
    public int SignalAndWait(CancellationToken cancellationToken = default)
    {
        SignalAndWait(Deadline.Never, out var index, cancellationToken);
        return index;
    }

    /// <summary>Comes to the barrier and waits for the others, but not for longer than a time.</summary>
    /// <param name="timeout">How long to wait; <see cref="TimeSpan.Zero"/> not at all, <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="cancellationToken">Ends the wait; the caller has not come then.</param>
    /// <returns>False if the others did not come in time; the caller has not come either then.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="SignalAndWait(CancellationToken)"/>
    public bool SignalAndWait(TimeSpan timeout, CancellationToken cancellationToken = default) => SignalAndWait(Deadline.After(timeout), out _, cancellationToken);

    /// <summary>Comes to the barrier and waits for the others without a thread.</summary>
    /// <inheritdoc cref="SignalAndWait(CancellationToken)"/>
    public async ValueTask<int> SignalAndWaitAsync(CancellationToken cancellationToken = default) =>
        (await SignalAndWaitAsync(Deadline.Never, cancellationToken).ConfigureAwait(false)).GetValueOrDefault();

    /// <summary>Comes to the barrier and waits for the others without a thread, but not for longer than a time.</summary>
    /// <inheritdoc cref="SignalAndWait(TimeSpan, CancellationToken)"/>
    public async ValueTask<bool> SignalAndWaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        await SignalAndWaitAsync(Deadline.After(timeout), cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Breaks the barrier: everybody who waits at it, and who comes later, gets a <see cref="BrokenBarrierException"/>.</summary>
    /// <exception cref="ObjectDisposedException">The barrier was disposed in this process.</exception>
    public void Abort()
    {
        ThrowIfDisposed();
        _core.Abort();
        GC.KeepAlive(this);
    }

    /// <summary>Makes a broken barrier whole, with nobody come. Who waits at it gets a <see cref="BrokenBarrierException"/>.</summary>
    /// <exception cref="ObjectDisposedException">The barrier was disposed in this process.</exception>
    public void Reset()
    {
        ThrowIfDisposed();
        _core.Reset();
        GC.KeepAlive(this);
    }

    void IProcessHandle<ProcessBarrier>.WriteHandle(HandleWriter writer) => Write(writer);

    /// <summary>The action is read at once: what it captures is held here from now on, whatever becomes of the creator.</summary>
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
            // It was this process's letting go that broke it for the others.
            ThrowIfDisposed();
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException && !_core.TryWithdraw(arrival.Phase))
        {
            // All had come before the token fired: the phase ends, as soon as the action has.
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
            // It was this process's letting go that broke it for the others.
            ThrowIfDisposed();
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException && !_core.TryWithdraw(arrival.Phase))
        {
            // All had come before the token fired: the phase ends, as soon as the action has.
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
            throw new InvalidOperationException("The barrier's action must not come to the barrier itself: its phase has not ended yet.");
        }
    }

    /// <summary>By who came last.</summary>
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

        // Somebody may have died, aborted or reset while the action ran.
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
