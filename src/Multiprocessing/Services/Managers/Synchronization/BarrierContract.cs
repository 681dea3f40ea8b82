using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The calls of a managed barrier.</summary>
internal sealed class BarrierContract() : ManagedContract<BarrierReferent, IManagedBarrier>(
    "ToString", "ParticipantCount", "Waiting", "IsBroken", "CurrentPhaseNumber", "SignalAndWait", "Abort", "Reset")
{
    public const int ParticipantCount = 1;
    public const int Waiting = 2;
    public const int IsBroken = 3;
    public const int CurrentPhaseNumber = 4;
    public const int SignalAndWait = 5;
    public const int Abort = 6;
    public const int Reset = 7;

    public override object CreateProxy(ProxyTarget target) => new ManagedBarrier(target);

    protected override ValueTask Invoke(BarrierReferent referent, int member, IncomingCall call)
    {
        switch (member)
        {
            case ParticipantCount:
                call.Return(referent.Parties);
                break;
            case Waiting:
                call.Return(referent.State.Waiting);
                break;
            case IsBroken:
                call.Return(referent.State.IsBroken);
                break;
            case CurrentPhaseNumber:
                call.Return(referent.State.Phase);
                break;
            case SignalAndWait:
                return Return(referent.SignalAndWaitAsync(call.Client(), ReadDeadline(call), call.WaitToken()), call);
            case Abort:
                referent.Abort();
                call.Return();
                break;
            case Reset:
                referent.Reset();
                call.Return();
                break;
            default:
                throw NoMember(member);
        }

        return default;
    }
}

/// <summary>The proxy of a managed barrier.</summary>
internal sealed class ManagedBarrier(ProxyTarget target) : ManagedProxy(target), IManagedBarrier, IReferent<IManagedBarrier>
{
    public int ParticipantCount => Begin(BarrierContract.ParticipantCount).Invoke<int>(CancellationToken.None);

    public int ParticipantsRemaining => ParticipantCount - Begin(BarrierContract.Waiting).Invoke<int>(CancellationToken.None);

    public long CurrentPhaseNumber => Begin(BarrierContract.CurrentPhaseNumber).Invoke<long>(CancellationToken.None);

    public bool IsBroken => Begin(BarrierContract.IsBroken).Invoke<bool>(CancellationToken.None);

    public int SignalAndWait(CancellationToken cancellationToken = default) => WithWait(Timeout.InfiniteTimeSpan).Invoke<int>(cancellationToken);

    public bool SignalAndWait(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WithWait(timeout).Invoke<int>(cancellationToken) >= 0;

    public ValueTask<int> SignalAndWaitAsync(CancellationToken cancellationToken = default) =>
        WithWait(Timeout.InfiniteTimeSpan).InvokeValueAsync<int>(cancellationToken);

    public async ValueTask<bool> SignalAndWaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        await WithWait(timeout).InvokeValueAsync<int>(cancellationToken).ConfigureAwait(false) >= 0;

    public void Abort() => Begin(BarrierContract.Abort).Invoke(CancellationToken.None);

    public void Reset() => Begin(BarrierContract.Reset).Invoke(CancellationToken.None);

    private OutgoingCall WithWait(TimeSpan timeout)
    {
        var ticks = Ticks(timeout);
        var call = Begin(BarrierContract.SignalAndWait);
        call.Argument(ticks, nameof(timeout));
        return call;
    }
}
