using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Mutual exclusion between threads of all processes that have it. It is owned by a thread of a process, or, when entered by <see cref="EnterAsync(CancellationToken)"/>,
/// by the <see cref="ProcessLockHold"/> that this returns.
/// <para>
/// When a process ends while it holds the lock, however it ends, the lock goes to the next one, which is told (<see cref="EnterResult.WasAbandoned"/>): what the lock guards
/// may be half done. A thread that ends without its process keeps the lock until the process ends. A stopped process keeps it too; use a time-out.
/// </para>
/// <para>All members are safe to call from any thread of any process at the same time. Who waits is not served in order.</para>
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

    /// <summary>Creates a lock that nobody holds.</summary>
    /// <param name="recursionPolicy">
    /// Whether a thread that holds the lock may enter it again, to exit it as often. The default value is <see cref="LockRecursionPolicy.NoRecursion"/>: it throws <see cref="LockRecursionException"/> then.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="recursionPolicy"/> is no such policy.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it (4 KiB).</exception>
    public ProcessLock(LockRecursionPolicy recursionPolicy = LockRecursionPolicy.NoRecursion)
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
    public static ProcessLock OpenOrCreate(string name, LockRecursionPolicy recursionPolicy = LockRecursionPolicy.NoRecursion) => OpenOrCreate(null, name, recursionPolicy);

    /// <summary>Opens the lock of a name, as the programs have it that created it.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has one of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static ProcessLock Open(string name) => NamedObject.Open(null, name, NamedIdentity.Of<ProcessLock>(null), OpenNamed);

    /// <summary>Opens the lock of a name if there is one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">It, or null.</param>
    /// <returns>False if no program has one of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessLock? opened) => NamedObject.TryOpen(null, name, NamedIdentity.Of<ProcessLock>(null), OpenNamed, out opened);

    internal static ProcessLock OpenOrCreate(Session? session, string name, LockRecursionPolicy recursionPolicy)
    {
        return NamedObject.OpenOrCreate(session, name, NamedIdentity.Of<ProcessLock>($"{recursionPolicy}"), OpenNamed, owner => new ProcessLock(owner, recursionPolicy));
    }

    internal static ProcessLock? OpenNamed(Session session, SegmentId id) => SyncObject.Open(session, id, SegmentKind.Lock) is { } shared ? new ProcessLock(shared) : null;

    internal ProcessLock(Session? session, LockRecursionPolicy recursionPolicy)
        : this(LockCore.Create(
            session ?? Session.Current,
            Enum.IsDefined(recursionPolicy) ? recursionPolicy : throw new ArgumentOutOfRangeException(nameof(recursionPolicy), recursionPolicy, "There is no such policy.")))
    {
    }

    internal ProcessLock(SyncObject shared)
        : base(shared) => _core = (LockCore)shared.Core;

    /// <summary>Whether the owner may enter again.</summary>
    public LockRecursionPolicy RecursionPolicy => _core.IsRecursive ? LockRecursionPolicy.SupportsRecursion : LockRecursionPolicy.NoRecursion;

    /// <summary>Whether the calling thread holds the lock.</summary>
    public bool IsHeldByCurrentThread => _core.IsHeldByThisThread;

    /// <summary>Whether anybody held the lock at one moment during the call; a dead owner counts until somebody has taken the lock over.</summary>
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
    /// For who holds the lock, until it is exited: the process that held it before ended as its owner. Also true when that was found out on the way back from a wait at a
    /// <see cref="ProcessCondition"/>. Of no meaning to others.
    /// </summary>
    public bool WasAbandoned => _core.Entered.WasAbandoned;

    internal LockCore Core => _core;

    private string DebuggerText => !_core.IsHeld ? "free" : _core.IsHeldByThisThread ? "held by this thread" : $"held by {_core.DescribeOwner()}";

    /// <summary>Waits for the lock and takes it.</summary>
    /// <returns>Whether its last owner died.</returns>
    /// <exception cref="LockRecursionException">This thread holds the lock already, and it was made without recursion.</exception>
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
    /// <param name="cancellationToken">Ends the wait; the lock is not held then.</param>
    /// <exception cref="OperationCanceledException">The token fired before the lock was had.</exception>
    public EnterResult Enter(CancellationToken cancellationToken)
    {
        TryEnter(Deadline.Never, out var result, cancellationToken);
        return result;
    }

    /// <summary>Takes the lock if it is free, its owner is dead, or this thread holds it and may enter again.</summary>
    /// <returns>Whether the lock is held now.</returns>
    /// <inheritdoc cref="Enter()"/>
    public bool TryEnter() => TryEnter(Deadline.Now, out _, default);

    /// <summary>Waits for the lock, but not for longer than a time.</summary>
    /// <param name="timeout">How long to wait; <see cref="TimeSpan.Zero"/> not at all, <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="cancellationToken">Ends the wait; the lock is not held then.</param>
    /// <returns>Whether the lock is held now.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="Enter(CancellationToken)"/>
    public bool TryEnter(TimeSpan timeout, CancellationToken cancellationToken = default) => TryEnter(Deadline.After(timeout), out _, cancellationToken);

    /// <inheritdoc cref="TryEnter(TimeSpan, CancellationToken)"/>
    /// <param name="timeout">How long to wait; <see cref="TimeSpan.Zero"/> not at all, <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="result">Whether its last owner died.</param>
    /// <param name="cancellationToken">Ends the wait; the lock is not held then.</param>
    public bool TryEnter(TimeSpan timeout, out EnterResult result, CancellationToken cancellationToken = default) => TryEnter(Deadline.After(timeout), out result, cancellationToken);

    /// <summary>Gives the lock back; of several entries of this thread, the last one.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread does not hold the lock.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit()
    {
        _core.Exit();
        GC.KeepAlive(this);
    }

    /// <summary>Waits for the lock and takes it: <c>using (gate.EnterScope()) { ... }</c>.</summary>
    /// <returns>Exits the lock when it is disposed, by the same thread.</returns>
    /// <inheritdoc cref="Enter()"/>
    public Scope EnterScope() => new(this, Enter());

    /// <inheritdoc cref="EnterScope()"/>
    /// <param name="cancellationToken">Ends the wait; the lock is not held then.</param>
    /// <exception cref="OperationCanceledException">The token fired before the lock was had.</exception>
    public Scope EnterScope(CancellationToken cancellationToken) => new(this, Enter(cancellationToken));

    /// <summary>
    /// Waits for the lock without a thread and takes it: <c>using (await gate.EnterAsync()) { ... }</c>. What owns it then is not the calling thread but what is returned: code may await
    /// between entering and exiting, and any thread may exit. It is never entered twice, whatever the recursion policy: who awaits it while he has it waits for himself.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; the lock is not held then.</param>
    /// <returns>The hold; the lock is exited when it is disposed.</returns>
    /// <exception cref="OperationCanceledException">The token fired before the lock was had.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed in this process, before the call or during it.</exception>
    public async ValueTask<ProcessLockHold> EnterAsync(CancellationToken cancellationToken = default) =>
        (await _core.EnterAsync(this, Deadline.Never, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Waits for the lock without a thread, but not for longer than a time; see <see cref="EnterAsync(CancellationToken)"/>.</summary>
    /// <param name="timeout">How long to wait; <see cref="TimeSpan.Zero"/> not at all, <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="cancellationToken">Ends the wait; the lock is not held then.</param>
    /// <returns>The hold, or <see langword="null"/> when the lock was not to be had in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The token fired before the lock was had.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed in this process, before the call or during it.</exception>
    public ValueTask<ProcessLockHold?> TryEnterAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _core.EnterAsync(this, Deadline.After(timeout), cancellationToken);

    void IProcessHandle<ProcessLock>.WriteHandle(HandleWriter writer) => Write(writer);

    static ProcessLock IProcessHandle<ProcessLock>.ReadHandle(ref HandleReader reader) => new(Open(ref reader, SegmentKind.Lock));

    /// <summary>As a part of another object's handle.</summary>
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

    /// <summary>An entry of the calling thread.</summary>
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

        /// <summary>Whether the lock's last owner died.</summary>
        public EnterResult Result { get; }

        /// <inheritdoc cref="EnterResult.WasAbandoned"/>
        public readonly bool WasAbandoned => Result.WasAbandoned;

        /// <summary>Exits the lock. A second call on the same variable does nothing.</summary>
        /// <exception cref="SynchronizationLockException">The calling thread does not hold the lock.</exception>
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
