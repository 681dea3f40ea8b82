using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>
/// The calls of one managed type. Written by hand and not generated: one member on the wire serves the synchronous and the asynchronous member of the
/// interface, and waits are asynchronous in the manager. Member 0 of every managed type is its text.
/// </summary>
internal abstract class ManagedContract<TReferent, TInterface>(params ReadOnlySpan<string> members)
    : ProxyContract(typeof(IReferent<TInterface>), ContractName.Of(typeof(TInterface)), ContractName.Fingerprint<TInterface>(members), members)
    where TReferent : class, IReferent<TInterface>
    where TInterface : class
{
    public const int Text = 0;

    internal override bool NeverBlocks => true;

    public sealed override ValueTask InvokeAsync(object instance, int member, IncomingCall call)
    {
        if (member != Text)
        {
            return Invoke((TReferent)instance, member, call);
        }

        call.Return(instance.ToString() ?? "");
        return default;
    }

    protected abstract ValueTask Invoke(TReferent referent, int member, IncomingCall call);

    protected InvalidOperationException NoMember(int member) => new($"{Name} has no member {member}: the caller was built from another version.");

    /// <summary>Reads a time limit and makes it the end of a wait that begins now.</summary>
    protected static Deadline ReadDeadline(IncomingCall call) =>
        call.Argument<long>() is var ticks and >= 0 ? Deadline.After(TimeSpan.FromTicks(ticks)) : Deadline.Never;

    protected static async ValueTask Return<T>(ValueTask<T> result, IncomingCall call) => call.Return(await result.ConfigureAwait(false));
}
