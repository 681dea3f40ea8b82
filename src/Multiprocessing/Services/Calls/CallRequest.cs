using System.Diagnostics;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>
/// One call of this process, pooled: first the message that is being written, then the call that waits for its reply. It belongs to the thread that
/// makes the call, except for <see cref="Complete"/> and <see cref="Fail"/>, of which exactly one is called for a call that is in the
/// <see cref="CallTable"/>, by the thread that removed it there.
/// </summary>
internal sealed unsafe partial class CallRequest
{
    /// <summary>How many idle objects a thread keeps: as many as a caller usually has on their way.</summary>
    private const int MaxIdle = 256;

    [ThreadStatic]
    private static CallRequest? _idle;

    [ThreadStatic]
    private static int _idleCount;

    private readonly List<Exported> _exports = [];
    private MessageBuffer? _buffer;
    private ProxyTarget? _target;
    private int _member;
    private MessageMark _mark;
    private CallFlags _flags;
    private CallRequest? _nextIdle;

    private CallRequest()
    {
    }

    /// <summary>Gets the object that is called.</summary>
    public ProxyTarget Target => _target!;

    /// <summary>Gets the message.</summary>
    public MessageBuffer Buffer => _buffer!;

    /// <summary>Gets the number of the member.</summary>
    public int Member => _member;

    /// <summary>Gets whether the caller's token is canceled.</summary>
    public bool IsCanceled => _token.IsCancellationRequested;

    /// <summary>Gets the interface and the member, for texts.</summary>
    public string MemberName => NameOf(_target!, _member);

    public static CallRequest Begin(ProxyTarget target, int member, CallFlags flags = CallFlags.None)
    {
        var request = Rent(target, member);
        if (target.Contract.Disposes(member))
        {
            flags |= CallFlags.Dispose;
        }

        var activity = target.Format.IsSameBuild ? Activity.Current : null;
        var hasActivity = activity is not null || (CallerActivity.IsHeard && target.Format.IsSameBuild);
        if (hasActivity)
        {
            flags |= CallFlags.HasActivity;
        }

        request._flags = flags & ~CallFlags.HasActivity;
        request.Buffer.Write(new CallHeader(CallMessage.Call, member, target.ObjectId, flags));
        if (hasActivity)
        {
            CallActivity.Write(request.Buffer, activity);
        }

        return request;
    }

    public static CallRequest BeginEvent(ProxyTarget target, int member)
    {
        var request = Rent(target, member);
        request.Buffer.Write(new CallHeader(CallMessage.Event, member, target.ObjectId));
        return request;
    }

    public static string NameOf(ProxyTarget target, int member) => $"{target.Contract.Name}.{target.Contract.MemberName(member)}";

    public void Argument<T>(T value, string name)
    {
        try
        {
            Target.Format.Write(Buffer, value, name);
        }
        catch
        {
            Return();
            throw;
        }
    }

    public void Proxied<T>(T? value, string name)
        where T : class
    {
        try
        {
            var exported = ObjectReference.Write(Buffer, value, Target.Ready, Target, name);
            if (exported is not null)
            {
                _exports.Add(exported);
            }
        }
        catch
        {
            Return();
            throw;
        }
    }

    public void Progress<T>(IProgress<T>? value, string name)
    {
        _ = name;
        WriteNumber(value is null ? null : new ExportedProgress<T>(value));
    }

    public void Stream<T>(IAsyncEnumerable<T>? value, string name)
    {
        _ = name;
        WriteNumber(value is null ? null : new ExportedStream<T>(value));
    }

    /// <summary>Appends what is known only when the call is sent, and registers the objects in it.</summary>
    public void Bind(CallChannel channel, long id)
    {
        _mark = Buffer.Mark();
        _channel = channel;
        _id = id;
        Buffer.Write(new CallTrailer(id, _token.CanBeCanceled));
        AddExports(channel);
        if ((_flags & CallFlags.Subscribe) != 0)
        {
            channel.AddHandlers(Target.ObjectId, Target.Events);
        }
    }

    /// <summary>Sends a call whose end is of no interest, on this channel and no other.</summary>
    public void Post(CallChannel channel)
    {
        if (!channel.TrySendNow(this) || !Continue(ReplyContinuation.None))
        {
            Return();
        }
    }

    /// <summary>Undoes <see cref="Bind"/>: the call was not sent.</summary>
    public void Unbind()
    {
        Buffer.RollBack(_mark);
        foreach (var exported in _exports)
        {
            _channel!.Exports.Release(exported.Id, 1);
        }

        _channel = null;
        _failure = null;
        _state = Pending;
    }

    /// <summary>The message was sent, and its memory is free for the next one.</summary>
    public void Sent()
    {
        _buffer!.Dispose();
        _buffer = null;
    }

    /// <summary>Sends the event that was written.</summary>
    public void SendEvent()
    {
        try
        {
            if (Target.Ready is { } channel)
            {
                AddExports(channel);
                channel.SendOrDrop(Buffer);
            }
        }
        finally
        {
            Return();
        }
    }

    private static CallRequest Rent(ProxyTarget target, int member)
    {
        if (_idle is { } request)
        {
            _idle = request._nextIdle;
            request._nextIdle = null;
            _idleCount--;
        }
        else
        {
            request = new CallRequest();
        }

        request._target = target;
        request._member = member;
        request._buffer = MessageBuffer.Rent();
        request._state = Pending;
        request._mustRead = false;
        return request;
    }

    private void AddExports(CallChannel channel)
    {
        foreach (var exported in _exports)
        {
            channel.Exports.Add(exported);
        }
    }

    private void WriteNumber(Exported? exported)
    {
        Buffer.Write(exported?.Id ?? -1L);
        if (exported is not null)
        {
            _exports.Add(exported);
        }
    }

    /// <summary>Ends the use of this object.</summary>
    private void Return()
    {
        if (_channel is { } channel && !IsCompleted)
        {
            channel.Withdraw(this, _id); // or its reply would be taken for that of the next call that uses this object
        }

        _registration.Dispose();
        _registration = default;
        _buffer?.Dispose();
        _buffer = null;
        _reply?.Dispose();
        _reply = null;
        if (_exports.Count != 0)
        {
            ReleaseProgress();
            _exports.Clear();
        }

        _target = null;
        _flags = default;
        _channel = null;
        _failure = null;
        _continuation = null;
        _token = default;
        if (_idleCount < MaxIdle)
        {
            _nextIdle = _idle;
            _idle = this;
            _idleCount++;
        }
    }

    /// <summary>A receiver of progress belongs to its call: reports that arrive after it are dropped.</summary>
    private void ReleaseProgress()
    {
        foreach (var exported in _exports)
        {
            if (exported is ExportedProgress)
            {
                _channel?.Exports.Release(exported.Id, long.MaxValue);
            }
        }
    }
}
