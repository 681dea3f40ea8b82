using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>The bytes of a connected socket without encryption. Reading and writing go through no buffer and no thread.</summary>
internal sealed class SocketLink : ByteLink
{
    /// <summary>
    /// How long a synchronous write with a token waits for room before it looks at the token: no wait of the system for room ends by a token.
    /// </summary>
    private static readonly TimeSpan TokenInterval = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket;

    /// <param name="socket">The socket, which the link owns from now on.</param>
    public SocketLink(Socket socket)
    {
        _socket = socket;
        socket.Blocking = false;
    }

    public override int TryRead(Span<byte> destination)
    {
        // A receive queues up behind the zero-byte receive of WhenReadableAsync and would wait with it; only that one is under way without bytes.
        if (IsArmed && !_socket.Poll(0, SelectMode.SelectRead))
        {
            return WouldBlock;
        }

        var count = _socket.Receive(destination, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => count,
            SocketError.WouldBlock => WouldBlock,
            _ => throw new SocketException((int)error),
        };
    }

    public override bool WaitReadable(Deadline deadline, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            return base.WaitReadable(deadline, cancellationToken);
        }

        return WaitFor(SelectMode.SelectRead, deadline);
    }

    public override int Write(ReadOnlyMemory<byte> bytes, int head, Deadline deadline, CancellationToken cancellationToken)
    {
        var count = TryWrite(bytes.Span);
        while (count < bytes.Length)
        {
            var limit = cancellationToken.CanBeCanceled && deadline.Remaining > TokenInterval ? Deadline.After(TokenInterval) : deadline;
            if (!WaitFor(SelectMode.SelectWrite, limit) && (deadline.HasPassed || cancellationToken.IsCancellationRequested))
            {
                break;
            }

            count += TryWrite(bytes.Span[count..]);
        }

        return count;
    }

    public override async ValueTask<int> WriteAsync(ReadOnlyMemory<byte> bytes, int head, Deadline deadline, CancellationToken cancellationToken)
    {
        var count = TryWrite(bytes.Span);
        if (count == bytes.Length)
        {
            return count;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!deadline.IsNever)
        {
            end.CancelAfter(deadline.TimerDelay);
        }

        try
        {
            if (count < head)
            {
                // A send of a few bytes takes place as a whole, so that one which was canceled has sent none of them.
                count += await _socket.SendAsync(bytes[count..head], SocketFlags.None, end.Token).ConfigureAwait(false);
            }

            while (count < bytes.Length)
            {
                count += await _socket.SendAsync(bytes[count..], SocketFlags.None, end.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The caller looks at the count.
        }

        return count;
    }

    public override void Dispose() => _socket.Dispose();

    /// <summary>A receive of no bytes completes when there are some.</summary>
    protected override async ValueTask WhenReadableAsync() =>
        _ = await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false);

    private int TryWrite(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        while (count < bytes.Length)
        {
            var sent = _socket.Send(bytes[count..], SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                break;
            }

            count += error == SocketError.Success ? sent : throw new SocketException((int)error);
        }

        return count;
    }

    private bool WaitFor(SelectMode mode, Deadline deadline)
    {
        // The system counts microseconds in 32 bits, half an hour.
        var limit = deadline.Limit(TimeSpan.FromMinutes(30));
        return _socket.Poll((int)Math.Ceiling(limit.TotalMicroseconds), mode) || !deadline.HasPassed;
    }
}
