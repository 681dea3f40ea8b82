namespace Multiprocessing;

/// <summary>An item of a map whose body crosses once to each node and is read once by each worker, as on one machine.</summary>
internal sealed class CarriedBodyCall<TItem>(TItem item) : ChildCall
{
    [PathName("item")]
    private readonly TItem _item = item;

    /// <summary>Not used: the caller has the delegate, and a worker has no use for it.</summary>
    public override Delegate Body => throw new NotSupportedException();

    public override void Run(MessageBuffer result, Action? ended = null)
    {
        ((ItemPoolBody<TItem>)ClusterWork.CurrentBody).Invoke(_item, result);
        ended?.Invoke();
    }
}
