using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The calls of a managed event.</summary>
internal sealed class EventContract() : ManagedContract<EventReferent, IManagedEvent>("ToString", "IsSet", "Set", "Reset", "Wait")
{
    public const int IsSet = 1;
    public const int Set = 2;
    public const int Reset = 3;
    public const int Wait = 4;

    public override object CreateProxy(ProxyTarget target) => new ManagedEvent(target);

    protected override ValueTask Invoke(EventReferent referent, int member, IncomingCall call)
    {
        switch (member)
        {
            case IsSet:
                call.Return(referent.IsSet);
                break;
            case Set:
                referent.Set();
                call.Return();
                break;
            case Reset:
                referent.Reset();
                call.Return();
                break;
            case Wait:
                return Return(referent.WaitAsync(ReadDeadline(call), call.WaitToken()), call);
            default:
                throw NoMember(member);
        }

        return default;
    }
}

/// <summary>The proxy of a managed event.</summary>
internal sealed class ManagedEvent(ProxyTarget target) : ManagedProxy(target), IManagedEvent, IReferent<IManagedEvent>
{
    public bool IsSet => Begin(EventContract.IsSet).Invoke<bool>(CancellationToken.None);

    public void Set() => Begin(EventContract.Set).Invoke(CancellationToken.None);

    public void Reset() => Begin(EventContract.Reset).Invoke(CancellationToken.None);

    public void Wait(CancellationToken cancellationToken = default) => Wait(Timeout.InfiniteTimeSpan, cancellationToken);

    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default) => WithWait(timeout).Invoke<bool>(cancellationToken);

    public async ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        await WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);

    public ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WithWait(timeout).InvokeValueAsync<bool>(cancellationToken);

    private OutgoingCall WithWait(TimeSpan timeout)
    {
        var ticks = Ticks(timeout);
        var call = Begin(EventContract.Wait);
        call.Argument(ticks, nameof(timeout));
        return call;
    }
}
