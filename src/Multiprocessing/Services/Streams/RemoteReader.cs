using System.Runtime.ExceptionServices;

namespace Multiprocessing;

/// <summary>One enumeration of a stream of another process: the messages that have arrived, and whether there will be more. Thread-safe.</summary>
internal abstract class RemoteReader
{
    /// <summary>How far the other process may be ahead: items and bytes.</summary>
    protected const int WindowItems = 1024;

    protected const int WindowBytes = 1 << 20;

    private readonly Lock _gate = new();
    private readonly Queue<ReceivedMessage> _messages = [];
    private TaskCompletionSource? _arrival;
    private bool _isEnded;
    private bool _isDiscarding;
    private bool _hasLeft;

    /// <summary>A message of the enumeration has arrived. Called by the thread that reads; takes the message.</summary>
    public void Receive(ReceivedMessage message)
    {
        TaskCompletionSource? arrival;
        lock (_gate)
        {
            if (_hasLeft || (_isDiscarding && !IsEnd(message)))
            {
                message.Dispose();
                return;
            }

            _messages.Enqueue(message);
            arrival = _arrival;
            _arrival = null;
        }

        arrival?.SetResult();
    }

    /// <summary>No message follows: the other process has ended, or the channel to it, or the program waits no longer.</summary>
    public void EndWait()
    {
        TaskCompletionSource? arrival;
        lock (_gate)
        {
            _isEnded = true;
            arrival = _arrival;
            _arrival = null;
        }

        arrival?.SetResult();
    }

    /// <summary>Gets whether <see cref="TryTake"/> has a message, or there will be none.</summary>
    public bool HasArrived
    {
        get
        {
            lock (_gate)
            {
                return _messages.Count != 0 || _isEnded;
            }
        }
    }

    protected static unsafe bool IsEnd(ReceivedMessage message) => ((CallHeader*)message.Data)->Kind == CallMessage.StreamEnd;

    /// <summary>Takes the next message.</summary>
    /// <param name="message">The message, which the caller disposes; null if none follows.</param>
    /// <param name="arrival">If there is none yet: completes when there is.</param>
    protected bool TryTake(out ReceivedMessage? message, out Task? arrival)
    {
        lock (_gate)
        {
            arrival = null;
            if (_messages.TryDequeue(out message) || _isEnded)
            {
                return true;
            }

            arrival = (_arrival = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            return false;
        }
    }

    /// <summary>The program has left the enumeration: only its end matters from now on.</summary>
    protected void Discard()
    {
        lock (_gate)
        {
            _isDiscarding = true;
            for (var i = _messages.Count; i > 0; i--)
            {
                var message = _messages.Dequeue();
                if (IsEnd(message))
                {
                    _messages.Enqueue(message);
                }
                else
                {
                    message.Dispose();
                }
            }
        }
    }

    /// <summary>Nothing matters any more. A thread that has found this reader may still pass a message to it.</summary>
    protected void Leave()
    {
        lock (_gate)
        {
            _hasLeft = true;
            while (_messages.TryDequeue(out var message))
            {
                message.Dispose();
            }
        }
    }
}

/// <inheritdoc/>
internal sealed class RemoteReader<T>(Task<StreamReference?> reference, CancellationToken first, CancellationToken second)
    : RemoteReader, IAsyncEnumerator<T>
{
    private StreamReference? _stream;
    private long _id;
    private ReceivedMessage? _message;
    private unsafe byte* _data;
    private long _usedItems;
    private long _usedBytes;
    private bool _isOver;

    public T Current { get; private set; } = default!;

    public unsafe ValueTask<bool> MoveNextAsync()
    {
        if (_message is { } message && _data < message.End && !IsCanceled)
        {
            Current = Read(message);
            return new(true);
        }

        return _isOver ? default : MoveNextLater();
    }

    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        _message?.Dispose();
        _message = null;
        if (_id == 0)
        {
            return;
        }

        var channel = _stream!.Channel;
        channel.SendOrDrop(new CallHeader(CallMessage.StreamStop, 0, _id));
        Discard();
        using var end = await ReceiveEndAsync(channel).ConfigureAwait(false);
        channel.Streams.Remove(_id);
        _id = 0;
        Leave();
        if (end is not null)
        {
            ThrowFailure(end, isStopped: true);
        }
    }

    /// <summary>
    /// Waits for the end of the iterator, as long as for a member whose token was canceled. The iterator may be inside an <c>await</c> that does not
    /// end; an iterator of this process would not hold a reader that leaves there either.
    /// </summary>
    /// <returns>Null if it has not ended by then, or the channel has ended.</returns>
    private async ValueTask<ReceivedMessage?> ReceiveEndAsync(CallChannel channel)
    {
        using var patience = LibraryClock.After(CancelRequest.Grace, static reader => ((RemoteReader)reader!).EndWait(), this);
        ReceivedMessage? end;
        while (!TryTake(out end, out var arrival))
        {
            channel.ReadInBackground();
            await arrival!.ConfigureAwait(false);
        }

        return end;
    }

    private bool IsCanceled => first.IsCancellationRequested || second.IsCancellationRequested;

    private async ValueTask<bool> MoveNextLater()
    {
        if (_id == 0)
        {
            await OpenAsync().ConfigureAwait(false);
            if (_id == 0)
            {
                return false;
            }
        }

        var channel = _stream!.Channel;
        while (true)
        {
            ThrowIfCanceled();
            if (!TryTake(out var message, out var arrival))
            {
                Use(); // its bytes, too: the other process waits for them alone if the message was as large as the window
                GiveCredit(atLeast: 1);
                if (!channel.SpinFor(this))
                {
                    channel.ReadInBackground();
                    await WaitAsync(arrival!).ConfigureAwait(false);
                }

                continue;
            }

            if (Take(message))
            {
                return !_isOver;
            }
        }
    }

    /// <returns>Whether there is an item, or the end.</returns>
    private unsafe bool Take(ReceivedMessage? message)
    {
        if (_message is not null)
        {
            Use();
            GiveCredit(atLeast: WindowItems / 2);
        }

        if (message is null)
        {
            Over();
            throw _stream!.Channel.Owner.Died("The enumeration of a stream", wasSent: true);
        }

        if (IsEnd(message))
        {
            Over();
            using (message)
            {
                ThrowFailure(message, isStopped: false);
            }

            return true;
        }

        _message = message;
        _data = message.Data + sizeof(CallHeader);
        if (_data >= message.End)
        {
            return false;
        }

        Current = Read(message);
        return true;
    }

    /// <summary>All items of the message were read.</summary>
    private void Use()
    {
        if (_message is { } used)
        {
            _usedBytes += used.Length;
            _message = null;
            used.Dispose();
        }
    }

    private async Task OpenAsync()
    {
        await WaitAsync(reference).ConfigureAwait(false);
        _stream = await reference.ConfigureAwait(false) ?? throw new InvalidOperationException("The member returned null in place of a stream.");
        ThrowIfCanceled();
        var channel = _stream.Channel;
        var id = channel.Streams.Add(this);
        if (id == 0)
        {
            throw channel.Owner.Died("The enumeration of a stream", wasSent: false);
        }

        try
        {
            using var message = MessageBuffer.Rent();
            message.Write(new CallHeader(CallMessage.StreamOpen, 0, _stream.Id));
            message.Write(id);
            message.Write(new StreamCredit(WindowItems, WindowBytes));
            channel.SendOrDrop(message);
        }
        catch
        {
            channel.Streams.Remove(id); // it has no end that its disposal could wait for
            throw;
        }

        _id = id;
    }

    private unsafe T Read(ReceivedMessage message)
    {
        _usedItems++;
        return _stream!.Channel.Format.Read<T>(ref _data, message.End, "item");
    }

    private void GiveCredit(int atLeast)
    {
        if (_usedItems < atLeast && _usedBytes < WindowBytes / 2)
        {
            return;
        }

        using var message = MessageBuffer.Rent();
        message.Write(new CallHeader(CallMessage.StreamCredit, 0, _id));
        message.Write(new StreamCredit(_usedItems, _usedBytes));
        _usedItems = 0;
        _usedBytes = 0;
        _stream!.Channel.SendOrDrop(message);
    }

    private async Task WaitAsync(Task awaited)
    {
        if (!first.CanBeCanceled)
        {
            await awaited.WaitAsync(second).ConfigureAwait(false);
        }
        else if (!second.CanBeCanceled)
        {
            await awaited.WaitAsync(first).ConfigureAwait(false);
        }
        else
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(first, second);
            await awaited.WaitAsync(either.Token).ConfigureAwait(false);
        }
    }

    private void ThrowIfCanceled()
    {
        first.ThrowIfCancellationRequested();
        second.ThrowIfCancellationRequested();
    }

    private void Over()
    {
        _isOver = true;
        _stream!.Channel.Streams.Remove(_id);
        _id = 0;
    }

    private unsafe void ThrowFailure(ReceivedMessage end, bool isStopped)
    {
        var kind = (StreamEnding)((CallHeader*)end.Data)->Member;
        if (kind == StreamEnding.Completed || (isStopped && kind == StreamEnding.Failed))
        {
            return; // the iterator was ahead of the reader, which has left before the item that failed
        }

        var failure = _stream!.Channel.Format.ReadException(end.Data + sizeof(CallHeader), end.End);
        if (!isStopped || failure is not OperationCanceledException)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}
