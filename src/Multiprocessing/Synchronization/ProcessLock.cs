using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Mutual exclusion between the threads of all processes that hold this object. The lock is owned by a thread of a process or, when entered by
/// <see cref="EnterAsync(CancellationToken)"/>, by the returned <see cref="ProcessLockHold"/>.
/// <para>
/// When a process ends for any reason while it owns the lock, the next waiter takes the lock over and is notified
/// (<see cref="EnterResult.WasAbandoned"/>): the data that the lock guards may be incomplete. A thread that ends without its process keeps the lock
/// until the process ends. A stopped process also keeps it; use a time-out.
/// </para>
/// <para>All members are safe to call from any thread of any process at the same time. Waiters are not served in FIFO order.</para>
/// </summary>
/// <example>
/// <code>
/// using var gate = new ProcessLock();
/// using var total = new SharedValue&lt;long>();
/// using var child = ChildProcess.Run(AddMany, gate, total);
/// AddMany(gate, total);
/// child.Wait();
/// Console.WriteLine(total.Value); // 2000
///
/// static void AddMany(ProcessLock gate, SharedValue&lt;long> total)
/// {
///     for (var i = 0; i &lt; 1_000; i++)
///     {
///         using (gate.EnterScope())
///         {
///             total.Value++;
///         }
///     }
/// }
/// </code>
/// </example>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed class ProcessLock : ProcessSynchronizationObject, IProcessHandle<ProcessLock>
{
    private readonly LockCore _core;

    /// <summary>Creates a lock without an owner.</summary>
    /// <param name="recursionPolicy">
    /// Whether a thread that owns the lock may enter it again, and exit it as often. The default value is
    /// <see cref="LockRecursionPolicy.NoRecursion"/>: entering again throws <see cref="LockRecursionException"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="recursionPolicy"/> is not a defined policy.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory (4 KiB).</exception>
    public ProcessLock(LockRecursionPolicy recursionPolicy = LockRecursionPolicy.NoRecursion)
        : this(null, recursionPolicy)
    {
    }

    /// <summary>
    /// Opens the lock of a name, or creates it: all programs of this user that use the name get the same one, whichever program started them.
    /// It is freed when the last of them has disposed it or has exited for any reason.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case-sensitive. All kinds of objects share one set of names.</param>
    /// <param name="recursionPolicy">Whether a thread that owns the lock may enter it again; the same for all programs.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, to a lock of another policy, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="recursionPolicy"/> is not a defined policy.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory.</exception>
    public static ProcessLock OpenOrCreate(string name, LockRecursionPolicy recursionPolicy = LockRecursionPolicy.NoRecursion) =>
        OpenOrCreate(null, name, recursionPolicy);

    /// <summary>Opens the lock of a name, with the options that it was created with.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has an object of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static ProcessLock Open(string name) => NamedObject.Open(null, name, NamedIdentity.Of<ProcessLock>(null), OpenNamed);

    /// <summary>Opens the lock of a name if it exists.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">The opened object, or null.</param>
    /// <returns>False if no program has an object of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessLock? opened) =>
        NamedObject.TryOpen(null, name, NamedIdentity.Of<ProcessLock>(null), OpenNamed, out opened);

    internal static ProcessLock OpenOrCreate(Session? session, string name, LockRecursionPolicy recursionPolicy)
    {
        return NamedObject.OpenOrCreate(
            session, name, NamedIdentity.Of<ProcessLock>($"{recursionPolicy}"), OpenNamed,
            owner => new ProcessLock(owner, recursionPolicy));
    }

    internal static ProcessLock? OpenNamed(Session session, SegmentId id) =>
        SyncObject.Open(session, id, SegmentKind.Lock) is { } shared ? new ProcessLock(shared) : null;

    internal ProcessLock(Session? session, LockRecursionPolicy recursionPolicy)
        : this(LockCore.Create(
            session ?? Session.Current,
            Enum.IsDefined(recursionPolicy)
                ? recursionPolicy
                : throw new ArgumentOutOfRangeException(nameof(recursionPolicy), recursionPolicy, "The policy is not defined.")))
    {
    }

    internal ProcessLock(SyncObject shared)
        : base(shared) => _core = (LockCore)shared.Core;

    /// <summary>Gets whether the owner may enter again.</summary>
    public LockRecursionPolicy RecursionPolicy => _core.IsRecursive ? LockRecursionPolicy.SupportsRecursion : LockRecursionPolicy.NoRecursion;

    /// <summary>Gets whether the calling thread owns the lock.</summary>
    public bool IsHeldByCurrentThread => _core.IsHeldByThisThread;

    /// <summary>Gets whether the lock had an owner at one moment during the call; a dead owner counts until the lock was taken over.</summary>
    public bool IsHeld
    {
        get
        {
            ThrowIfDisposed();
            var held = _core.IsHeld;
            GC.KeepAlive(this);
            return held;
        }
    }

    /// <summary>
    /// Gets, for the owner of the lock until it exits, whether the last owner's process ended while it owned the lock. Also true when a wait at a
    /// <see cref="ProcessCondition"/> found that when it entered again. The value has no meaning for other threads.
    /// </summary>
    public bool WasAbandoned => _core.Entered.WasAbandoned;

    internal LockCore Core => _core;

    private string DebuggerText => !_core.IsHeld ? "free" : _core.IsHeldByThisThread ? "held by this thread" : $"held by {_core.DescribeOwner()}";

    /// <summary>Waits for the lock and enters it.</summary>
    /// <returns>Whether the last owner died while it held the lock.</returns>
    /// <exception cref="LockRecursionException">This thread owns the lock already, and the lock was created without recursion.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed in this process, before the call or during it.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public EnterResult Enter()
    {
        ThrowIfDisposed();
        var result = default(EnterResult);
        if (!_core.TryEnterFree())
        {
            _core.Enter(this, out result, Deadline.Never, default);
        }

        GC.KeepAlive(this);
        return result;
    }

    /// <inheritdoc cref="Enter()"/>
    /// <param name="cancellationToken">Ends the wait; then the lock is not held.</param>
    /// <exception cref="OperationCanceledException">The token was canceled before the lock was entered.</exception>
    public EnterResult Enter(CancellationToken cancellationToken)
    {
        TryEnter(Deadline.Never, out var result, cancellationToken);
        return result;
    }

    /// <summary>Enters the lock if it is free, its owner is dead, or this thread owns it and may enter again.</summary>
    /// <returns>Whether this thread owns the lock now.</returns>
    /// <inheritdoc cref="Enter()"/>
    public bool TryEnter() => TryEnter(Deadline.Now, out _, default);

    /// <summary>Waits for the lock, up to a time limit.</summary>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait; then the lock is not held.</param>
    /// <returns>Whether this thread owns the lock now.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="Enter(CancellationToken)"/>
    public bool TryEnter(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryEnter(Deadline.After(timeout), out _, cancellationToken);

    /// <inheritdoc cref="TryEnter(TimeSpan, CancellationToken)"/>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="result">Whether the last owner died while it owned the lock.</param>
    /// <param name="cancellationToken">Ends the wait; then the lock is not held.</param>
    public bool TryEnter(TimeSpan timeout, out EnterResult result, CancellationToken cancellationToken = default) =>
        TryEnter(Deadline.After(timeout), out result, cancellationToken);

    /// <summary>Exits the lock; of several entries of this thread, the last one.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread does not own the lock.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit()
    {
        _core.Exit();
        GC.KeepAlive(this);
    }

    /// <summary>Waits for the lock and enters it: <c>using (gate.EnterScope()) { ... }</c>.</summary>
    /// <returns>A scope that exits the lock when the same thread disposes it.</returns>
    /// <inheritdoc cref="Enter()"/>
    public Scope EnterScope() => new(this, Enter());

    /// <inheritdoc cref="EnterScope()"/>
    /// <param name="cancellationToken">Ends the wait; then the lock is not held.</param>
    /// <exception cref="OperationCanceledException">The token was canceled before the lock was entered.</exception>
    public Scope EnterScope(CancellationToken cancellationToken) => new(this, Enter(cancellationToken));

    /// <summary>
    /// Waits for the lock without a thread and enters it: <c>using (await gate.EnterAsync()) { ... }</c>. The owner is the returned object and not
    /// the calling thread: code may await between entering and exiting, and any thread may exit. The asynchronous lock is never recursive, whatever
    /// the policy: awaiting it while you hold it deadlocks.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; then the lock is not held.</param>
    /// <returns>The hold; the lock is exited when it is disposed.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled before the lock was entered.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed in this process, before the call or during it.</exception>
    public async ValueTask<ProcessLockHold> EnterAsync(CancellationToken cancellationToken = default) =>
        (await _core.EnterAsync(this, Deadline.Never, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Waits for the lock without a thread, up to a time limit; see <see cref="EnterAsync(CancellationToken)"/>.</summary>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait; then the lock is not held.</param>
    /// <returns>The hold, or <see langword="null"/> when the lock could not be entered in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before the lock was entered.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed in this process, before the call or during it.</exception>
    public ValueTask<ProcessLockHold?> TryEnterAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _core.EnterAsync(this, Deadline.After(timeout), cancellationToken);

    void IProcessHandle<ProcessLock>.WriteHandle(HandleWriter writer) => Write(writer);

    static ProcessLock IProcessHandle<ProcessLock>.ReadHandle(ref HandleReader reader) => new(Open(ref reader, SegmentKind.Lock));

    /// <summary>Writes the lock as a part of another object's handle.</summary>
    internal void WriteAsPart(HandleWriter writer) => Write(writer);

    private bool TryEnter(Deadline deadline, out EnterResult result, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        result = default;
        var entered = _core.TryEnterFree() || _core.Enter(this, out result, deadline, cancellationToken);
        GC.KeepAlive(this);
        return entered;
    }

    /// <summary>The entry of a thread; exits the lock when it is disposed.</summary>
    /// <example>
    /// <code>
    /// using var gate = new ProcessLock();
    /// using (ProcessLock.Scope scope = gate.EnterScope())
    /// {
    ///     if (scope.WasAbandoned)
    ///     {
    ///         Console.WriteLine("The last owner died: check the data that the lock guards.");
    ///     }
    /// } // exits the lock
    /// </code>
    /// </example>
    public ref struct Scope
    {
        private ProcessLock? _lock;

        internal Scope(ProcessLock entered, EnterResult result)
        {
            _lock = entered;
            Result = result;
        }

        /// <summary>Gets whether the lock's last owner died.</summary>
        public EnterResult Result { get; }

        /// <inheritdoc cref="EnterResult.WasAbandoned"/>
        public readonly bool WasAbandoned => Result.WasAbandoned;

        /// <summary>Exits the lock. A second call on the same variable does nothing.</summary>
        /// <exception cref="SynchronizationLockException">The calling thread does not own the lock.</exception>
        public void Dispose()
        {
            if (_lock is { } entered)
            {
                _lock = null;
                entered.Exit();
            }
        }
    }
}
