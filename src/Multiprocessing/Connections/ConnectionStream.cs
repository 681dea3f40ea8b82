namespace Multiprocessing;

/// <summary>
/// A connection as a stream of bytes. A write is sent as one message or several; a read takes what one message has. The borders of messages mean
/// nothing, and messages without bytes are skipped. One reader and one writer at a time, as every stream.
/// </summary>
internal sealed class ConnectionStream(Connection connection, Action? onDispose) : Stream
{
    // A large write needs no memory of its size: the other side receives the first part while this side writes the next one.
    private const int LargestMessage = 64 << 10;

    private ReadOnlyMemory<byte> _rest;
    private bool _disposed;

    public override bool CanRead => !_disposed && connection.CanReceive;

    public override bool CanWrite => !_disposed && connection.CanSend;

    public override bool CanSeek => false;

    public override long Length => throw NotSeekable();

    public override long Position
    {
        get => throw NotSeekable();
        set => throw NotSeekable();
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (!buffer.IsEmpty)
        {
            if (TakeRest(buffer) is > 0 and var taken)
            {
                return taken;
            }

            if (!connection.TryReadBytes(buffer, out var length, out _rest))
            {
                return 0;
            }

            if (length > 0)
            {
                return length;
            }
        }

        return 0;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (!buffer.IsEmpty)
        {
            if (TakeRest(buffer.Span) is > 0 and var taken)
            {
                return taken;
            }

            var (isOpen, length, rest) = await connection.TryReadBytesAsync(buffer, cancellationToken).ConfigureAwait(false);
            _rest = rest;
            if (!isOpen)
            {
                return 0;
            }

            if (length > 0)
            {
                return length;
            }
        }

        return 0;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (!buffer.IsEmpty)
        {
            var part = buffer[..Math.Min(buffer.Length, LargestMessage)];
            connection.SendBytes(part);
            buffer = buffer[part.Length..];
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (!buffer.IsEmpty)
        {
            var part = buffer[..Math.Min(buffer.Length, LargestMessage)];
            await connection.SendBytesAsync(part, cancellationToken).ConfigureAwait(false);
            buffer = buffer[part.Length..];
        }
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    /// <summary>Does nothing: what was written was sent.</summary>
    public override void Flush()
    {
    }

    /// <summary>Does nothing: what was written was sent.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw NotSeekable();

    public override void SetLength(long value) => throw NotSeekable();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            onDispose?.Invoke();
        }

        base.Dispose(disposing);
    }

    private int TakeRest(Span<byte> buffer)
    {
        var taken = Math.Min(_rest.Length, buffer.Length);
        _rest.Span[..taken].CopyTo(buffer);
        _rest = _rest[taken..];
        return taken;
    }

    private static NotSupportedException NotSeekable() => new("A connection has no position: its bytes are read once, in order.");
}
