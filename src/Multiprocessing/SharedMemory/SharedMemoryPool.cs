using System.Buffers;
using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A pool of shared memory: rent a buffer, fill it, send it to another process, dispose it. The receiver reads it in place and disposes it; then the
/// pool rents the same memory again, whichever process had it last. The pages are prepared once and not for each message.
/// <para>
/// The pool keeps at most <see cref="MaxPooledBytes"/>, rented or not. Memory beyond that, memory that was not rented for ten seconds, and the memory
/// of a disposed pool is freed by the last process that has it. Memory that a killed process had is found when its death is reported. Only a handle
/// whose receiver was killed in the moment of receiving keeps its memory until the session ends.
/// </para>
/// <para>Thread-safe. A pool belongs to its process; only its buffers cross.</para>
/// </summary>
/// <example>
/// <code>
/// using var pool = new SharedMemoryPool();
/// using var blocks = new ProcessQueue&lt;SharedBuffer&lt;double>>();
/// using var child = ChildProcess.Run(() =>
/// {
///     using SharedBuffer&lt;double> received = blocks.Get();
///     return received.Span[^1];
/// });
/// using (SharedBuffer&lt;double> block = pool.Rent&lt;double>(1_000_000)) // its content is undefined
/// {
///     block.Span.Fill(0.5);
///     blocks.Put(block);
/// } // the pool rents the memory again when the child has disposed it, too
///
/// Console.WriteLine(child.Result.Result); // 0.5
/// </code>
/// </example>
[DebuggerDisplay("PooledBytes = {PooledBytes}, MaxPooledBytes = {MaxPooledBytes}")]
public sealed class SharedMemoryPool : MemoryPool<byte>
{
    /// <summary>The value of <see cref="MaxPooledBytes"/> for <see cref="Shared"/>: 1 GiB.</summary>
    private const long DefaultBytes = 1L << 30;

    // Buffers that other processes have are passed over. With more than this many, a new one is created instead.
    private const int MostLooks = 8;
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Queue<BufferObject>?[] _pooled = new Queue<BufferObject>?[BufferSizes.Count];
    private readonly bool _isShared;
    private readonly IdleTimer _timer;
    private long _bytes;
    private bool _isDisposed;

    /// <summary>Initializes a new instance of the <see cref="SharedMemoryPool"/> class.</summary>
    /// <param name="maxPooledBytes">The value of <see cref="MaxPooledBytes"/>. Default: 1 GiB.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxPooledBytes"/> is negative.</exception>
    public SharedMemoryPool(long maxPooledBytes = DefaultBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxPooledBytes);
        MaxPooledBytes = maxPooledBytes;
        _timer = new IdleTimer(KeptFor, OnTimer);
    }

    private SharedMemoryPool(bool isShared)
        : this() => _isShared = isShared;

    /// <summary>Gets the pool of this process. Disposing it does nothing.</summary>
    public static new SharedMemoryPool Shared { get; } = new(isShared: true);

    /// <summary>Gets the largest number of bytes that the pool keeps, rented or not. Memory beyond it is freed by its last user.</summary>
    public long MaxPooledBytes { get; }

    /// <summary>Gets the number of bytes that the pool keeps now, rented or not.</summary>
    public long PooledBytes => Volatile.Read(ref _bytes);

    /// <summary>Gets the largest length that <see cref="Rent(int)"/> accepts.</summary>
    public override int MaxBufferSize => Array.MaxLength;

    /// <summary>Rents a buffer. Its content is undefined: what an earlier user left, or zeros.</summary>
    /// <param name="minBufferSize">The number of bytes, which is exactly the length of the buffer; -1 for 4,096.</param>
    /// <returns>The buffer; the caller disposes it, whether it was sent or not.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="minBufferSize"/> is less than -1 or more than <see cref="MaxBufferSize"/>.
    /// </exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    public override SharedBuffer<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minBufferSize, -1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, MaxBufferSize);
        return Rent<byte>(minBufferSize == -1 ? 4096 : minBufferSize);
    }

    /// <summary>Rents a buffer of elements. Their values are undefined: what an earlier user left, or zeros.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="length">The number of elements.</param>
    /// <returns>The buffer; the caller disposes it, whether it was sent or not.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    public unsafe SharedBuffer<T> Rent<T>(int length)
        where T : unmanaged => new(Take(length, sizeof(T)), length);

    /// <summary>Frees the memory that is not in use, and gives up the rest, which its last user frees.</summary>
    public void Trim() => Trim(long.MaxValue);

    /// <summary>Takes memory for that many elements, with one reference.</summary>
    internal BufferObject Take(int length, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var index = BufferSizes.IndexOf((long)length * size);
        for (var looks = 0; looks < MostLooks && Next(index) is { } next; looks++)
        {
            var taken = next.Session.Objects.TryTakeAlone(next);
            if (taken)
            {
                next.RentedAt = Environment.TickCount64;
            }

            PutBack(index, next);
            if (taken)
            {
                return next;
            }
        }

        return Create(index);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_isShared || !disposing)
        {
            return;
        }

        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
        }

        Trim();
    }

    private static void Release(BufferObject memory) => memory.Session.Objects.Release(memory);

    /// <summary>Returns the memory of that size that was rented longest ago. It is not pooled until <see cref="PutBack"/>.</summary>
    private BufferObject? Next(int index)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _pooled[index] is { Count: > 0 } queue ? queue.Dequeue() : null;
        }
    }

    private void PutBack(int index, BufferObject memory)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                (_pooled[index] ??= new Queue<BufferObject>()).Enqueue(memory);
                return;
            }

            _bytes -= memory.Segment.Size;
        }

        Release(memory);
    }

    private BufferObject Create(int index)
    {
        BufferObject created;
        try
        {
            created = BufferObject.Create(Session.Current, BufferSizes.SizeAt(index));
        }
        catch (InsufficientSharedMemoryException) when (PooledBytes > 0)
        {
            Trim();
            created = BufferObject.Create(Session.Current, BufferSizes.SizeAt(index));
        }

        created.RentedAt = Environment.TickCount64;
        var size = created.Segment.Size;
        if (size > MaxPooledBytes)
        {
            return created;
        }

        MakeRoom(size);
        lock (_gate)
        {
            if (_isDisposed || _bytes + size > MaxPooledBytes)
            {
                return created;
            }

            _bytes += size;
            created.Session.Objects.AddReference(created);
            (_pooled[index] ??= new Queue<BufferObject>()).Enqueue(created);
            _timer.Set();
        }

        return created;
    }

    /// <summary>Gives up the memory that was rented longest ago, until there is room for more.</summary>
    private void MakeRoom(long size)
    {
        while (true)
        {
            BufferObject oldest;
            lock (_gate)
            {
                if (_bytes + size <= MaxPooledBytes || OldestQueue() is not { } queue)
                {
                    return;
                }

                oldest = queue.Dequeue();
                _bytes -= oldest.Segment.Size;
            }

            Release(oldest);
        }
    }

    private Queue<BufferObject>? OldestQueue()
    {
        Queue<BufferObject>? oldest = null;
        foreach (var queue in _pooled)
        {
            if (queue is { Count: > 0 } && (oldest is null || queue.Peek().RentedAt < oldest.Peek().RentedAt))
            {
                oldest = queue;
            }
        }

        return oldest;
    }

    private void Trim(long rentedBefore)
    {
        while (true)
        {
            BufferObject oldest;
            lock (_gate)
            {
                if (OldestQueue() is not { } queue || queue.Peek().RentedAt >= rentedBefore)
                {
                    return;
                }

                oldest = queue.Dequeue();
                _bytes -= oldest.Segment.Size;
            }

            Release(oldest);
        }
    }

    private void OnTimer()
    {
        Trim(Environment.TickCount64 - (long)KeptFor.TotalMilliseconds);
        lock (_gate)
        {
            _timer.Fired();
            if (_bytes > 0 && !_isDisposed)
            {
                _timer.Set();
            }
        }
    }
}
