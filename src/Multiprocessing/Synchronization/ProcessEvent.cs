using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// A flag that the threads of all processes that hold this object can set and wait for. With <see cref="EventResetMode.ManualReset"/> it stays set
/// for all waiters until it is reset; with <see cref="EventResetMode.AutoReset"/> the first waiter resets it.
/// <para>
/// Setting it releases all waiters, even if the event is reset again at once (manual reset). A process that dies while it waits changes nothing; one
/// that dies after its wait reset the event leaves it reset. Setting an event that is set has no effect: use a <see cref="ProcessSemaphore"/> to
/// count.
/// </para>
/// <para>All members are safe to call from any thread of any process at the same time.</para>
/// </summary>
/// <example>
/// <code>
/// using var ready = new ProcessEvent();
/// using var child = ChildProcess.Run(() => ready.Set());
/// ready.Wait();
/// Console.WriteLine(ready.IsSet); // True
/// </code>
/// </example>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed class ProcessEvent : ProcessSynchronizationObject, IProcessHandle<ProcessEvent>, IProcessWaitable, IWaitable
{
    private readonly EventCore _core;

    /// <summary>Creates an event.</summary>
    /// <param name="mode">Whether it stays set or one waiter resets it. The default value is <see cref="EventResetMode.ManualReset"/>.</param>
    /// <param name="initialState">Whether it is set initially.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="mode"/> is not a defined mode.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory (4 KiB).</exception>
    public ProcessEvent(EventResetMode mode = EventResetMode.ManualReset, bool initialState = false)
        : this(null, mode, initialState)
    {
    }

    /// <summary>
    /// Opens the event of a name, or creates it: all programs of this user that use the name get the same one, whichever program started them.
    /// It is freed when the last of them has disposed it or has exited for any reason.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case-sensitive. All kinds of objects share one set of names.</param>
    /// <param name="mode">Whether it stays set or one waiter resets it; the same for all programs.</param>
    /// <param name="initialState">Whether it is set initially, if it is created by this call; otherwise ignored.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, to an event of the other mode, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="mode"/> is not a defined mode.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory.</exception>
    public static ProcessEvent OpenOrCreate(string name, EventResetMode mode = EventResetMode.ManualReset, bool initialState = false) =>
        OpenOrCreate(null, name, mode, initialState);

    /// <summary>Opens the event of a name, with the options that it was created with.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has an object of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static ProcessEvent Open(string name) => NamedObject.Open(null, name, NamedIdentity.Of<ProcessEvent>(null), OpenNamed);

    /// <summary>Opens the event of a name if it exists.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">The opened object, or null.</param>
    /// <returns>False if no program has an object of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessEvent? opened) =>
        NamedObject.TryOpen(null, name, NamedIdentity.Of<ProcessEvent>(null), OpenNamed, out opened);

    internal static ProcessEvent OpenOrCreate(Session? session, string name, EventResetMode mode, bool initialState)
    {
        return NamedObject.OpenOrCreate(
            session, name, NamedIdentity.Of<ProcessEvent>($"{mode}"), OpenNamed,
            owner => new ProcessEvent(owner, mode, initialState));
    }

    private static ProcessEvent? OpenNamed(Session session, SegmentId id) =>
        SyncObject.Open(session, id, SegmentKind.Event) is { } shared ? new ProcessEvent(shared) : null;

    internal ProcessEvent(Session? session, EventResetMode mode, bool initialState)
        : this(EventCore.Create(
            session ?? Session.Current,
            Enum.IsDefined(mode) ? mode : throw new ArgumentOutOfRangeException(nameof(mode), mode, "The mode is not defined."),
            initialState))
    {
    }

    internal ProcessEvent(SyncObject shared)
        : base(shared) => _core = (EventCore)shared.Core;

    /// <summary>Gets whether it stays set or one waiter resets it.</summary>
    public EventResetMode Mode => _core.IsAutoReset ? EventResetMode.AutoReset : EventResetMode.ManualReset;

    /// <summary>Gets whether it was set at one moment during the call.</summary>
    public bool IsSet
    {
        get
        {
            ThrowIfDisposed();
            var isSet = _core.IsSet;
            GC.KeepAlive(this);
            return isSet;
        }
    }

    private string DebuggerText => $"{Mode}, {(_core.IsSet ? "set" : "not set")}";

    /// <summary>Sets the event and releases all waiters (manual reset) or one (automatic reset). Does nothing if it is set.</summary>
    /// <exception cref="ObjectDisposedException">The event was disposed in this process.</exception>
    public void Set()
    {
        ThrowIfDisposed();
        _core.Set();
        GC.KeepAlive(this);
    }

    /// <summary>Resets the event.</summary>
    /// <exception cref="ObjectDisposedException">The event was disposed in this process.</exception>
    public void Reset()
    {
        ThrowIfDisposed();
        _core.Reset();
        GC.KeepAlive(this);
    }

    /// <summary>Waits until the event is set, and resets it in automatic mode.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was canceled before the event was set.</exception>
    /// <exception cref="ObjectDisposedException">The event was disposed in this process, before the call or during it.</exception>
    public void Wait(CancellationToken cancellationToken = default) => _core.Wait(this, Deadline.Never, cancellationToken);

    /// <summary>Waits until the event is set, up to a time limit.</summary>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if it was not set in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default) => _core.Wait(this, Deadline.After(timeout), cancellationToken);

    /// <summary>Waits without a thread until the event is set, and resets it in automatic mode.</summary>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public async ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        await _core.WaitAsync(this, Deadline.Never, cancellationToken).ConfigureAwait(false);

    /// <summary>Waits without a thread until the event is set, up to a time limit.</summary>
    /// <inheritdoc cref="Wait(TimeSpan, CancellationToken)"/>
    public ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _core.WaitAsync(this, Deadline.After(timeout), cancellationToken);

    IWaitable IProcessWaitable.Readiness => this;

    /// <summary>Ready when it is set.</summary>
    bool IWaitable.IsReady => IsSet;

    IWaitable IProcessWaitable.BeginWait()
    {
        ThrowIfDisposed();
        return _core.IsAutoReset ? this : new EventPulse(this, _core);
    }

    IDisposable IWaitable.Register(Action signal)
    {
        ThrowIfDisposed();
        var registration = _core.Observe(signal);
        GC.KeepAlive(this);
        return registration;
    }

    void IProcessHandle<ProcessEvent>.WriteHandle(HandleWriter writer) => Write(writer);

    static ProcessEvent IProcessHandle<ProcessEvent>.ReadHandle(ref HandleReader reader) => new(Open(ref reader, SegmentKind.Event));
}
