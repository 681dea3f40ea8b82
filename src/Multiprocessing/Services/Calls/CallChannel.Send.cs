using System.Runtime.ExceptionServices;

namespace Multiprocessing;

// Sending messages.
internal sealed partial class CallChannel
{
    /// <summary>Sends a call, waits for room.</summary>
    /// <returns>False if the other peer has closed the channel: nothing was sent.</returns>
    public bool TrySend(CallRequest call)
    {
        var id = _calls.Add(call);
        if (id == 0)
        {
            return false;
        }

        call.Bind(this, id);
        try
        {
            if (!SendNow(call.Buffer))
            {
                SendAndRead(call.Buffer, CancellationToken.None);
            }
        }
        catch (Exception exception)
        {
            return Unsend(call, id, exception);
        }

        call.Sent();
        Limit?.Watch();
        return true;
    }

    /// <summary>Sends a call if there is room.</summary>
    /// <returns>False if there is none, or the other peer has closed the channel: nothing was sent.</returns>
    public bool TrySendNow(CallRequest call)
    {
        var id = _calls.Add(call);
        if (id == 0)
        {
            return false;
        }

        call.Bind(this, id);
        try
        {
            if (!SendNow(call.Buffer))
            {
                return Unsend(call, id, null);
            }
        }
        catch (Exception exception)
        {
            return Unsend(call, id, exception);
        }

        call.Sent();
        Limit?.Watch();
        return true;
    }

    /// <inheritdoc cref="TrySend"/>
    public bool SendWaiting(CallRequest call, CancellationToken cancellationToken)
    {
        var id = _calls.Add(call);
        if (id == 0)
        {
            return false;
        }

        call.Bind(this, id);
        try
        {
            SendAndRead(call.Buffer, cancellationToken);
        }
        catch (Exception exception)
        {
            return Unsend(call, id, exception);
        }

        call.Sent();
        Limit?.Watch();
        return true;
    }

    /// <inheritdoc cref="TrySend"/>
    public async ValueTask<bool> SendAsync(CallRequest call, CancellationToken cancellationToken)
    {
        var id = _calls.Add(call);
        if (id == 0)
        {
            return false;
        }

        call.Bind(this, id);
        try
        {
            ReadInBackground(); // the other peer may wait for room itself
            await _transport.SendAsync(call.Buffer, Deadline.Never, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            return Unsend(call, id, exception);
        }

        call.Sent();
        Limit?.Watch();
        return true;
    }

    /// <summary>Sends a message that no one waits for; drops it if the other peer has closed the channel.</summary>
    public void SendOrDrop(MessageBuffer message)
    {
        try
        {
            if (!SendNow(message))
            {
                SendAndRead(message, CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is ConnectionClosedException or ObjectDisposedException)
        {
            // The reader of the end of the stream reports it to all that wait.
        }
    }

    /// <summary>Sends a message that is a header only.</summary>
    public void SendOrDrop(CallHeader header)
    {
        if (IsEnded)
        {
            return;
        }

        using var message = MessageBuffer.Rent();
        message.Write(header);
        SendOrDrop(message);
    }

    /// <summary>Reports that the object of the service was created, or why not.</summary>
    public void SendReady(Exception? failure)
    {
        using var message = MessageBuffer.Rent();
        message.Write(new CallHeader(CallMessage.Ready, failure is null ? 0 : 1, 0));
        if (failure is not null)
        {
            Format.WriteException(message, failure);
        }

        SendOrDrop(message);
    }

    /// <summary>
    /// Gets whether a message that finds too little room is not sent in part. A socket takes as much as fits, and a message that is given up in the
    /// middle closes the connection: what was begun is sent to its end. The other peer of a socket reads while it writes.
    /// </summary>
    private bool KeepsMessagesWhole => _transport.SharesSession;

    private bool SendNow(MessageBuffer message) =>
        _transport.Send(message, KeepsMessagesWhole ? Deadline.Now : Deadline.Never, CancellationToken.None);

    /// <summary>
    /// There is no room. The other peer may be waiting for room, too, until this one has read: so this thread reads while it waits.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The channel has ended.</exception>
    private void SendAndRead(MessageBuffer message, CancellationToken cancellationToken)
    {
        var slice = TimeSpan.FromMilliseconds(1);
        while (true)
        {
            ObjectDisposedException.ThrowIf(IsEnded, this);
            if (_role.TryEnter())
            {
                try
                {
                    ReadAll();
                }
                finally
                {
                    Leave();
                }
            }

            if (KeepsMessagesWhole ? _transport.Send(message, Deadline.After(slice), cancellationToken) : SendNow(message))
            {
                return;
            }

            slice = TimeSpan.FromMilliseconds(Math.Min(slice.TotalMilliseconds * 2, 50));
        }
    }

    /// <returns>False: the call was not sent, and may be sent on another channel.</returns>
    private bool Unsend(CallRequest call, long id, Exception? exception)
    {
        if (_calls.Remove(id, null) is null)
        {
            call.WaitForCompletion();
        }

        call.Unbind();
        switch (exception)
        {
            case null or ConnectionClosedException:
                return false;
            case ObjectDisposedException when _isDisposed || IsEnded: // in this order: Dispose closes the transport before the channel has ended
                return false;
            default:
                ExceptionDispatchInfo.Throw(exception);
                return false;
        }
    }
}
