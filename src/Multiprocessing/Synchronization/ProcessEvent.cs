using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// Something that has happened or has not, told to the threads of all processes that have it. With <see cref="EventResetMode.ManualReset"/> it stays set for everybody until it is reset;
/// with <see cref="EventResetMode.AutoReset"/> one waiter takes it.
/// <para>
/// A set releases everybody who was waiting, even if the event is reset again at once (manual reset). A process that dies while it waits takes nothing with it; one that dies after it took an
/// automatically reset event has taken it. Sets that come while the event is set are not counted: use a <see cref="ProcessSemaphore"/> to count.
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
public sealed class ProcessEvent : ProcessSynchronizationObject, IProcessHandle<ProcessEvent>
{
    private readonly EventCore _core;

    /// <summary>Creates an event.</summary>
    /// <param name="mode">Whether it stays set or one waiter takes it. The default value is <see cref="EventResetMode.ManualReset"/>.</param>
    /// <param name="initialState">Whether it is set from the beginning.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="mode"/> is no such mode.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it (4 KiB).</exception>
    public ProcessEvent(EventResetMode mode = EventResetMode.ManualReset, bool initialState = false)
        : this(null, mode, initialState)
    {
    }

    /// <summary>
    /// Opens the event of a name, or creates it: all programs of this user that ask for the name get the same one, whoever started them. It goes when the last of them has disposed it, or has
    /// ended, however that was.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case counts. All kinds of objects share the names.</param>
    /// <param name="mode">What a wait that succeeds does to it; the same for all.</param>
    /// <param name="initialState">Whether it is set at first, if it is created here; otherwise it means nothing.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, to an event of the other mode, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="mode"/> is no such mode.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public static ProcessEvent OpenOrCreate(string name, EventResetMode mode = EventResetMode.ManualReset, bool initialState = false) => OpenOrCreate(null, name, mode, initialState);

    /// <summary>Opens the event of a name, as the programs have it that created it.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has one of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static ProcessEvent Open(string name) => NamedObject.Open(null, name, NamedIdentity.Of<ProcessEvent>(null), OpenNamed);

    /// <summary>Opens the event of a name if there is one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">It, or null.</param>
    /// <returns>False if no program has one of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessEvent? opened) => NamedObject.TryOpen(null, name, NamedIdentity.Of<ProcessEvent>(null), OpenNamed, out opened);

    internal static ProcessEvent OpenOrCreate(Session? session, string name, EventResetMode mode, bool initialState)
    {
        return NamedObject.OpenOrCreate(session, name, NamedIdentity.Of<ProcessEvent>($"{mode}"), OpenNamed, owner => new ProcessEvent(owner, mode, initialState));
    }

    private static ProcessEvent? OpenNamed(Session session, SegmentId id) => SyncObject.Open(session, id, SegmentKind.Event) is { } shared ? new ProcessEvent(shared) : null;

    internal ProcessEvent(Session? session, EventResetMode mode, bool initialState)
        : this(EventCore.Create(
            session ?? Session.Current, Enum.IsDefined(mode) ? mode : throw new ArgumentOutOfRangeException(nameof(mode), mode, "There is no such mode."), initialState))
    {
    }

    internal ProcessEvent(SyncObject shared)
        : base(shared) => _core = (EventCore)shared.Core;

    /// <summary>Whether it stays set or one waiter takes it.</summary>
    public EventResetMode Mode => _core.IsAutoReset ? EventResetMode.AutoReset : EventResetMode.ManualReset;

    /// <summary>Whether it was set at one moment during the call.</summary>
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

    /// <summary>Sets it and releases all who wait (manual reset), or one (automatic reset). Does nothing if it is set.</summary>
    /// <exception cref="ObjectDisposedException">The event was disposed in this process.</exception>
    public void Set()
    {
        ThrowIfDisposed();
        _core.Set();
        GC.KeepAlive(this);
    }

    /// <summary>Takes the setting back.</summary>
    /// <exception cref="ObjectDisposedException">The event was disposed in this process.</exception>
    public void Reset()
    {
        ThrowIfDisposed();
        _core.Reset();
        GC.KeepAlive(this);
    }

    /// <summary>Waits until the event is set, and takes it if it is reset automatically.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token fired before the event was set.</exception>
    /// <exception cref="ObjectDisposedException">The event was disposed in this process, before the call or during it.</exception>
    public void Wait(CancellationToken cancellationToken = default) => _core.Wait(this, Deadline.Never, cancellationToken);

    /// <summary>Waits until the event is set, but not for longer than a time.</summary>
    /// <param name="timeout">How long to wait; <see cref="TimeSpan.Zero"/> not at all, <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if it was not set in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default) => _core.Wait(this, Deadline.After(timeout), cancellationToken);

    /// <summary>Waits without a thread until the event is set, and takes it if it is reset automatically.</summary>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public async ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        await _core.WaitAsync(this, Deadline.Never, cancellationToken).ConfigureAwait(false);

    /// <summary>Waits without a thread until the event is set, but not for longer than a time.</summary>
    /// <inheritdoc cref="Wait(TimeSpan, CancellationToken)"/>
    public ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _core.WaitAsync(this, Deadline.After(timeout), cancellationToken);

    void IProcessHandle<ProcessEvent>.WriteHandle(HandleWriter writer) => Write(writer);

    static ProcessEvent IProcessHandle<ProcessEvent>.ReadHandle(ref HandleReader reader) => new(Open(ref reader, SegmentKind.Event));
}
