using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The calls of a managed condition: those of its lock, then its own.</summary>
internal sealed class ConditionContract() : ManagedContract<ConditionReferent, IManagedCondition>(
    "ToString", "IsHeld", "Enter", "Exit", "Wait", "Notify")
{
    public const int Wait = 4;
    public const int Notify = 5;

    public override object CreateProxy(ProxyTarget target) => new ManagedCondition(target);

    protected override ValueTask Invoke(ConditionReferent referent, int member, IncomingCall call)
    {
        switch (member)
        {
            case Wait:
                return Return(referent.WaitAsync(LockCalls.Owner(call), ReadDeadline(call), call.WaitToken()), call);
            case Notify:
                referent.Notify(LockCalls.Owner(call), call.Argument<int>());
                call.Return();
                return default;
            default:
                return LockCalls.Invoke(referent.Guard, member, call) ?? throw NoMember(member);
        }
    }
}
