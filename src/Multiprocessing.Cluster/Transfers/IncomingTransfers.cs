namespace Multiprocessing;

/// <summary>
/// Contents that another member sends in chunks. A chunk that is there already changes nothing; one that arrives before its predecessor is kept
/// until that has arrived. A transfer that was taken, dropped or is older than all live ones stays over: a late chunk begins nothing. Thread-safe.
/// </summary>
internal sealed class IncomingTransfers
{
    /// <summary>
    /// Memory is allocated for so many times the bytes that have arrived, up to the content's length: a length alone allocates nothing.
    /// </summary>
    private const int Growth = 8;

    /// <summary>Chunks that arrive before their predecessors have at most this size together, in bytes: what a sender has on the way.</summary>
    private const int MaxEarly = TransferPace.MaxCredit + TransferPace.MaxChunk;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Entry> _entries = [];
    private readonly HashSet<long> _over = [];
    private long _oldest;
    private bool _isClosed;

    /// <summary>Gets the number of contents that have begun to arrive and were not taken.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Gets the bytes that are allocated for them.</summary>
    public long Allocated
    {
        get
        {
            lock (_gate)
            {
                return _entries.Values.Sum(static entry => (long)entry.Content.Length + entry.EarlyBytes);
            }
        }
    }

    /// <summary>Appends a chunk.</summary>
    /// <returns><see cref="Chunk.Taken"/>, <see cref="Chunk.Missing"/> or <see cref="Chunk.NotWanted"/>.</returns>
    /// <exception cref="InvalidDataException">It does not belong to what has arrived of the content.</exception>
    public long Receive(in Chunk chunk)
    {
        lock (_gate)
        {
            if (chunk.Oldest > _oldest)
            {
                _oldest = chunk.Oldest;
                _over.RemoveWhere(transfer => transfer < _oldest);
            }

            if (_isClosed || chunk.Transfer < _oldest || _over.Contains(chunk.Transfer))
            {
                return Chunk.NotWanted;
            }

            if (!_entries.TryGetValue(chunk.Transfer, out var entry))
            {
                _entries.Add(chunk.Transfer, entry = new Entry(chunk.Task, chunk.Total));
            }

            if (entry.Total != chunk.Total || entry.Task != chunk.Task)
            {
                throw new InvalidDataException("Two chunks of a transfer name different contents.");
            }

            return entry.Add(chunk) ? Chunk.Taken : Chunk.Missing;
        }
    }

    /// <summary>Returns a content that has arrived as a whole, and keeps it.</summary>
    public byte[]? Peek(long transfer)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(transfer, out var entry) && entry.Length == entry.Total ? entry.Content : null;
        }
    }

    /// <summary>Takes a content, which has arrived as a whole.</summary>
    /// <returns><see langword="null"/> if it has not: the sender names no such content.</returns>
    public byte[]? Take(long transfer)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(transfer, out var entry) || entry.Length < entry.Total)
            {
                return null;
            }

            End(transfer);
            return entry.Content;
        }
    }

    /// <summary>Frees a content, whether it has arrived or not.</summary>
    public void Drop(long transfer)
    {
        lock (_gate)
        {
            if (transfer > 0 && !_isClosed)
            {
                End(transfer);
            }
        }
    }

    /// <summary>Frees the contents of a task.</summary>
    public void DropTask(long task)
    {
        lock (_gate)
        {
            if (_entries.Count == 0)
            {
                return;
            }

            foreach (var transfer in _entries.Where(entry => entry.Value.Task == task).Select(static entry => entry.Key).ToList())
            {
                End(transfer);
            }
        }
    }

    /// <summary>Frees everything and takes nothing more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _entries.Clear();
            _over.Clear();
        }
    }

    private void End(long transfer)
    {
        _entries.Remove(transfer);
        if (transfer >= _oldest)
        {
            _over.Add(transfer);
        }
    }

    private sealed class Entry(long task, int total)
    {
        public long Task { get; } = task;

        public int Total { get; } = total;

        public int Length { get; private set; }

        public byte[] Content { get; private set; } = [];

        public int EarlyBytes { get; private set; }

        private Dictionary<int, Chunk> Early { get; } = [];

        /// <returns><see langword="false"/> if the chunk is too early to be kept.</returns>
        public bool Add(in Chunk chunk)
        {
            if (chunk.Offset < Length || Early.ContainsKey(chunk.Offset))
            {
                return true; // it was sent again because its answer was lost
            }

            if (chunk.Offset > Length)
            {
                if (EarlyBytes + chunk.Bytes.Length > MaxEarly)
                {
                    return false;
                }

                EarlyBytes += chunk.Bytes.Length;
                Early.Add(chunk.Offset, chunk);
                return true;
            }

            Append(chunk.Bytes);
            while (Early.Remove(Length, out var next))
            {
                EarlyBytes -= next.Bytes.Length;
                Append(next.Bytes);
            }

            return true;
        }

        private void Append(ReadOnlySpan<byte> bytes)
        {
            var length = Length + bytes.Length;
            if (length > Content.Length)
            {
                var larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(Total, (long)length * Growth));
                Content.AsSpan(0, Length).CopyTo(larger);
                Content = larger;
            }

            bytes.CopyTo(Content.AsSpan(Length));
            Length = length;
        }
    }
}
