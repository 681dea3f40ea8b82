using System.Runtime.Serialization;

namespace Multiprocessing.Fuzz;

/// <summary>
/// What a frame or a message says about shared memory that another process has filled: the reference to a large body or result. Whatever segment,
/// number of bytes and flag it names, it is refused, or names bytes that are inside the segment. Reading all of them shows that.
/// </summary>
internal sealed class SharedContentTarget : FuzzTarget
{
    private readonly SharedContent _content;
    private readonly ProcessQueue<int> _other = new();

    public SharedContentTarget()
    {
        using var message = MessageBuffer.Rent();
        ValueSerializer.Serialize(message, new byte[SharedContent.From], "content");
        _content = SharedContent.TryLay(message) ?? throw new InvalidOperationException("There is no room.");

        // The second one names a segment of another kind.
        var ofQueue = _content.Reference(isInFlight: false);
        BitConverter.TryWriteBytes(ofQueue, _other.Core.Segment.Id.ToWord());
        Seeds = [_content.Reference(isInFlight: false), ofQueue];
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override void Run(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var content = SharedContent.Open(input);
            try
            {
                _ = content.Bytes.IndexOfAnyExcept((byte)0);
            }
            finally
            {
                content.Release();
            }
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException)
        {
            // Noticed; other changes name the same memory.
        }

        Allocation.ThrowIfAbove(before, input);
    }

    public override void Finish()
    {
        if (_content.Bytes.Length < SharedContent.From)
        {
            throw new InvalidOperationException("The content has another length than before.");
        }

        _other.Put(1);
        if (_other.GetNoWait() != 1)
        {
            throw new InvalidOperationException("The queue has another content than before.");
        }
    }

    public override void Dispose()
    {
        _content.Release();
        _other.Dispose();
        base.Dispose();
    }
}

/// <summary>
/// A message with the handle of a shared input, whose value is read from shared memory. It is refused, or the value is the one that was shared. The
/// reader forgets the value after each input, so that it is read each time.
/// </summary>
internal sealed class SharedInputTarget : FuzzTarget
{
    private readonly ITravellingReference[] _references;
    private readonly SegmentId _id;

    public SharedInputTarget()
    {
        using var message = MessageBuffer.Rent();
        message.SenderKeepsReferences = true;
        using (var input = SharedInput<int[]>.Create([1, 2, 3]))
        {
            ValueSerializer.Serialize(message, input, "input");
            _references = message.TakeReferences();
            _id = input.Id;
        }

        var seed = new byte[message.Length];
        message.CopyTo(0, seed);
        Seeds = [seed];
        Read(seed);
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>What one input has left in the table of values is removed before the next one is read.</summary>
    public override bool IsSerial => true;

    public override void Run(byte[] input)
    {
        if (SharedInputs.Find(_id) is { } entry)
        {
            SharedInputs.Remove(entry);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Read(input);
        }
        catch (Exception error) when (error is SerializationException or InvalidDataException or InvalidOperationException)
        {
            // Noticed; other changes make another valid message.
        }

        Allocation.ThrowIfAbove(before, input);
    }

    public override void Dispose()
    {
        foreach (var reference in _references)
        {
            reference.EndPassedOn();
        }

        base.Dispose();
    }

    private unsafe void Read(byte[] input)
    {
        fixed (byte* start = input)
        {
            var at = start;
            _ = ValueSerializer.Deserialize<SharedInput<int[]>>(ref at, start + input.Length)?.Value;
        }
    }
}
