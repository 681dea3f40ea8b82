namespace Multiprocessing;

/// <summary>
/// A library object that crosses process boundaries by identity: both sides afterwards use the same queue, lock or segment.
/// The serializer calls these members and knows nothing of what lies behind them.
/// </summary>
internal interface IProcessHandle<TSelf>
    where TSelf : class, IProcessHandle<TSelf>
{
    /// <summary>Writes what the other side needs to open the same object. Called once per object and message.</summary>
    void WriteHandle(HandleWriter writer);

    /// <summary>Opens in this process the object whose handle <see cref="WriteHandle"/> wrote.</summary>
    static abstract TSelf ReadHandle(ref HandleReader reader);
}
