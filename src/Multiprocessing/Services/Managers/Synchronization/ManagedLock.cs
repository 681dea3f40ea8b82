using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The proxy of a managed lock.</summary>
internal sealed class ManagedLock(ProxyTarget target) : ManagedLockBase(target), IReferent<IManagedLock>;

/// <summary>What the proxies of locks and of conditions have in common.</summary>
internal abstract class ManagedLockBase(ProxyTarget target) : ManagedProxy(target), IManagedLock
{
    private static long _lastOwner;

    [ThreadStatic]
    private static long _thread;

    public bool IsHeld => Begin(LockContract.IsHeld).Invoke<bool>(CancellationToken.None);

    /// <summary>Gets the number of the calling thread as an owner. Numbers are never used twice, unlike those of threads.</summary>
    protected static long ThreadOwner => _thread != 0 ? _thread : _thread = Interlocked.Increment(ref _lastOwner);

    public EnterResult Enter(CancellationToken cancellationToken = default) =>
        Result(WithEnter(ThreadOwner, Timeout.InfiniteTimeSpan).Invoke<int>(cancellationToken));

    public bool TryEnter(TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        WithEnter(ThreadOwner, timeout).Invoke<int>(cancellationToken) != LockReferent.TimedOut;

    public void Exit() => Exit(ThreadOwner);

    public async ValueTask<ManagedLockHold> EnterAsync(CancellationToken cancellationToken = default) =>
        (await TryEnterAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false))!;

    public async ValueTask<ManagedLockHold?> TryEnterAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var owner = Interlocked.Increment(ref _lastOwner);
        var reply = await WithEnter(owner, timeout).InvokeValueAsync<int>(cancellationToken).ConfigureAwait(false);
        return reply == LockReferent.TimedOut ? null : new ManagedLockHold(this, owner, Result(reply));
    }

    public ManagedLockHold EnterScope(CancellationToken cancellationToken = default)
    {
        var owner = Interlocked.Increment(ref _lastOwner);
        return new ManagedLockHold(this, owner, Result(WithEnter(owner, Timeout.InfiniteTimeSpan).Invoke<int>(cancellationToken)));
    }

    internal void Exit(long owner) => WithOwner(LockContract.Exit, owner).Invoke(CancellationToken.None);

    internal ValueTask ExitAsync(long owner) => WithOwner(LockContract.Exit, owner).InvokeValueAsync(CancellationToken.None);

    protected OutgoingCall WithOwner(int member, long owner)
    {
        var call = Begin(member);
        call.Argument(owner, nameof(owner));
        return call;
    }

    protected static EnterResult Result(int reply) => reply == 0 ? default : EnterResult.AbandonedBy(reply);

    private OutgoingCall WithEnter(long owner, TimeSpan timeout)
    {
        var ticks = Ticks(timeout);
        var call = WithOwner(LockContract.Enter, owner);
        call.Argument(ticks, nameof(timeout));
        return call;
    }
}
