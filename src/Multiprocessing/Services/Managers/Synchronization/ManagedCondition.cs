using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The proxy of a managed condition.</summary>
internal sealed class ManagedCondition(ProxyTarget target) : ManagedLockBase(target), IManagedCondition, IReferent<IManagedCondition>
{
    public void Wait(CancellationToken cancellationToken = default) => Wait(Timeout.InfiniteTimeSpan, cancellationToken);

    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WithWait(ThreadOwner, timeout).Invoke<ConditionReply>(cancellationToken).IsNotified;

    public bool Wait(Func<bool> predicate, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        var deadline = Deadline.After(timeout);
        while (!predicate())
        {
            if (deadline.HasPassed)
            {
                return false;
            }

            Wait(deadline.IsNever ? Timeout.InfiniteTimeSpan : deadline.Remaining, cancellationToken);
        }

        return true;
    }

    public async ValueTask<bool> WaitAsync(ManagedLockHold hold, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(hold);
        var reply = await WithWait(hold.OwnerOf(this), timeout).InvokeValueAsync<ConditionReply>(cancellationToken).ConfigureAwait(false);
        return reply.IsNotified;
    }

    public void Notify(int count = 1) => Notify(ThreadOwner, count);

    public void Notify(ManagedLockHold hold, int count = 1)
    {
        ArgumentNullException.ThrowIfNull(hold);
        Notify(hold.OwnerOf(this), count);
    }

    public void NotifyAll() => Notify(int.MaxValue);

    private void Notify(long owner, int count)
    {
        var call = WithOwner(ConditionContract.Notify, owner);
        call.Argument(count, nameof(count));
        call.Invoke(CancellationToken.None);
    }

    private OutgoingCall WithWait(long owner, TimeSpan timeout)
    {
        var ticks = Ticks(timeout);
        var call = WithOwner(ConditionContract.Wait, owner);
        call.Argument(ticks, nameof(timeout));
        return call;
    }
}
