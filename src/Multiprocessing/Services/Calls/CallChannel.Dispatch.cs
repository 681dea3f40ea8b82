using System.Runtime.Serialization;
using Multiprocessing.Proxies;

namespace Multiprocessing;

// What happens to a message. The thread that reads runs no code of the program, except a service's thread, which runs its calls.
internal sealed unsafe partial class CallChannel
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, IncomingCall> _cancelable = [];
    private readonly Dictionary<long, EventHandlers> _subscribed = [];
    private readonly Dictionary<(long ObjectId, int Member), Action> _subscriptions = [];

    /// <summary>Gets the enumerations of this process and of the other one.</summary>
    public StreamTable Streams { get; }

    /// <summary>This process has handlers for events of an object.</summary>
    public void AddHandlers(long objectId, EventHandlers handlers)
    {
        lock (_gate)
        {
            if (!_subscribed.ContainsKey(objectId))
            {
                AddInterest();
            }

            _subscribed[objectId] = handlers; // those of the latest proxy: an earlier one was released, or has no handlers any more
        }
    }

    /// <summary>A proxy has no handlers for events of its object any more.</summary>
    public void RemoveHandlers(long objectId, EventHandlers handlers)
    {
        lock (_gate)
        {
            if (_subscribed.TryGetValue(objectId, out var known) && ReferenceEquals(known, handlers))
            {
                _subscribed.Remove(objectId);
                RemoveInterest();
            }
        }
    }

    /// <summary>Subscribes to an event of a new life of a service. Does not wait: the channel is new, so the call is the first.</summary>
    public void Subscribe(ProxyTarget target, int member) => CallRequest.Begin(target, member, CallFlags.Subscribe).Post(this);

    /// <summary>The other peer subscribes to an event of an object of this process.</summary>
    public void AddSubscription(ExportedObject exported, int member)
    {
        var sink = new EventSink(new SinkTarget(this, exported.Contract, exported.Id), member);
        var unsubscribe = exported.Contract.Subscribe(exported.Instance, member, sink);
        lock (_gate)
        {
            if (!IsEnded && _subscriptions.TryAdd((exported.Id, member), unsubscribe))
            {
                return;
            }
        }

        unsubscribe();
    }

    /// <summary>The other peer ends its subscription.</summary>
    public void RemoveSubscription(long objectId, int member)
    {
        Action? unsubscribe;
        lock (_gate)
        {
            _subscriptions.Remove((objectId, member), out unsubscribe);
        }

        unsubscribe?.Invoke();
    }

    /// <summary>A call that may be canceled has arrived. One that arrives at the end of the channel is canceled by it like those before it.</summary>
    /// <exception cref="SerializationException">
    /// A call with the same number runs: a cancellation, or the end of the channel, could reach only one of them.
    /// </exception>
    public void AddCancelable(IncomingCall call)
    {
        lock (_gate)
        {
            if (!_cancelable.TryAdd(call.CallId, call))
            {
                throw new SerializationException($"Two calls that may be canceled have the number {call.CallId}, and the first has not ended.");
            }

            if (IsEnded)
            {
                call.Cancel();
            }
        }
    }

    /// <summary>A call that may be canceled has ended.</summary>
    public void RemoveCancelable(IncomingCall call)
    {
        lock (_gate)
        {
            if (_cancelable.TryGetValue(call.CallId, out var known) && ReferenceEquals(known, call))
            {
                _cancelable.Remove(call.CallId);
            }
        }
    }

    private void Dispatch(bool runsCalls, ReplyBatch? batch)
    {
        var message = _incoming;
        if (message.Length < sizeof(AnswerHeader))
        {
            throw WireReader.Torn();
        }

        switch (((AnswerHeader*)message.Data)->Kind)
        {
            case CallMessage.Reply or CallMessage.Error:
                var outcome = ((AnswerHeader*)message.Data)->Kind == CallMessage.Reply ? CallOutcome.Succeeded : CallOutcome.Failed;
                if (_calls.Remove(((AnswerHeader*)message.Data)->CallId, outcome) is { } call)
                {
                    call.Complete(message, batch); // nothing that can fail is between the removal and this, or the caller would wait for ever
                    _incoming = ReceivedMessage.Rent();
                }

                break;
            case CallMessage.Cancel:
                Cancel(((AnswerHeader*)message.Data)->CallId);
                break;
            default:
                if (message.Length < sizeof(CallHeader))
                {
                    throw WireReader.Torn();
                }

                Dispatch(message, *(CallHeader*)message.Data, runsCalls);
                break;
        }
    }

    private void Dispatch(ReceivedMessage message, CallHeader header, bool runsCalls)
    {
        switch (header.Kind)
        {
            case CallMessage.Call:
                var incoming = IncomingCall.Rent(this, message, hasTrailer: true); // if it throws, the message is still the channel's
                _incoming = ReceivedMessage.Rent();
                Begin(incoming, runsCalls);
                break;
            case CallMessage.Release:
                Exports.Release(header.ObjectId, header.Member);
                break;
            case CallMessage.Report:
                if (Exports.Find(header.ObjectId) is ExportedProgress progress)
                {
                    _incoming = ReceivedMessage.Rent();
                    progress.Report(IncomingCall.Rent(this, message, hasTrailer: false));
                }

                break;
            case CallMessage.Event:
                EventHandlers? handlers;
                lock (_gate)
                {
                    handlers = _subscribed.GetValueOrDefault(header.ObjectId);
                }

                if (handlers is not null)
                {
                    _incoming = ReceivedMessage.Rent();
                    handlers.Raise(header.Member, IncomingCall.Rent(this, message, hasTrailer: false));
                }

                break;
            case CallMessage.StreamItems or CallMessage.StreamEnd:
                if (Streams.FindReader(header.ObjectId) is { } reader)
                {
                    _incoming = ReceivedMessage.Rent();
                    reader.Receive(message);
                }

                break;
            case CallMessage.StreamOpen or CallMessage.StreamCredit or CallMessage.StreamStop:
                Streams.Handle(message, header);
                break;
            case CallMessage.Stop:
                StopServing();
                Owner.OnStop();
                break;
            case CallMessage.Ready:
                Owner.OnReady(header.Member == 0 ? null : Format.ReadException(message.Data + sizeof(CallHeader), message.End));
                break;
            default:
                throw new SerializationException($"A message has the kind {(int)header.Kind}, which there is not.");
        }
    }

    private void Begin(IncomingCall call, bool runsCalls)
    {
        if (runsCalls && Scheduler.TryBegin(call))
        {
            _toRun = call;
        }
        else
        {
            Scheduler.Add(call, call.Order);
        }
    }

    private void Cancel(long callId)
    {
        lock (_gate)
        {
            if (_cancelable.TryGetValue(callId, out var call))
            {
                call.Cancel();
            }
        }
    }

    /// <summary>Nothing is read or sent any more. Called by any thread, works once.</summary>
    private void Ended()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
        {
            return;
        }

        Owner.OnEnding();
        _background.Stop();
        WakeReader();
        Exports.Close();
        Streams.Close();
        Action[] subscriptions;
        lock (_gate)
        {
            foreach (var call in _cancelable.Values)
            {
                call.Cancel();
            }

            subscriptions = [.. _subscriptions.Values];
            _subscriptions.Clear();
            _subscribed.Clear();
        }

        if (subscriptions.Length != 0)
        {
            // Code of the program: not on the thread that reads.
            LastResort.Queue(
                EntryPoint.ServiceWork, subscriptions, static actions => Array.ForEach(actions, static action => action()),
                static (_, exception) => ServiceLog.EventHandlerFailed(exception, "the removal of a handler"));
        }

        Owner.OnEnded(this);
    }
}
