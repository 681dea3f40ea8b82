using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>
/// A thread that reads a pipe into memory, because Windows cannot wait for several pipes at once and cannot read an anonymous pipe without waiting.
/// The memory is bounded, so a writer waits as it would on a full pipe.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class PipePump
{
    private const int PieceSize = 16 * 1024;
    private const int MostBuffered = 256 * 1024;
    private const int CancelPause = 5; // milliseconds
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _pieces = new();
    private readonly OwnedHandle _source;
    private readonly Action _changed;
    private int _buffered;
    private bool _isUnbounded;
    private bool _isClosed;
    private bool _hasEnded;

    public PipePump(OwnedHandle source, Action changed)
    {
        _source = source;
        _changed = changed;
        LastResort.NewThread(EntryPoint.PipeReader, "Multiprocessing pipe", Run, OnFailed, maxStackSize: 256 * 1024).Start();
    }

    public bool IsReady
    {
        get
        {
            lock (_gate)
            {
                return _buffered > 0 || _hasEnded;
            }
        }
    }

    public int Read(Span<byte> buffer)
    {
        lock (_gate)
        {
            if (!_pieces.TryPeek(out var piece))
            {
                return _hasEnded ? 0 : PipeEnd.WouldBlock;
            }

            _pieces.Dequeue();
            var count = Math.Min(buffer.Length, piece.Length);
            piece.Span[..count].CopyTo(buffer);
            if (count < piece.Length)
            {
                // Back to the front: the other pieces are rotated once.
                var others = _pieces.ToArray();
                _pieces.Clear();
                _pieces.Enqueue(piece[count..]);
                Array.ForEach(others, _pieces.Enqueue);
            }

            _buffered -= count;
            Monitor.PulseAll(_gate);
            return count;
        }
    }

    /// <summary>
    /// The writer has ended: reads everything that it wrote. Does not wait long if another process has the other end open too.
    /// </summary>
    public void Settle()
    {
        var deadline = Environment.TickCount64 + (long)SettleTimeout.TotalMilliseconds;
        lock (_gate)
        {
            _isUnbounded = true;
            Monitor.PulseAll(_gate);
            while (!_hasEnded && deadline - Environment.TickCount64 is var left and > 0)
            {
                Monitor.Wait(_gate, (int)left);
            }
        }
    }

    /// <summary>
    /// Ends the thread, which closes the pipe. Cancels again until the thread has noticed: it may be about to read, where nothing can be cancelled
    /// yet.
    /// </summary>
    public void Close()
    {
        var deadline = Environment.TickCount64 + (long)CloseTimeout.TotalMilliseconds;
        lock (_gate)
        {
            _isUnbounded = _isClosed = true;
            Monitor.PulseAll(_gate);
            while (!_hasEnded && Environment.TickCount64 < deadline)
            {
                PipeHandle.Cancel(_source);
                Monitor.Wait(_gate, CancelPause);
            }
        }
    }

    /// <summary>The readers see the end of the pipe.</summary>
    private void OnFailed(Exception exception)
    {
        lock (_gate)
        {
            _hasEnded = true;
            Monitor.PulseAll(_gate);
        }

        _source.Dispose();
        _changed();
    }

    private void Run()
    {
        var buffer = new byte[PieceSize];
        while (true)
        {
            bool ended;
            var count = PipeHandle.Read(_source, buffer);
            lock (_gate)
            {
                if (count > 0 && !_isClosed)
                {
                    _pieces.Enqueue(buffer.AsSpan(0, count).ToArray());
                    _buffered += count;
                }
                else
                {
                    _hasEnded = true;
                }

                Monitor.PulseAll(_gate);
                ended = _hasEnded;
            }

            _changed();
            if (ended)
            {
                _source.Dispose();
                return;
            }

            lock (_gate)
            {
                while (_buffered >= MostBuffered && !_isUnbounded)
                {
                    Monitor.Wait(_gate);
                }
            }
        }
    }
}
