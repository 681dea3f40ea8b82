namespace Multiprocessing;

/// <summary>
/// One enumeration of a stream of this process for a reader in another one. It runs as calls run: in turn with the calls of a service, so the code of
/// an iterator between two of its awaits never runs beside a call. While it waits, for the reader or for an <c>await</c> of the iterator, calls run.
/// It sends items as soon as the iterator waits or a batch is full, and is at most a window ahead of the reader.
/// </summary>
internal abstract class StreamPump(CallChannel channel, long id, StreamCredit credit) : ICallWork
{
    /// <summary>Bytes after which the items so far are sent.</summary>
    private const int BatchBytes = 32 << 10;

    private const int BatchItems = 512;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private long _items = credit.Items;
    private long _bytes = credit.Bytes;
    private bool _isParked;
    private bool _isStopped;
    private MessageBuffer? _batch;
    private int _batchItems;

    /// <summary>Gets the reader's number of this enumeration.</summary>
    public long Id => id;

    protected CancellationToken Token => _stop.Token;

    protected CallChannel Channel => channel;

    /// <summary>The reader has used items.</summary>
    public void AddCredit(StreamCredit used)
    {
        lock (_gate)
        {
            _items += used.Items;
            _bytes += used.Bytes;
            if (!_isParked || _items <= 0 || _bytes <= 0)
            {
                return;
            }

            _isParked = false;
        }

        channel.Scheduler.Add(this, null);
    }

    /// <summary>The reader has left, or its process has ended.</summary>
    public void Stop()
    {
        bool wasParked;
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }

            _isStopped = true;
            wasParked = _isParked;
            _isParked = false;
        }

        LastResort.Queue(EntryPoint.ServiceWork, _stop, static source => source.Cancel(), static (source, _) => source.Cancel());
        if (wasParked)
        {
            channel.Scheduler.Add(this, null);
        }
    }

    bool ICallWork.Run()
    {
        try
        {
            while (!_isStopped)
            {
                if (!HasCredit())
                {
                    Flush();
                    if (Park())
                    {
                        return true;
                    }

                    continue;
                }

                if (!MoveNext(out var hasItem))
                {
                    Flush();
                    if (ResumeLater())
                    {
                        return true;
                    }

                    continue;
                }

                if (!hasItem)
                {
                    break;
                }

                WriteItem();
            }

            Flush();
            _ = EndAsync(null);
        }
        catch (Exception exception)
        {
            _ = EndAsync(FlushBefore(exception));
        }

        return true;
    }

    /// <summary>Begins to get the next item, or takes the result of the last attempt.</summary>
    /// <returns>False if the iterator waits.</returns>
    protected abstract bool MoveNext(out bool hasItem);

    /// <summary>Calls the action once when the iterator has the next item; on the calling thread if it has it already.</summary>
    protected abstract void WhenMoved(Action action);

    /// <summary>Appends the current item.</summary>
    protected abstract void Write(MessageBuffer buffer);

    /// <summary>Disposes the enumerator.</summary>
    protected abstract ValueTask DisposeEnumeratorAsync();

    private bool HasCredit() => Volatile.Read(ref _items) > 0 && Volatile.Read(ref _bytes) > (_batch?.Length ?? 0);

    private void WriteItem()
    {
        if (_batch is null)
        {
            _batch = MessageBuffer.Rent();
            _batch.Write(new CallHeader(CallMessage.StreamItems, 0, id));
        }

        var mark = _batch.Mark();
        try
        {
            Write(_batch);
        }
        catch
        {
            _batch.RollBack(mark); // the items before it are sent
            throw;
        }

        lock (_gate)
        {
            _items--;
        }

        if (++_batchItems >= BatchItems || _batch.Length >= BatchBytes)
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (_batch is not { } batch || _batchItems == 0)
        {
            return;
        }

        lock (_gate)
        {
            _bytes -= batch.Length;
        }

        _batch = null;
        _batchItems = 0;
        using (batch)
        {
            channel.SendOrDrop(batch);
        }
    }

    /// <summary>Sends the items that the iterator returned before it failed: an error follows all items before it.</summary>
    /// <returns>The first failure: that of the iterator, unless the items cannot be sent.</returns>
    private Exception FlushBefore(Exception failure)
    {
        try
        {
            Flush();
            return failure;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    /// <returns>False if there is credit, or the reader has left: go on.</returns>
    private bool Park()
    {
        lock (_gate)
        {
            return _isParked = (_items <= 0 || _bytes <= 0) && !_isStopped;
        }
    }

    /// <returns>False if the item is there: go on. True: this runs again when it is.</returns>
    private bool ResumeLater()
    {
        // 0: registering, 1: registered, 2: moved.
        var state = 0;
        WhenMoved(() =>
        {
            if (Interlocked.Exchange(ref state, 2) == 1)
            {
                channel.Scheduler.Add(this, null);
            }
        });
        return Interlocked.CompareExchange(ref state, 1, 0) == 0;
    }

    private async Task EndAsync(Exception? failure)
    {
        var kind = failure is null ? StreamEnding.Completed : StreamEnding.Failed;
        try
        {
            await DisposeEnumeratorAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (failure is null)
            {
                (kind, failure) = (StreamEnding.DisposeFailed, exception);
            }
        }

        channel.Streams.Remove(this);
        try
        {
            _batch?.Dispose();
            _batch = null;
            SendEnd(kind, failure);
        }
        catch (Exception exception)
        {
            channel.Fail(exception);
        }
    }

    private void SendEnd(StreamEnding kind, Exception? failure)
    {
        using var message = MessageBuffer.Rent();
        message.Write(new CallHeader(CallMessage.StreamEnd, (int)kind, id));
        if (failure is not null)
        {
            channel.Format.WriteException(message, failure);
        }

        channel.SendOrDrop(message);
    }
}

/// <inheritdoc/>
internal sealed class StreamPump<T>(CallChannel channel, long id, StreamCredit credit, IAsyncEnumerable<T> stream) : StreamPump(channel, id, credit)
{
    private IAsyncEnumerator<T>? _enumerator;
    private ValueTask<bool>? _next;

    protected override bool MoveNext(out bool hasItem)
    {
        hasItem = false;
        _enumerator ??= stream.GetAsyncEnumerator(Token);
        var next = _next ?? _enumerator.MoveNextAsync();
        if (!next.IsCompleted)
        {
            _next = next.Preserve();
            return false;
        }

        _next = null;
        hasItem = next.GetAwaiter().GetResult();
        return true;
    }

    protected override void WhenMoved(Action action) => _next!.Value.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(action);

    protected override void Write(MessageBuffer buffer) => Channel.Format.Write(buffer, _enumerator!.Current, "item");

    protected override async ValueTask DisposeEnumeratorAsync()
    {
        if (_enumerator is null)
        {
            return;
        }

        if (_next is { } running)
        {
            // The reader has left while the iterator waits: an enumerator is disposed only when it has moved.
            try
            {
                await running.ConfigureAwait(false);
            }
            catch (Exception)
            {
                // Of an item that the reader has not waited for: as one in a batch that it has not read (StreamEnding.Failed).
            }
        }

        await _enumerator.DisposeAsync().ConfigureAwait(false);
    }
}
