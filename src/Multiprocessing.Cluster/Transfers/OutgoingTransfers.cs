using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Sends contents to another member in chunks: several at once, each chunk when there is credit, in turns. A chunk without an
/// answer is sent again. Thread-safe.
/// </summary>
/// <param name="send">Sends a chunk, and returns its answer.</param>
/// <param name="drop">Lets the receiver free what it has of a transfer.</param>
/// <param name="shared">The credit of all receivers together, or <see langword="null"/>.</param>
internal sealed class OutgoingTransfers(Func<byte[], Task<long>> send, Func<long, Task> drop, ByteCredit? shared)
{
    private static readonly TimeSpan ResendInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, OutgoingTransfer> _live = [];
    private readonly TransferPace _pace = new();
    private long _last;
    private long _sentBytes;
    private bool _isClosed;

    /// <param name="receiver">The other member.</param>
    /// <param name="self">This member, as the receiver knows it.</param>
    /// <param name="shared">The credit of all receivers together, or <see langword="null"/>.</param>
    public static OutgoingTransfers To(IClusterPeer receiver, string self, ByteCredit? shared) =>
        new(chunk => receiver.Chunk(self, chunk), transfer => receiver.Drop(self, transfer), shared);

    /// <summary>Gets the number of transfers that the receiver may have something of.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _live.Count;
            }
        }
    }

    /// <summary>Gets the bytes that were sent, those that were sent again included.</summary>
    public long SentBytes => Interlocked.Read(ref _sentBytes);

    public ByteCredit Credit => _pace.Credit;

    /// <summary>Begins to send a content.</summary>
    /// <param name="content">The content, which is not empty and does not change.</param>
    /// <param name="task">The task that it belongs to, or 0.</param>
    /// <param name="lease">The lease of the task.</param>
    public OutgoingTransfer Begin(byte[] content, long task, int lease)
    {
        OutgoingTransfer transfer;
        lock (_gate)
        {
            transfer = new OutgoingTransfer(++_last, task, lease, content);
            if (_isClosed)
            {
                End(transfer);
                return transfer;
            }

            _live.Add(transfer.Number, transfer);
        }

        Background.Run(() => RunAsync(transfer));
        return transfer;
    }

    /// <summary>The receiver has taken the content, and keeps nothing of the transfer.</summary>
    public void Finish(OutgoingTransfer transfer)
    {
        lock (_gate)
        {
            _live.Remove(transfer.Number);
            End(transfer);
        }
    }

    /// <summary>The content is not needed any more: it is not sent further, and the receiver frees what it has of it.</summary>
    public void Abandon(OutgoingTransfer transfer)
    {
        lock (_gate)
        {
            if (transfer.IsOver)
            {
                return;
            }

            // It stays live, and so above the number of the oldest one, until the receiver has freed it.
            End(transfer);
        }

        Background.Run(() => DropAsync(transfer));
    }

    /// <summary>The receiver is lost, or does not want anything any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var transfer in _live.Values)
            {
                End(transfer);
            }

            _live.Clear();
        }
    }

    private static void End(OutgoingTransfer transfer)
    {
        if (!transfer.IsOver)
        {
            transfer.IsOver = true;
            transfer.Release();
            transfer.Arrived.TrySetCanceled();

            // Flows that wait for it resume elsewhere, and not under the gate.
            _ = transfer.Ending.CancelAsync();
        }
    }

    private async Task RunAsync(OutgoingTransfer transfer)
    {
        var content = transfer.Content;
        var flow = new ChunkFlow(content.Length);
        try
        {
            while (flow.TryNext(ChunkSize, out var offset, out var length, out var isRepeated))
            {
                if (length == 0)
                {
                    await flow.WhenChangedAsync().WaitAsync(transfer.Ending.Token).ConfigureAwait(false);
                    continue;
                }

                if (isRepeated)
                {
                    await Task.Delay(ResendInterval, transfer.Ending.Token).ConfigureAwait(false);
                }

                await TakeCreditAsync(length, transfer.Ending.Token).ConfigureAwait(false);
                _ = SendAsync(transfer, content, offset, length, flow);
            }

            lock (_gate)
            {
                transfer.Release();
                transfer.Arrived.TrySetResult(!flow.IsRefused);
            }
        }
        catch (OperationCanceledException)
        {
            // Abandoned, or the receiver is lost.
        }
        catch (Exception exception)
        {
            transfer.Arrived.TrySetException(exception);
        }
    }

    private int ChunkSize => (int)Math.Min(_pace.ChunkSize, shared?.Max ?? int.MaxValue);

    private async Task TakeCreditAsync(int length, CancellationToken cancellationToken)
    {
        await Credit.TakeAsync(length, cancellationToken).ConfigureAwait(false);
        if (shared is not null)
        {
            try
            {
                await shared.TakeAsync(length, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Credit.Give(length);
                throw;
            }
        }
    }

    private async Task SendAsync(OutgoingTransfer transfer, byte[] content, int offset, int length, ChunkFlow flow)
    {
        var answer = Chunk.Missing;
        try
        {
            var sent = Stopwatch.GetTimestamp();
            Interlocked.Add(ref _sentBytes, length);
            var frame = Chunk.Write(transfer.Number, Oldest, transfer.Task, transfer.Lease, content, offset, length);
            answer = await send(frame).WaitAsync(transfer.Ending.Token).ConfigureAwait(false);
            _pace.Answered(sent);
        }
        catch (Exception)
        {
            // The connection was lost, the answer took too long, or the transfer was abandoned. The members decide whether the receiver is dead.
        }
        finally
        {
            shared?.Give(length);
            Credit.Give(length);
            flow.End(offset, length, answer);
        }
    }

    private long Oldest
    {
        get
        {
            lock (_gate)
            {
                foreach (var number in _live.Keys)
                {
                    return number;
                }

                return _last + 1;
            }
        }
    }

    /// <summary>Repeated until the receiver has it: nothing else would free what the receiver has.</summary>
    private async Task DropAsync(OutgoingTransfer transfer)
    {
        while (!IsClosed)
        {
            try
            {
                await drop(transfer.Number).ConfigureAwait(false);
                break;
            }
            catch (Exception)
            {
                await Task.Delay(ResendInterval).ConfigureAwait(false);
            }
        }

        lock (_gate)
        {
            _live.Remove(transfer.Number);
        }
    }

    private bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _isClosed;
            }
        }
    }
}
