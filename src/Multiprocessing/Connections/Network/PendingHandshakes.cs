using System.Diagnostics;

namespace Multiprocessing;

/// <summary>The peers of a listener that are not authenticated yet: a bounded number, of which the oldest makes room for new ones.</summary>
internal sealed class PendingHandshakes(int most, CancellationToken ended)
{
    /// <summary>How long each peer has at least. An honest one needs some milliseconds, on a slow network some hundred.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly LinkedList<Entry> _entries = [];
    private readonly SemaphoreSlim _room = new(most, most);

    /// <summary>Waits for room, if need be by ending the oldest.</summary>
    /// <exception cref="OperationCanceledException">The listener was disposed.</exception>
    public async Task<Entry> EnterAsync()
    {
        while (!await _room.WaitAsync(TimeUntilOldestMayEnd(), ended).ConfigureAwait(false))
        {
            EndOldest();
        }

        var entry = new Entry(this, ended);
        lock (_gate)
        {
            _entries.AddLast(entry.Node);
        }

        return entry;
    }

    /// <summary>Waits until all have ended, after the listener was disposed.</summary>
    public async Task WaitUntilEmptyAsync()
    {
        for (var i = 0; i < most; i++)
        {
            await _room.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private TimeSpan TimeUntilOldestMayEnd()
    {
        lock (_gate)
        {
            var left = _entries.First is { } first ? Grace - Stopwatch.GetElapsedTime(first.Value.Since) : Grace;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    private void EndOldest()
    {
        Entry? oldest;
        lock (_gate)
        {
            oldest = _entries.First?.Value;
            if (oldest is null || Stopwatch.GetElapsedTime(oldest.Since) < Grace)
            {
                return;
            }

            _entries.RemoveFirst();
        }

        oldest.End();
    }

    private void Leave(Entry entry)
    {
        lock (_gate)
        {
            if (entry.Node.List is not null)
            {
                _entries.Remove(entry.Node);
            }
        }

        _ = _room.Release();
    }

    /// <summary>One handshake. Dispose it when it has ended.</summary>
    internal sealed class Entry : IDisposable
    {
        private readonly PendingHandshakes _owner;
        private readonly CancellationTokenSource _end;

        public Entry(PendingHandshakes owner, CancellationToken ended)
        {
            _owner = owner;
            _end = CancellationTokenSource.CreateLinkedTokenSource(ended);
            Token = _end.Token;
            Node = new LinkedListNode<Entry>(this);
        }

        public LinkedListNode<Entry> Node { get; }

        public long Since { get; } = Stopwatch.GetTimestamp();

        public CancellationToken Token { get; }

        public void End()
        {
            try
            {
                _end.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The handshake ended just now.
            }
        }

        public void Dispose()
        {
            _owner.Leave(this);
            _end.Dispose();
        }
    }
}
