using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// A lock that many may have to read, or one to write, between the threads of all processes that have it. The members are those of <see cref="ReaderWriterLockSlim"/>.
/// <para>
/// What a process had of the lock is given up when it ends, however it ends. If it was writing, everybody who enters is told (<see cref="EnterResult.WasAbandoned"/>), until one who was told has
/// written and left. New readers wait while a writer waits. Who waits is not served in order.
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

    /// <summary>Creates a lock that nobody has.</summary>
    /// <param name="recursionPolicy">
    /// Whether a thread that has the lock may enter it again in the same mode, or read while it writes. The default value is <see cref="LockRecursionPolicy.NoRecursion"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="recursionPolicy"/> is no such policy.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it (12 KiB).</exception>
    public ProcessReaderWriterLock(LockRecursionPolicy recursionPolicy = LockRecursionPolicy.NoRecursion)
        : this(null, recursionPolicy)
    {
    }

    /// <summary>
    /// Opens the lock of a name, or creates it: all programs of this user that ask for the name get the same one, whoever started them. It goes when the last of them has disposed it, or has
    /// ended, however that was.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case counts. All kinds of objects share the names.</param>
    /// <param name="recursionPolicy">Whether a thread that has the lock may enter it again; the same for all.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, to a lock of another policy, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="recursionPolicy"/> is no such policy.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public static ProcessReaderWriterLock OpenOrCreate(string name, LockRecursionPolicy recursionPolicy = LockRecursionPolicy.NoRecursion) => OpenOrCreate(null, name, recursionPolicy);

    /// <summary>Opens the lock of a name, as the programs have it that created it.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has one of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static ProcessReaderWriterLock Open(string name) => NamedObject.Open(null, name, NamedIdentity.Of<ProcessReaderWriterLock>(null), OpenNamed);

    /// <summary>Opens the lock of a name if there is one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">It, or null.</param>
    /// <returns>False if no program has one of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessReaderWriterLock? opened) => NamedObject.TryOpen(null, name, NamedIdentity.Of<ProcessReaderWriterLock>(null), OpenNamed, out opened);

    internal static ProcessReaderWriterLock OpenOrCreate(Session? session, string name, LockRecursionPolicy recursionPolicy)
    {
        return NamedObject.OpenOrCreate(session, name, NamedIdentity.Of<ProcessReaderWriterLock>($"{recursionPolicy}"), OpenNamed, owner => new ProcessReaderWriterLock(owner, recursionPolicy));
    }

    private static ProcessReaderWriterLock? OpenNamed(Session session, SegmentId id) => SyncObject.Open(session, id, SegmentKind.ReaderWriterLock) is { } shared ? new ProcessReaderWriterLock(shared) : null;

    internal ProcessReaderWriterLock(Session? session, LockRecursionPolicy recursionPolicy)
        : this(ReaderWriterCore.Create(
            session ?? Session.Current,
            Enum.IsDefined(recursionPolicy) ? recursionPolicy : throw new ArgumentOutOfRangeException(nameof(recursionPolicy), recursionPolicy, "There is no such policy.")))
    {
    }

    internal ProcessReaderWriterLock(SyncObject shared)
        : base(shared) => _core = (ReaderWriterCore)shared.Core;

    /// <summary>Whether a thread may enter again.</summary>
    public LockRecursionPolicy RecursionPolicy => _core.IsRecursive ? LockRecursionPolicy.SupportsRecursion : LockRecursionPolicy.NoRecursion;

    /// <summary>Whether the calling thread reads.</summary>
    public bool IsReadLockHeld => _core.Mine.Reads > 0;

    /// <summary>Whether the calling thread writes.</summary>
    public bool IsWriteLockHeld => _core.Mine.Writes > 0;

    /// <summary>Whether the calling thread reads and may write.</summary>
    public bool IsUpgradeableReadLockHeld => _core.Mine.Upgrades > 0;

    /// <summary>How many threads of all processes read, those who may write not counted.</summary>
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

    /// <summary>A process died while it wrote, and nobody has written and left since who was told: what the lock guards may be half done.</summary>
    public bool WasAbandoned => _core.Abandonment.WasAbandoned;

    private string DebuggerText => $"{_core.CurrentReadCount} read, this thread: {_core.Mine.Reads} read, {_core.Mine.Writes} write";

    /// <summary>Waits until nobody writes, and reads.</summary>
    /// <param name="cancellationToken">Ends the wait; nothing is entered then.</param>
    /// <returns>Whether a writer died and left something to repair.</returns>
    /// <exception cref="LockRecursionException">This thread has the lock in a mode that does not allow it.</exception>
    /// <exception cref="OperationCanceledException">The token fired before the lock was had.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed in this process, before the call or during it.</exception>
    public EnterResult EnterReadLock(CancellationToken cancellationToken = default)
    {
        Enter(ReaderWriterMode.Read, out var result, Deadline.Never, cancellationToken);
        return result;
    }

    /// <summary>Waits until nobody writes, but not for longer than a time, and reads.</summary>
    /// <param name="timeout">How long to wait; <see cref="TimeSpan.Zero"/> not at all, <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is entered then.</param>
    /// <returns>Whether the lock is entered now.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="EnterReadLock"/>
    public bool TryEnterReadLock(TimeSpan timeout, CancellationToken cancellationToken = default) => Enter(ReaderWriterMode.Read, out _, Deadline.After(timeout), cancellationToken);

    /// <summary>Waits until nobody reads or writes, and writes. A thread that reads and may write (<see cref="EnterUpgradeableReadLock"/>) waits for the others only.</summary>
    /// <inheritdoc cref="EnterReadLock"/>
    public EnterResult EnterWriteLock(CancellationToken cancellationToken = default)
    {
        Enter(ReaderWriterMode.Write, out var result, Deadline.Never, cancellationToken);
        return result;
    }

    /// <summary>Waits until nobody reads or writes, but not for longer than a time, and writes.</summary>
    /// <inheritdoc cref="TryEnterReadLock"/>
    public bool TryEnterWriteLock(TimeSpan timeout, CancellationToken cancellationToken = default) => Enter(ReaderWriterMode.Write, out _, Deadline.After(timeout), cancellationToken);

    /// <summary>Waits until nobody writes or may, and reads with the right to write later by <see cref="EnterWriteLock"/>. Others may read meanwhile.</summary>
    /// <inheritdoc cref="EnterReadLock"/>
    public EnterResult EnterUpgradeableReadLock(CancellationToken cancellationToken = default)
    {
        Enter(ReaderWriterMode.Upgradeable, out var result, Deadline.Never, cancellationToken);
        return result;
    }

    /// <summary>Waits until nobody writes or may, but not for longer than a time, and reads with the right to write later.</summary>
    /// <inheritdoc cref="TryEnterReadLock"/>
    public bool TryEnterUpgradeableReadLock(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Enter(ReaderWriterMode.Upgradeable, out _, Deadline.After(timeout), cancellationToken);

    /// <summary>Ends reading.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread does not read.</exception>
    public void ExitReadLock() => Exit(ReaderWriterMode.Read, _core.Mine.Reads);

    /// <summary>Ends writing.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread does not write.</exception>
    public void ExitWriteLock() => Exit(ReaderWriterMode.Write, _core.Mine.Writes);

    /// <summary>Ends reading with the right to write. If the thread writes, it goes on writing.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread does not read in this mode.</exception>
    public void ExitUpgradeableReadLock() => Exit(ReaderWriterMode.Upgradeable, _core.Mine.Upgrades);

    /// <summary>Reads until what is returned is disposed by the same thread.</summary>
    /// <inheritdoc cref="EnterReadLock"/>
    /// <returns>Ends reading when it is disposed.</returns>
    public Scope EnterReadScope(CancellationToken cancellationToken = default) => new(this, ReaderWriterMode.Read, EnterReadLock(cancellationToken));

    /// <summary>Writes until what is returned is disposed by the same thread.</summary>
    /// <inheritdoc cref="EnterReadLock"/>
    /// <returns>Ends writing when it is disposed.</returns>
    public Scope EnterWriteScope(CancellationToken cancellationToken = default) => new(this, ReaderWriterMode.Write, EnterWriteLock(cancellationToken));

    /// <summary>Reads, with the right to write, until what is returned is disposed by the same thread.</summary>
    /// <inheritdoc cref="EnterReadLock"/>
    /// <returns>Ends reading when it is disposed.</returns>
    public Scope EnterUpgradeableReadScope(CancellationToken cancellationToken = default) =>
        new(this, ReaderWriterMode.Upgradeable, EnterUpgradeableReadLock(cancellationToken));

    /// <summary>
    /// Waits without a thread until nobody writes, and reads. What reads then is not the calling thread but what is returned: code may await in between, and any thread may end it. It knows no
    /// recursion: who awaits a write lock while he has a read lock waits for himself.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; nothing is entered then.</param>
    /// <returns>Ends reading when it is disposed.</returns>
    /// <exception cref="OperationCanceledException">The token fired before the lock was had.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed in this process, before the call or during it.</exception>
    public async ValueTask<ProcessLockHold> EnterReadLockAsync(CancellationToken cancellationToken = default) =>
        (await EnterAsync(ReaderWriterMode.Read, Deadline.Never, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Waits without a thread until nobody reads or writes, and writes; see <see cref="EnterReadLockAsync(CancellationToken)"/>.</summary>
    /// <returns>Ends writing when it is disposed.</returns>
    /// <inheritdoc cref="EnterReadLockAsync(CancellationToken)"/>
    public async ValueTask<ProcessLockHold> EnterWriteLockAsync(CancellationToken cancellationToken = default) =>
        (await EnterAsync(ReaderWriterMode.Write, Deadline.Never, cancellationToken).ConfigureAwait(false))!;

    /// <summary>As <see cref="EnterReadLockAsync(CancellationToken)"/>, but does not wait for longer than a time.</summary>
    /// <param name="timeout">How long to wait; <see cref="TimeSpan.Zero"/> not at all, <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is entered then.</param>
    /// <returns>Ends reading when it is disposed; <see langword="null"/> when the lock was not to be had in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="EnterReadLockAsync(CancellationToken)"/>
    public ValueTask<ProcessLockHold?> TryEnterReadLockAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        EnterAsync(ReaderWriterMode.Read, Deadline.After(timeout), cancellationToken);

    /// <summary>As <see cref="EnterWriteLockAsync(CancellationToken)"/>, but does not wait for longer than a time.</summary>
    /// <returns>Ends writing when it is disposed; <see langword="null"/> when the lock was not to be had in time.</returns>
    /// <inheritdoc cref="TryEnterReadLockAsync"/>
    public ValueTask<ProcessLockHold?> TryEnterWriteLockAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        EnterAsync(ReaderWriterMode.Write, Deadline.After(timeout), cancellationToken);

    void IProcessHandle<ProcessReaderWriterLock>.WriteHandle(HandleWriter writer) => Write(writer);

    static ProcessReaderWriterLock IProcessHandle<ProcessReaderWriterLock>.ReadHandle(ref HandleReader reader) => new(Open(ref reader, SegmentKind.ReaderWriterLock));

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

    /// <summary>Whether the thread has the mode already and enters it once more; false when it is to enter it for the first time.</summary>
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
                $"This thread cannot enter in mode {mode}: it has the lock to read {holds.Reads} times, to write {holds.Writes} times, to upgrade {holds.Upgrades} times"
                + $"{(_core.IsRecursive ? "" : ", and the lock was made without recursion")}. To read first and write later, enter the upgradeable read lock.")
            : had > 0;
    }

    private void Exit(ReaderWriterMode mode, int had)
    {
        if (had == 0)
        {
            throw new SynchronizationLockException($"This thread does not have the lock in mode {mode}. The thread that enters exits; what an asynchronous call returned is disposed.");
        }

        if (ReaderWriterCore.Count(_core.Mine, mode, -1) == 0)
        {
            _core.Exit(mode);
        }

        GC.KeepAlive(this);
    }

    private async ValueTask<ProcessLockHold?> EnterAsync(ReaderWriterMode mode, Deadline deadline, CancellationToken cancellationToken) =>
        await _core.EnterAsync(mode, this, deadline, cancellationToken).ConfigureAwait(false) ? new ProcessLockHold(this, _core, mode) : null;

    /// <summary>An entry of the calling thread.</summary>
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

        /// <summary>Whether a writer died and left something to repair.</summary>
        public EnterResult Result { get; }

        /// <inheritdoc cref="EnterResult.WasAbandoned"/>
        public readonly bool WasAbandoned => Result.WasAbandoned;

        /// <summary>Exits. A second call on the same variable does nothing.</summary>
        /// <exception cref="SynchronizationLockException">The calling thread does not have the lock.</exception>
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
