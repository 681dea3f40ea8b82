using System.Diagnostics;

namespace Multiprocessing.Proxies;

// Its life: rented for a message, run once, disposed.
public sealed unsafe partial class IncomingCall : ICallWork, IDisposable
{
    [ThreadStatic]
    private static IncomingCall? _idle;

    private ReceivedMessage? _message;
    private CallChannel? _channel;
    private Exported? _exported;
    private CancellationTokenSource? _cancellation;
    private bool _isReplied;

    private IncomingCall()
    {
    }

    internal CallChannel Channel => _channel!;

    internal long CallId { get; private set; }

    private string Name => _exported is ExportedObject { Contract: var contract }
        ? $"{contract.Name}.{contract.MemberName(((CallHeader*)_message!.Data)->Member)}"
        : "A call";

    /// <summary>Gets what keeps the order of the calls of one object; see <see cref="CallScheduler.Add"/>.</summary>
    internal OrderedWork? Order => (_exported as ExportedObject)?.Work;

    /// <summary>Gets whether the call may run on the thread that reads it; see <see cref="ProxyContract.NeverBlocks"/>.</summary>
    internal bool NeverBlocks => _exported is ExportedObject { Contract.NeverBlocks: true };

    /// <summary>Gets or sets what counts the call until its reply is sent.</summary>
    internal ManagerScheduler? CountedBy { get; set; }

    /// <summary>Takes a message, whose arguments follow the header.</summary>
    internal static IncomingCall Rent(CallChannel channel, ReceivedMessage message, bool hasTrailer)
    {
        var call = _idle ?? new IncomingCall();
        _idle = null;
        call._channel = channel;
        call._message = message;
        call._data = message.Data + sizeof(CallHeader);
        call._end = message.End;
        call._isReplied = false;
        if (hasTrailer)
        {
            call._end -= sizeof(CallTrailer);
            if (call._end < call._data)
            {
                throw WireReader.Torn();
            }

            var trailer = *(CallTrailer*)call._end;
            call.CallId = trailer.CallId;
            call._exported = channel.Exports.Find(((CallHeader*)message.Data)->ObjectId);
            if (trailer.CanBeCanceled != 0)
            {
                call._cancellation = new CancellationTokenSource();
                channel.AddCancelable(call);
            }
        }

        return call;
    }

    /// <summary>Cancels the token, on another thread: its callbacks are code of the program. Called under the channel's gate.</summary>
    internal void Cancel()
    {
        if (_cancellation is { } cancellation)
        {
            LastResort.Queue(EntryPoint.ServiceWork, cancellation, static source => source.Cancel(), static (source, _) => source.Cancel());
        }
    }

    bool ICallWork.Run()
    {
        Activity? activity = null;
        Exception? failure = null;
        try
        {
            CancellationToken.ThrowIfCancellationRequested();
            var running = Start(out activity);
            if (!running.IsCompleted)
            {
                _ = FinishAsync(running, activity);
                return false;
            }

            running.GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            failure = exception;
            Fail(exception);
        }

        End(activity, failure);
        return true;
    }

    /// <summary>Ends the call without running it.</summary>
    internal void Refuse(Exception exception)
    {
        Fail(exception);
        Dispose();
    }

    /// <summary>Ends the use of the call and of its message.</summary>
    public void Dispose()
    {
        if (_message is null)
        {
            return;
        }

        if (_cancellation is not null)
        {
            Channel.RemoveCancelable(this);
            _cancellation = null; // not disposed: a call of the program may still use the token
        }

        EndCount();
        _message.Dispose();
        _message = null;
        _channel = null;
        _exported = null;
        _data = null;
        _end = null;
        _idle ??= this;
    }

    /// <summary>
    /// The member has ended, and its caller has been told. Does not throw: whatever a listener of the program does, the next call runs.
    /// </summary>
    private void End(Activity? activity, Exception? failure)
    {
        if (activity is not null)
        {
            End(activity, failure, Name);
        }

        Dispose();
    }

    private static void End(Activity activity, Exception? failure, string name)
    {
        try
        {
            using (activity)
            {
                if (failure is not null)
                {
                    CallerActivity.Fail(activity, failure);
                }
            }
        }
        catch (Exception exception)
        {
            ServiceLog.FailedAfterReply(exception, name);
        }
    }

    private ValueTask Start(out Activity? activity)
    {
        activity = null;
        var header = *(CallHeader*)_message!.Data;
        if (_exported is not ExportedObject target)
        {
            throw new ObjectDisposedException(
                null,
                $"Object {header.ObjectId} of process {Environment.ProcessId} was released: its proxy was disposed while a call was on its way.");
        }

        if ((header.Flags & CallFlags.HasActivity) != 0 && Channel.Format.IsSameBuild)
        {
            activity = CallActivity.Start(ref _data, _end, target.Contract.Name, target.Contract.MemberName(header.Member));
        }

        if ((header.Flags & CallFlags.Subscribe) != 0)
        {
            Channel.AddSubscription(target, header.Member);
            Return();
            return default;
        }

        if ((header.Flags & CallFlags.Unsubscribe) != 0)
        {
            Channel.RemoveSubscription(header.ObjectId, header.Member);
            Return();
            return default;
        }

        if (Channel.PeerIsConcurrent)
        {
            return target.Contract.InvokeAsync(target.Instance, header.Member, this);
        }

        // The peer waits for this call-back, and runs no other call meanwhile: a call of it from here is refused, because it would never end.
        using (CallbackScope.Enter(Channel))
        {
            return target.Contract.InvokeAsync(target.Instance, header.Member, this);
        }
    }

    private void Reply<T>(T result, ReplyWriter<T> write)
    {
        using var buffer = MessageBuffer.Rent();
        buffer.Write(new AnswerHeader(CallMessage.Reply, CallId));
        Exported? exported;
        try
        {
            exported = write(buffer, this, result);
        }
        catch (NotSerializableException exception)
        {
            Fail(exception);
            return;
        }

        if (exported is not null)
        {
            Channel.Exports.Add(exported);
        }

        _isReplied = true;
        EndCount();
        try
        {
            Channel.SendOrDrop(buffer);
        }
        catch (Exception exception)
        {
            // Too large, or there is no memory for it; an exception is smaller. If this was sent all the same, the caller drops the second reply.
            _isReplied = false;
            if (exported is not null)
            {
                Channel.Exports.Release(exported.Id, 1);
            }

            Fail(exception);
        }
    }

    /// <summary>
    /// Ends the call with an exception. Does not throw: if the caller cannot get it, the channel fails, and with it the caller's wait.
    /// </summary>
    private void Fail(Exception exception)
    {
        if (_isReplied)
        {
            ServiceLog.FailedAfterReply(exception, Name);
            return;
        }

        _isReplied = true;
        EndCount();
        try
        {
            using var buffer = MessageBuffer.Rent();
            buffer.Write(new AnswerHeader(CallMessage.Error, CallId));
            Channel.Format.WriteException(buffer, exception);
            Channel.SendOrDrop(buffer);
        }
        catch (Exception second)
        {
            Channel.Fail(second);
        }
    }

    private void EndCount()
    {
        CountedBy?.OnAnswer();
        CountedBy = null;
    }

    private delegate Exported? ReplyWriter<in T>(MessageBuffer buffer, IncomingCall call, T result);
}
