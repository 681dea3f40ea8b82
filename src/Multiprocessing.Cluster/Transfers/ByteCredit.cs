namespace Multiprocessing;

/// <summary>How many bytes may be on the way at once. Takers are served in the order of their calls. Thread-safe.</summary>
/// <param name="max">The limit. A taker of more bytes gets them when nothing is on the way, so that nothing waits for ever.</param>
internal sealed class ByteCredit(long max)
{
    private readonly Lock _gate = new();
    private readonly Queue<Taker> _takers = new();
    private long _max = max;
    private long _out;

    /// <summary>Gets or sets the limit.</summary>
    public long Max
    {
        get => Volatile.Read(ref _max);
        set
        {
            Volatile.Write(ref _max, value);
            Give(0);
        }
    }

    /// <summary>Gets the bytes that are on the way.</summary>
    public long Out
    {
        get
        {
            lock (_gate)
            {
                return _out;
            }
        }
    }

    /// <summary>Gets the most bytes that were on the way at once.</summary>
    public long Peak { get; private set; }

    /// <summary>Waits until the bytes may be sent. They are on the way until <see cref="Give"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was taken.</exception>
    public async ValueTask TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Taker taker;
        lock (_gate)
        {
            if (_takers.Count == 0 && Fits(bytes))
            {
                Count(bytes);
                return;
            }

            _takers.Enqueue(taker = new Taker(bytes));
        }

        using (cancellationToken.UnsafeRegister(static (state, token) => ((Taker)state!).Granted.TrySetCanceled(token), taker))
        {
            try
            {
                await taker.Granted.Task.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Give(0); // the next one may fit
                throw;
            }
        }
    }

    /// <summary>The bytes are not on the way any more.</summary>
    public void Give(int bytes)
    {
        lock (_gate)
        {
            _out -= bytes;
            while (_takers.TryPeek(out var next) && (next.Granted.Task.IsCompleted || Fits(next.Bytes)))
            {
                _takers.Dequeue();
                if (next.Granted.TrySetResult())
                {
                    Count(next.Bytes);
                }
            }
        }
    }

    private bool Fits(int bytes) => _out == 0 || _out + bytes <= _max;

    private void Count(int bytes)
    {
        _out += bytes;
        Peak = Math.Max(Peak, _out);
    }

    private sealed class Taker(int bytes)
    {
        public int Bytes { get; } = bytes;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
