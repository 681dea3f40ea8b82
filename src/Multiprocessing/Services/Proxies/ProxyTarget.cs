using System.ComponentModel;

namespace Multiprocessing.Proxies;

/// <summary>The object that a proxy calls: an object of another process, and the way to it. Opaque to generated code. Thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ProxyTarget
{
    private WeakReference<ProxyBase>? _proxy;

    private protected ProxyTarget(ProxyContract contract) => Contract = contract;

    /// <summary>Gets the interface.</summary>
    internal ProxyContract Contract { get; }

    /// <summary>Gets the number of the object in its process.</summary>
    internal abstract long ObjectId { get; }

    /// <summary>Gets how values are written into calls.</summary>
    internal abstract PayloadFormat Format { get; }

    /// <summary>Gets the events of the object that this process has subscribed to.</summary>
    internal abstract EventHandlers Events { get; }

    /// <summary>Gets the channel to the object's process if a call can be sent without a wait.</summary>
    internal abstract CallChannel? Ready { get; }

    /// <summary>Gets the calls that wait to be sent.</summary>
    internal abstract SendChain Sends { get; }

    /// <summary>Gets the proxy; <see langword="null"/> if the program has dropped it.</summary>
    internal ProxyBase? Proxy => _proxy is not null && _proxy.TryGetTarget(out var proxy) ? proxy : null;

    /// <summary>Returns the channel to the object's process; waits while the process is being started again, if it was so chosen.</summary>
    /// <param name="member">The name of the member, for the text of an exception.</param>
    /// <param name="used">A channel that was found closed when the call was sent; <see langword="null"/> at the first attempt.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServiceDiedException">The process has ended and is not started again.</exception>
    /// <exception cref="ObjectDisposedException">The service was stopped, or the proxy was released.</exception>
    internal abstract ValueTask<CallChannel> WaitUntilReadyAsync(string member, CallChannel? used, CancellationToken cancellationToken);

    /// <summary>Returns whether the object belongs to the process at the other end of a channel.</summary>
    internal abstract bool IsReachedBy(CallChannel channel);

    /// <summary>Throws if the proxy was released.</summary>
    /// <param name="name">The name of the parameter that it is passed as.</param>
    internal abstract void ThrowIfReleased(string name);

    /// <summary>Writes the handle by which another process calls the same object.</summary>
    /// <exception cref="CannotCrossException">The object is called by one process only.</exception>
    internal virtual void WriteHandle(HandleWriter writer, ProxyBase proxy) => throw new CannotCrossException(
        new Refusal(
            proxy.GetType(),
            "It is a proxy of an object that belongs to one caller. Pass it as an argument of a call, or create the object with a ProcessManager."),
        proxy);

    /// <summary>A call has disposed the object: the proxy is released.</summary>
    internal abstract void Disposed();

    internal void Attach(ProxyBase proxy) => _proxy = new(proxy);

    /// <inheritdoc/>
    public abstract override string ToString();
}
