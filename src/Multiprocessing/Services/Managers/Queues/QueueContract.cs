using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The calls of a managed queue.</summary>
internal sealed class QueueContract<T>() : ManagedContract<QueueReferent<T>, IManagedQueue<T>>(
    "ToString", "Capacity", "Count", "IsCompleted", "Put", "Get", "Complete", "MarkDone", "WaitAllDone", "GetValue")
{
    public const int Capacity = 1;
    public const int Count = 2;
    public const int IsCompleted = 3;
    public const int Put = 4;
    public const int Get = 5;
    public const int Complete = 6;
    public const int MarkDone = 7;
    public const int WaitAllDone = 8;
    public const int GetValue = 9;

    public override object CreateProxy(ProxyTarget target) => new ManagedQueue<T>(target);

    protected override ValueTask Invoke(QueueReferent<T> referent, int member, IncomingCall call)
    {
        switch (member)
        {
            case Capacity:
                call.Return(referent.Capacity);
                break;
            case Count:
                call.Return(referent.Count);
                break;
            case IsCompleted:
                call.Return(referent.IsCompleted);
                break;
            case Put:
                return Return(referent.PutAsync(call.Argument<T>(), ReadDeadline(call), call.WaitToken()), call);
            case Get:
                return Return(referent.GetAsync(call.Client(), ReadDeadline(call), call.WaitToken()), call);
            case Complete:
                referent.Complete();
                call.Return();
                break;
            case MarkDone:
                referent.MarkDone(call.Client(), call.Argument<int>());
                call.Return();
                break;
            case WaitAllDone:
                return Return(referent.WaitAllDoneAsync(ReadDeadline(call), call.WaitToken()), call);
            case GetValue:
                call.Return(new Many<T>(referent.Snapshot()));
                break;
            default:
                throw NoMember(member);
        }

        return default;
    }
}
