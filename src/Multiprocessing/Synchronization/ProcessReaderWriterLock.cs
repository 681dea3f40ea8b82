using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// A lock for many readers or one writer, between the threads of all processes that hold this object. The members are those of
/// <see cref="ReaderWriterLockSlim"/>.
/// <para>
/// A process that ends for any reason releases its part of the lock. If it was writing, every later entry is notified
/// (<see cref="EnterResult.WasAbandoned"/>), until a notified writer has exited. New readers wait while a writer waits. Waiters are not served in
/// FIFO order.
/// </para>
/// <para>All members are safe to call from any thread of any process at the same time.</para>
/// </summary>
/// <example>
/// <code>
/// using var gate = new ProcessReaderWriterLock();
/// using var prices = new SharedArray&lt;decimal>(100);
/// using (gate.EnterWriteScope())
/// {
///     prices.Fill(9.95m);
/// }
///
/// using var child = ChildProcess.Run(() =>
/// {
///     using (gate.EnterReadScope()) // several processes may read at the same time
///     {
///         return prices[0];
///     }
/// });
/// Console.WriteLine(child.GetResult()); // 9.95
/// </code>
/// </example>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed class ProcessReaderWriterLock : ProcessSynchronizationObject, IProcessHandle<ProcessReaderWriterLock>
{
    private readonly ReaderWriterCore _core;

    /// <summary>Creates a lock without an owner.</summary>
    /// <param name="recursionPolicy">
    /// Whether a thread inside the lock may enter it again in the same mode, or read while it writes. The default value is
    /// <see cref="LockRecursionPolicy.NoRecursion"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="recursionPolicy"/> is not a defined policy.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory (12 KiB).</exception>
    public ProcessReaderWriterLock(LockRecursionPolicy recursionPolicy = LockRecursionPolicy.NoRecursion)
        : this(null, recursionPolicy)
    {
    }

    /// <summary>
    /// Opens the lock of a name, or creates it: all programs of this user that use the name get the same one, whichever program started them.
    /// It is freed when the last of them has disposed it or has exited for any reason.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case-sensitive. All kinds of objects share one set of names.</param>
    /// <param name="recursionPolicy">Whether a thread inside the lock may enter it again; the same for all programs.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, to a lock of another policy, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="recursionPolicy"/> is not a defined policy.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory.</exception>
    public static ProcessReaderWriterLock OpenOrCreate(string name, LockRecursionPolicy recursionPolicy = LockRecursionPolicy.NoRecursion) =>
        OpenOrCreate(null, name, recursionPolicy);

    /// <summary>Opens the lock of a name, with the options that it was created with.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has an object of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static ProcessReaderWriterLock Open(string name) =>
        NamedObject.Open(null, name, NamedIdentity.Of<ProcessReaderWriterLock>(null), OpenNamed);

    /// <summary>Opens the lock of a name if it exists.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">The opened object, or null.</param>
    /// <returns>False if no program has an object of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessReaderWriterLock? opened) =>
        NamedObject.TryOpen(null, name, NamedIdentity.Of<ProcessReaderWriterLock>(null), OpenNamed, out opened);

    internal static ProcessReaderWriterLock OpenOrCreate(Session? session, string name, LockRecursionPolicy recursionPolicy)
    {
        return NamedObject.OpenOrCreate(
            session, name, NamedIdentity.Of<ProcessReaderWriterLock>($"{recursionPolicy}"), OpenNamed,
            owner => new ProcessReaderWriterLock(owner, recursionPolicy));
    }

    private static ProcessReaderWriterLock? OpenNamed(Session session, SegmentId id) =>
        SyncObject.Open(session, id, SegmentKind.ReaderWriterLock) is { } shared ? new ProcessReaderWriterLock(shared) : null;

    internal ProcessReaderWriterLock(Session? session, LockRecursionPolicy recursionPolicy)
        : this(ReaderWriterCore.Create(
            session ?? Session.Current,
            Enum.IsDefined(recursionPolicy)
                ? recursionPolicy
                : throw new ArgumentOutOfRangeException(nameof(recursionPolicy), recursionPolicy, "The policy is not defined.")))
    {
    }

    internal ProcessReaderWriterLock(SyncObject shared)
        : base(shared) => _core = (ReaderWriterCore)shared.Core;

    /// <summary>Gets whether a thread may enter again.</summary>
    public LockRecursionPolicy RecursionPolicy => _core.IsRecursive ? LockRecursionPolicy.SupportsRecursion : LockRecursionPolicy.NoRecursion;

    /// <summary>Gets whether the calling thread is a reader.</summary>
    public bool IsReadLockHeld => _core.Mine.Reads > 0;

    /// <summary>Gets whether the calling thread is the writer.</summary>
    public bool IsWriteLockHeld => _core.Mine.Writes > 0;

    /// <summary>Gets whether the calling thread is the upgradeable reader.</summary>
    public bool IsUpgradeableReadLockHeld => _core.Mine.Upgrades > 0;

    /// <summary>Gets the number of readers in all processes, without the upgradeable reader.</summary>
    /// <exception cref="ObjectDisposedException">The lock was disposed in this process.</exception>
    public int CurrentReadCount
    {
        get
        {
            ThrowIfDisposed();
            var count = _core.CurrentReadCount;
            GC.KeepAlive(this);
            return count;
        }
    }

    /// <summary>
    /// Gets whether a process died while it was the writer and no notified writer has exited since: the data that the lock guards may be incomplete.
    /// </summary>
    public bool WasAbandoned => _core.Abandonment.WasAbandoned;

    private string DebuggerText => $"{_core.CurrentReadCount} read, this thread: {_core.Mine.Reads} read, {_core.Mine.Writes} write";

    /// <summary>Waits until there is no writer, and enters as a reader.</summary>
    /// <param name="cancellationToken">Ends the wait; then nothing is entered.</param>
    /// <returns>Whether a writer died and may have left incomplete data.</returns>
    /// <exception cref="LockRecursionException">This thread is inside the lock in a mode that does not allow it.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before the lock was entered.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed in this process, before the call or during it.</exception>
    public EnterResult EnterReadLock(CancellationToken cancellationToken = default)
    {
        Enter(ReaderWriterMode.Read, out var result, Deadline.Never, cancellationToken);
        return result;
    }

    /// <summary>Waits until there is no writer, up to a time limit, and enters as a reader.</summary>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing is entered.</param>
    /// <returns>Whether the lock was entered.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="EnterReadLock"/>
    public bool TryEnterReadLock(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Enter(ReaderWriterMode.Read, out _, Deadline.After(timeout), cancellationToken);

    /// <summary>
    /// Waits until there are no readers and no writer, and enters as the writer. The upgradeable reader (<see cref="EnterUpgradeableReadLock"/>)
    /// waits for the other threads only.
    /// </summary>
    /// <inheritdoc cref="EnterReadLock"/>
    public EnterResult EnterWriteLock(CancellationToken cancellationToken = default)
    {
        Enter(ReaderWriterMode.Write, out var result, Deadline.Never, cancellationToken);
        return result;
    }

    /// <summary>Waits until there are no readers and no writer, up to a time limit, and enters as the writer.</summary>
    /// <inheritdoc cref="TryEnterReadLock"/>
    public bool TryEnterWriteLock(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Enter(ReaderWriterMode.Write, out _, Deadline.After(timeout), cancellationToken);

    /// <summary>
    /// Waits until there is no writer and no upgradeable reader, and enters as the upgradeable reader, which may write later by
    /// <see cref="EnterWriteLock"/>. Readers may enter meanwhile.
    /// </summary>
    /// <inheritdoc cref="EnterReadLock"/>
    public EnterResult EnterUpgradeableReadLock(CancellationToken cancellationToken = default)
    {
        Enter(ReaderWriterMode.Upgradeable, out var result, Deadline.Never, cancellationToken);
        return result;
    }

    /// <summary>Waits until there is no writer and no upgradeable reader, up to a time limit, and enters as the upgradeable reader.</summary>
    /// <inheritdoc cref="TryEnterReadLock"/>
    public bool TryEnterUpgradeableReadLock(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Enter(ReaderWriterMode.Upgradeable, out _, Deadline.After(timeout), cancellationToken);

    /// <summary>Exits as a reader.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread is not a reader.</exception>
    public void ExitReadLock() => Exit(ReaderWriterMode.Read, _core.Mine.Reads);

    /// <summary>Exits as the writer.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread is not the writer.</exception>
    public void ExitWriteLock() => Exit(ReaderWriterMode.Write, _core.Mine.Writes);

    /// <summary>Exits as the upgradeable reader. If the thread is also the writer, it remains the writer.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread is not the upgradeable reader.</exception>
    public void ExitUpgradeableReadLock() => Exit(ReaderWriterMode.Upgradeable, _core.Mine.Upgrades);

    /// <summary>Enters as a reader until the same thread disposes the returned scope.</summary>
    /// <inheritdoc cref="EnterReadLock"/>
    /// <returns>An object that exits the lock when it is disposed.</returns>
    public Scope EnterReadScope(CancellationToken cancellationToken = default) => new(this, ReaderWriterMode.Read, EnterReadLock(cancellationToken));

    /// <summary>Enters as the writer until the same thread disposes the returned scope.</summary>
    /// <inheritdoc cref="EnterReadLock"/>
    /// <returns>An object that exits the lock when it is disposed.</returns>
    public Scope EnterWriteScope(CancellationToken cancellationToken = default) =>
        new(this, ReaderWriterMode.Write, EnterWriteLock(cancellationToken));

    /// <summary>Enters as the upgradeable reader until the same thread disposes the returned scope.</summary>
    /// <inheritdoc cref="EnterReadLock"/>
    /// <returns>An object that exits the lock when it is disposed.</returns>
    public Scope EnterUpgradeableReadScope(CancellationToken cancellationToken = default) =>
        new(this, ReaderWriterMode.Upgradeable, EnterUpgradeableReadLock(cancellationToken));

    /// <summary>
    /// Waits without a thread until there is no writer, and enters as a reader. The reader is the returned object and not the calling thread: code
    /// may await while it is held, and any thread may dispose it. It is never recursive: awaiting a write lock while you hold a read lock deadlocks.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; then nothing is entered.</param>
    /// <returns>An object that exits the lock when it is disposed.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled before the lock was entered.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed in this process, before the call or during it.</exception>
    public async ValueTask<ProcessLockHold> EnterReadLockAsync(CancellationToken cancellationToken = default) =>
        (await EnterAsync(ReaderWriterMode.Read, Deadline.Never, cancellationToken).ConfigureAwait(false))!;

    /// <summary>
    /// Waits without a thread until there are no readers and no writer, and enters as the writer; see
    /// <see cref="EnterReadLockAsync(CancellationToken)"/>.
    /// </summary>
    /// <returns>An object that exits the lock when it is disposed.</returns>
    /// <inheritdoc cref="EnterReadLockAsync(CancellationToken)"/>
    public async ValueTask<ProcessLockHold> EnterWriteLockAsync(CancellationToken cancellationToken = default) =>
        (await EnterAsync(ReaderWriterMode.Write, Deadline.Never, cancellationToken).ConfigureAwait(false))!;

    /// <summary>As <see cref="EnterReadLockAsync(CancellationToken)"/>, up to a time limit.</summary>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing is entered.</param>
    /// <returns>An object that exits the lock when it is disposed; <see langword="null"/> when the lock could not be entered in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="EnterReadLockAsync(CancellationToken)"/>
    public ValueTask<ProcessLockHold?> TryEnterReadLockAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        EnterAsync(ReaderWriterMode.Read, Deadline.After(timeout), cancellationToken);

    /// <summary>As <see cref="EnterWriteLockAsync(CancellationToken)"/>, up to a time limit.</summary>
    /// <returns>An object that exits the lock when it is disposed; <see langword="null"/> when the lock could not be entered in time.</returns>
    /// <inheritdoc cref="TryEnterReadLockAsync"/>
    public ValueTask<ProcessLockHold?> TryEnterWriteLockAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        EnterAsync(ReaderWriterMode.Write, Deadline.After(timeout), cancellationToken);

    void IProcessHandle<ProcessReaderWriterLock>.WriteHandle(HandleWriter writer) => Write(writer);

    static ProcessReaderWriterLock IProcessHandle<ProcessReaderWriterLock>.ReadHandle(ref HandleReader reader) =>
        new(Open(ref reader, SegmentKind.ReaderWriterLock));

    private bool Enter(ReaderWriterMode mode, out EnterResult result, Deadline deadline, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        var holds = _core.Mine;
        if (holds.Any && Again(mode, holds))
        {
            ReaderWriterCore.Count(holds, mode, +1);
            result = _core.Abandonment;
            return true;
        }

        var entered = _core.Enter(mode, this, out result, deadline, cancellationToken);
        GC.KeepAlive(this);
        return entered;
    }

    /// <summary>Whether the thread is inside in this mode already and enters once more; false when it enters for the first time.</summary>
    private bool Again(ReaderWriterMode mode, ReaderWriterCore.Holds holds)
    {
        var (had, isForbidden) = mode switch
        {
            ReaderWriterMode.Read => (holds.Reads, holds.Writes > 0 && !_core.IsRecursive),
            ReaderWriterMode.Write => (holds.Writes, holds.Reads > 0 && holds.Writes == 0),
            _ => (holds.Upgrades, (holds.Reads > 0 && holds.Writes == 0 && holds.Upgrades == 0) || (holds.Writes > 0 && !_core.IsRecursive)),
        };
        return isForbidden || (had > 0 && !_core.IsRecursive)
            ? throw new LockRecursionException(
                $"This thread cannot enter in mode {mode}: it is inside {holds.Reads} times as reader, {holds.Writes} times as writer, "
                + $"{holds.Upgrades} times as upgradeable reader{(_core.IsRecursive ? "" : ", and the lock was created without recursion")}. "
                + "To read first and write later, enter the upgradeable read lock.")
            : had > 0;
    }

    private void Exit(ReaderWriterMode mode, int had)
    {
        if (had == 0)
        {
            throw new SynchronizationLockException(
                $"This thread is not inside the lock in mode {mode}. "
                + "The thread that entered must exit; the object that an asynchronous call returned must be disposed.");
        }

        if (ReaderWriterCore.Count(_core.Mine, mode, -1) == 0)
        {
            _core.Exit(mode);
        }

        GC.KeepAlive(this);
    }

    private async ValueTask<ProcessLockHold?> EnterAsync(ReaderWriterMode mode, Deadline deadline, CancellationToken cancellationToken) =>
        await _core.EnterAsync(mode, this, deadline, cancellationToken).ConfigureAwait(false) ? new ProcessLockHold(this, _core, mode) : null;

    /// <summary>The entry of a thread; exits the lock when it is disposed.</summary>
    /// <example>
    /// <code>
    /// using var gate = new ProcessReaderWriterLock();
    /// using (ProcessReaderWriterLock.Scope scope = gate.EnterUpgradeableReadScope())
    /// {
    ///     // Read, and write only if it is necessary.
    ///     using (gate.EnterWriteScope())
    ///     {
    ///         Console.WriteLine(gate.IsWriteLockHeld); // True
    ///     }
    /// } // exits the lock
    /// </code>
    /// </example>
    public ref struct Scope
    {
        private readonly ReaderWriterMode _mode;
        private ProcessReaderWriterLock? _lock;

        internal Scope(ProcessReaderWriterLock entered, ReaderWriterMode mode, EnterResult result)
        {
            _lock = entered;
            _mode = mode;
            Result = result;
        }

        /// <summary>Gets whether a writer died and may have left incomplete data.</summary>
        public EnterResult Result { get; }

        /// <inheritdoc cref="EnterResult.WasAbandoned"/>
        public readonly bool WasAbandoned => Result.WasAbandoned;

        /// <summary>Exits the lock. A second call on the same variable does nothing.</summary>
        /// <exception cref="SynchronizationLockException">The calling thread is not inside the lock.</exception>
        public void Dispose()
        {
            if (_lock is not { } entered)
            {
                return;
            }

            _lock = null;
            entered.Exit(_mode, ReaderWriterCore.Count(entered._core.Mine, _mode, 0));
        }
    }
}
