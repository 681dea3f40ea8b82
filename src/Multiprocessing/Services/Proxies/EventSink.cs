using System.ComponentModel;

namespace Multiprocessing.Proxies;

/// <summary>Sends what an event is raised with to a process that has subscribed to it. Generated code uses it. Thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class EventSink
{
    private readonly ProxyTarget _target;
    private readonly int _member;

    internal EventSink(ProxyTarget target, int member)
    {
        _target = target;
        _member = member;
    }

    /// <summary>Begins to raise the event. The arguments follow in order, then <see cref="Send"/>.</summary>
    /// <returns>Takes the arguments.</returns>
    public OutgoingCall Begin() => new(CallRequest.BeginEvent(_target, _member));

    /// <summary>
    /// Sends the arguments and does not wait for the handlers. If the process that subscribed has ended, there is nothing to do, and it returns.
    /// </summary>
    /// <param name="call">The event.</param>
    public void Send(OutgoingCall call) => call.Request.SendEvent();
}
