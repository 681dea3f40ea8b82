using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>
/// The handlers of this process for the events of one object. The first handler of an event subscribes to it, the last one unsubscribes. The handlers
/// run in the order in which the events were raised, one at a time, on a thread of the pool. As long as there is a handler, the proxy is kept.
/// Thread-safe.
/// </summary>
internal sealed class EventHandlers(ProxyTarget target)
{
    // Adding and removing are calls of the object; two of them must not cross. Never held while handlers run.
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _gate = new();
    private readonly OrderedWork _work = new();
    private Dictionary<int, Delegate>? _handlers;
    private ProxyBase? _kept;

    public void Add(int member, Delegate handler)
    {
        _turn.Wait();
        try
        {
            bool isFirst;
            lock (_gate)
            {
                _handlers ??= [];
                isFirst = !_handlers.TryGetValue(member, out var known);
                _handlers[member] = Delegate.Combine(known, handler);
                _kept ??= target.Proxy;
            }

            if (!isFirst)
            {
                return;
            }

            try
            {
                Call(member, CallFlags.Subscribe);
            }
            catch
            {
                lock (_gate)
                {
                    RemoveUnsynchronized(member, handler);
                }

                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Remove(int member, Delegate handler)
    {
        _turn.Wait();
        try
        {
            lock (_gate)
            {
                if (!RemoveUnsynchronized(member, handler))
                {
                    return;
                }
            }

            try
            {
                Call(member, CallFlags.Unsubscribe);
            }
            catch (Exception exception) when (exception is ProcessDiedException or IOException or ObjectDisposedException)
            {
                // With the process the subscription ended, too.
            }

            bool isUnused;
            lock (_gate)
            {
                isUnused = _handlers is not { Count: > 0 };
            }

            if (isUnused)
            {
                target.Ready?.RemoveHandlers(target.ObjectId, this); // or the channel would keep the proxy's target for as long as it lives
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The object is in a new process: subscribes to all events that have handlers. The calls are sent before any other.</summary>
    public void Renew(CallChannel channel)
    {
        int[] members;
        lock (_gate)
        {
            members = _handlers is null ? [] : [.. _handlers.Keys];
        }

        foreach (var member in members)
        {
            channel.Subscribe(target, member);
        }
    }

    /// <summary>An event was raised. Takes the call.</summary>
    public void Raise(int member, IncomingCall call) => _work.Add(() => Run(member, call));

    private void Run(int member, IncomingCall call)
    {
        using (call)
        {
            Delegate? handlers = null;
            ProxyBase? proxy;
            lock (_gate)
            {
                _handlers?.TryGetValue(member, out handlers);
                proxy = _kept;
            }

            if (handlers is null || proxy is null)
            {
                return;
            }

            try
            {
                target.Contract.Raise(proxy, member, handlers, call);
            }
            catch (Exception exception)
            {
                // A handler that throws has no caller in this process. The program is not ended for it, and the next event is raised.
                ServiceLog.EventHandlerFailed(exception, CallRequest.NameOf(target, member));
            }
        }
    }

    private void Call(int member, CallFlags flags) => CallRequest.Begin(target, member, flags).Invoke<NoResult, NoResult>(CancellationToken.None);

    /// <returns>Whether this was the last handler of the event.</returns>
    private bool RemoveUnsynchronized(int member, Delegate handler)
    {
        if (_handlers is null || !_handlers.TryGetValue(member, out var known))
        {
            return false;
        }

        if (Delegate.Remove(known, handler) is { } rest)
        {
            _handlers[member] = rest;
            return false;
        }

        _handlers.Remove(member);
        if (_handlers.Count == 0)
        {
            _kept = null;
        }

        return true;
    }
}
