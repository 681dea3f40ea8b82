namespace Multiprocessing.Fuzz;

/// <summary>A link whose bytes are known in advance, and arrive in pieces of given sizes; between two pieces there is nothing to read.</summary>
internal sealed class MemoryLink(byte[] bytes, int[] pieces) : ByteLink
{
    private int _at;
    private int _piece;
    private int _left = pieces.Length > 0 ? pieces[0] : int.MaxValue;

    public override int TryRead(Span<byte> destination)
    {
        if (_left == 0)
        {
            _piece++;
            _left = pieces.Length == 0 ? int.MaxValue : pieces[_piece % pieces.Length];
            return WouldBlock;
        }

        var count = Math.Min(Math.Min(destination.Length, _left), bytes.Length - _at);
        bytes.AsSpan(_at, count).CopyTo(destination);
        _at += count;
        _left -= count;
        return count;
    }

    public override int Write(ReadOnlyMemory<byte> bytes, int head, Deadline deadline, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<int> WriteAsync(ReadOnlyMemory<byte> bytes, int head, Deadline deadline, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override void Dispose()
    {
    }

    protected override ValueTask WhenReadableAsync() => default;
}
