using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>
/// The target of the proxy of one object: of an object that a call has returned, or of one that a caller has passed. It ends with the object's
/// process.
/// The references that it has are given back when it is disposed or collected.
/// </summary>
internal sealed class ObjectTarget : ProxyTarget
{
    private readonly CallChannel _channel;
    private readonly Lock _gate = new();
    private long _references = 1;

    public ObjectTarget(CallChannel channel, ProxyContract contract, long id)
        : base(contract)
    {
        _channel = channel;
        ObjectId = id;
        Events = new EventHandlers(this);
    }

    ~ObjectTarget() => LastResort.Finalize(this, static target => target.Release());

    internal override long ObjectId { get; }

    internal override PayloadFormat Format => _channel.Format;

    internal override EventHandlers Events { get; }

    internal override SendChain Sends => _channel.Sends;

    internal override CallChannel? Ready => IsReleased || _channel.IsEnded ? null : _channel;

    private bool IsReleased => Volatile.Read(ref _references) == 0;

    /// <summary>One more reference arrived for the same object.</summary>
    /// <returns>False if the proxy was released.</returns>
    public bool AddReference()
    {
        lock (_gate)
        {
            if (_references == 0)
            {
                return false;
            }

            _references++;
            return true;
        }
    }

    internal override bool IsReachedBy(CallChannel channel) => ReferenceEquals(channel, _channel);

    internal override void ThrowIfReleased(string name)
    {
        if (IsReleased)
        {
            throw new ObjectDisposedException(Contract.Name, $"The proxy passed as '{name}' was disposed.");
        }
    }

    internal override ValueTask<CallChannel> WaitUntilReadyAsync(string member, CallChannel? used, CancellationToken cancellationToken)
    {
        if (IsReleased)
        {
            throw new ObjectDisposedException(Contract.Name, $"{member} was called on a proxy that was disposed.");
        }

        return _channel.IsEnded || used is not null ? throw _channel.Owner.Died(member, wasSent: false) : new(_channel);
    }

    internal override void WriteHandle(HandleWriter writer, ProxyBase proxy)
    {
        if (_channel.Owner is not ManagerLink manager)
        {
            base.WriteHandle(writer, proxy);
            return;
        }

        writer.Write(ProxyHandles.OfManager);
        manager.WriteHandle(writer, proxy);
    }

    internal override void Disposed()
    {
        GC.SuppressFinalize(this);
        Release();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Contract.Name} of {_channel.Owner.Description}";

    private void Release()
    {
        long references;
        lock (_gate)
        {
            references = _references;
            _references = 0;
        }

        if (references != 0)
        {
            _channel.Imports.Remove(ObjectId, this);
            _channel.RemoveHandlers(ObjectId, Events);
            _channel.ReleaseLater(ObjectId, references);
        }
    }
}
