using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The calls of a managed lock.</summary>
internal sealed class LockContract() : ManagedContract<LockReferent, IManagedLock>("ToString", "IsHeld", "Enter", "Exit")
{
    public const int IsHeld = 1;
    public const int Enter = 2;
    public const int Exit = 3;

    public override object CreateProxy(ProxyTarget target) => new ManagedLock(target);

    protected override ValueTask Invoke(LockReferent referent, int member, IncomingCall call) =>
        LockCalls.Invoke(referent, member, call) ?? throw NoMember(member);
}

/// <summary>The calls of a lock, which are the first ones of a condition too.</summary>
internal static class LockCalls
{
    public static ValueTask? Invoke(LockReferent referent, int member, IncomingCall call)
    {
        switch (member)
        {
            case LockContract.IsHeld:
                call.Return(referent.IsHeld);
                return default(ValueTask);
            case LockContract.Enter:
                return EnterAsync(referent, call);
            case LockContract.Exit:
                referent.Exit(Owner(call));
                call.Return();
                return default(ValueTask);
            default:
                return null;
        }
    }

    public static ManagedOwner Owner(IncomingCall call) => new(call.Client(), call.Argument<long>());

    private static async ValueTask EnterAsync(LockReferent referent, IncomingCall call)
    {
        var owner = Owner(call);
        var ticks = call.Argument<long>();
        var deadline = ticks >= 0 ? Deadline.After(TimeSpan.FromTicks(ticks)) : Deadline.Never;
        call.Return(await referent.EnterAsync(owner, 1, deadline, call.WaitToken()).ConfigureAwait(false));
    }
}
