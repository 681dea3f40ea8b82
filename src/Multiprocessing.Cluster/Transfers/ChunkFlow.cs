namespace Multiprocessing;

/// <summary>Which parts of a content were sent, are on the way, and have to be sent again. Thread-safe.</summary>
internal sealed class ChunkFlow(int length)
{
    private readonly Lock _gate = new();
    private readonly Queue<(int Offset, int Length)> _again = new();
    private TaskCompletionSource? _changed;
    private int _next;
    private int _open;

    /// <summary>Gets a value that indicates whether the receiver has no use for the content.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Returns whether there is a part to be sent, now or when one on the way is answered.</summary>
    /// <param name="size">The size of a chunk.</param>
    /// <param name="offset">Its place.</param>
    /// <param name="count">Its length; 0 if there is none now.</param>
    /// <param name="isRepeated">Whether it was sent before.</param>
    public bool TryNext(int size, out int offset, out int count, out bool isRepeated)
    {
        lock (_gate)
        {
            isRepeated = _again.TryDequeue(out var part);
            if (!isRepeated)
            {
                part = (_next, Math.Min(size, length - _next));
                _next += part.Length;
            }

            (offset, count) = part;
            _open += count > 0 ? 1 : 0;
            return !IsRefused && (count > 0 || _open > 0);
        }
    }

    /// <summary>A part was answered, or was not.</summary>
    public void End(int offset, int count, long answer)
    {
        lock (_gate)
        {
            _open--;
            IsRefused |= answer == Chunk.NotWanted;
            if (answer == Chunk.Missing)
            {
                _again.Enqueue((offset, count));
            }

            _changed?.TrySetResult();
            _changed = null;
        }
    }

    /// <summary>Waits until a part is to be sent again, or none is on the way.</summary>
    public Task WhenChangedAsync()
    {
        lock (_gate)
        {
            return IsRefused || _open == 0 || _again.Count > 0
                ? Task.CompletedTask
                : (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
