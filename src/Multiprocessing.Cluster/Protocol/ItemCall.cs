namespace Multiprocessing;

/// <summary>A body with one item: the form in which an item of a map leaves the machine.</summary>
internal sealed class ItemCall<TItem>(ItemPoolBody<TItem> body, TItem item) : ChildCall
{
    [PathName(null)]
    private readonly ItemPoolBody<TItem> _body = body;

    [PathName("item")]
    private readonly TItem _item = item;

    /// <summary>Not used: the caller has the delegate, and a worker has no use for it.</summary>
    public override Delegate Body => throw new NotSupportedException();

    public override void Run(MessageBuffer result, Action? ended = null)
    {
        _body.Invoke(_item, result);
        ended?.Invoke();
    }
}
