using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The calls of a managed semaphore.</summary>
internal sealed class SemaphoreContract() : ManagedContract<SemaphoreReferent, IManagedSemaphore>("ToString", "CurrentCount", "Wait", "Release")
{
    public const int CurrentCount = 1;
    public const int Wait = 2;
    public const int Release = 3;

    public override object CreateProxy(ProxyTarget target) => new ManagedSemaphore(target);

    protected override ValueTask Invoke(SemaphoreReferent referent, int member, IncomingCall call)
    {
        switch (member)
        {
            case CurrentCount:
                call.Return(referent.Count);
                break;
            case Wait:
                return Return(referent.WaitAsync(call.Client(), ReadDeadline(call), call.WaitToken()), call);
            case Release:
                call.Return(referent.Release(call.Client(), call.Argument<int>()));
                break;
            default:
                throw NoMember(member);
        }

        return default;
    }
}

/// <summary>The proxy of a managed semaphore.</summary>
internal sealed class ManagedSemaphore(ProxyTarget target) : ManagedProxy(target), IManagedSemaphore, IReferent<IManagedSemaphore>
{
    public int CurrentCount => Begin(SemaphoreContract.CurrentCount).Invoke<int>(CancellationToken.None);

    public void Wait(CancellationToken cancellationToken = default) => Wait(Timeout.InfiniteTimeSpan, cancellationToken);

    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default) => WithWait(timeout).Invoke<bool>(cancellationToken);

    public async ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        await WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);

    public ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WithWait(timeout).InvokeValueAsync<bool>(cancellationToken);

    public int Release(int count = 1)
    {
        var call = Begin(SemaphoreContract.Release);
        call.Argument(count, nameof(count));
        return call.Invoke<int>(CancellationToken.None);
    }

    private OutgoingCall WithWait(TimeSpan timeout)
    {
        var ticks = Ticks(timeout);
        var call = Begin(SemaphoreContract.Wait);
        call.Argument(ticks, nameof(timeout));
        return call;
    }
}
