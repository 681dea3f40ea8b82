using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// The bytes of a stream that cannot be read without a wait: an encrypted socket, or a named pipe. A read of the stream runs until it ends; waiters
/// leave it to the next one. It needs a thread of the thread pool when bytes arrive.
/// </summary>
internal sealed class StreamLink : ByteLink
{
    private const int BufferSize = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private bool _hasEnded;
    private Exception? _error;
    private Task? _reading;

    /// <param name="stream">The stream, which the link owns from now on. It reads and writes at the same time.</param>
    public StreamLink(Stream stream) => _stream = stream;

    public override int TryRead(Span<byte> destination)
    {
        _ = Read();
        lock (_gate)
        {
            if (_start < _end)
            {
                var count = Math.Min(destination.Length, _end - _start);
                _buffer.AsSpan(_start, count).CopyTo(destination);
                _start += count;
                return count;
            }

            return _error is { } error ? throw new IOException(error.Message, error) : _hasEnded ? 0 : WouldBlock;
        }
    }

    public override int Write(ReadOnlyMemory<byte> bytes, int head, Deadline deadline, CancellationToken cancellationToken)
    {
        var writing = WriteAsync(bytes, head, deadline, cancellationToken);
        return writing.IsCompleted ? writing.Result : writing.AsTask().GetAwaiter().GetResult();
    }

    public override async ValueTask<int> WriteAsync(ReadOnlyMemory<byte> bytes, int head, Deadline deadline, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!deadline.IsNever)
        {
            end.CancelAfter(deadline.TimerDelay);
        }

        try
        {
            await _stream.WriteAsync(bytes, end.Token).ConfigureAwait(false);
            return bytes.Length;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return 1; // how much of it was written is not known, and the writer must not take it for none
        }
    }

    public override void Dispose() => _stream.Dispose();

    protected override async ValueTask WhenReadableAsync() => await Read().ConfigureAwait(false);

    /// <summary>Returns the read that is under way, or begins one if the buffer is empty.</summary>
    private Task Read()
    {
        lock (_gate)
        {
            if (_start < _end || _hasEnded || _error is not null)
            {
                return Task.CompletedTask;
            }

            return _reading is { IsCompleted: false } ? _reading : _reading = ReadOnceAsync();
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The reader gets the error from TryRead.")]
    private async Task ReadOnceAsync()
    {
        var count = 0;
        Exception? error = null;
        try
        {
            count = await _stream.ReadAsync(_buffer).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            error = exception;
        }

        lock (_gate)
        {
            (_start, _end) = (0, count);
            _error = error;
            _hasEnded = count == 0 && error is null;
        }
    }
}
