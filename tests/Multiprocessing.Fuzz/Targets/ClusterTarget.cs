namespace Multiprocessing.Fuzz;

/// <summary>
/// Messages between the members of a cluster. A node parses what a caller sends, and a caller what a node sends: each message is read, or is an
/// <see cref="InvalidDataException"/>. A length or a number of elements that cannot be there allocates nothing.
/// </summary>
internal sealed class ClusterTarget(byte[][] seeds, Action<byte[]> read) : FuzzTarget
{
    private static readonly NodeDescription Node = new(true, "node-1", "machine", 1234, 16, "0123456789abcdef", ["gpu", "images"]);

    private static readonly LeasedTask[] Tasks =
    [
        new(7, 1, 1, "Program.Hash", TimeSpan.FromSeconds(30), false, [1, 2, 3, 4]),
        new(8, 2, 1, "Program.Count", Timeout.InfiniteTimeSpan, true, [], Transfer: 5, Body: 3),
    ];

    private static readonly TaskReply[] Replies =
        [new(7, 1, ReplyOutcome.Ended, 12345, [0, 5, 6]), new(8, 2, ReplyOutcome.Died, 99, [], Transfer: 2), new(9, 1, ReplyOutcome.Failed, 0, [1])];

    public override IReadOnlyList<byte[]> Seeds { get; } = seeds;

    /// <summary>What a node parses of a caller. The first byte chooses the message.</summary>
    public static FuzzTarget OfNode() => new ClusterTarget(
        [
            [0, .. Frames.OfHello("0123456789abcdef")],
            [1, .. Frames.OfLease(4, 2, Tasks)],
            [2, .. ChunkSequence.Of(1, 2, 3)],
        ],
        static input => Choose(
            input,
            static bytes => Frames.ReadHello(bytes),
            static bytes => Frames.ReadLease(bytes),
            ChunkSequence.Receive));

    /// <summary>What a caller parses of a node.</summary>
    public static FuzzTarget OfCaller() => new ClusterTarget(
        [
            [0, .. Frames.OfDescription(Node)],
            [1, .. Frames.OfReplies(3, Replies)],
            [2, .. Frames.OfReports([new(7, 1, 1, [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]), new(8, 2, 5, [])])],
            [3, 0, 42, 0, 0, 0],
            [3, .. ClusterWork.OfError(new InvalidOperationException("text"))],
        ],
        static input => Choose(
            input,
            static bytes => Frames.ReadDescription(bytes),
            static bytes => Frames.ReadReplies(bytes),
            static bytes => Frames.ReadReports(bytes),
            static bytes => _ = ClusterWork.Read<int>(bytes, hasResult: true, out _)));

    public override void Run(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read(input);
        }
        catch (InvalidDataException)
        {
            // Noticed; other changes make another valid message.
        }

        Allocation.ThrowIfAbove(before, input);
    }

    private static void Choose(byte[] input, params Action<byte[]>[] readers)
    {
        if (input.Length > 0)
        {
            readers[input[0] % readers.Length](input[1..]);
        }
    }

    /// <summary>Chunks of several contents one after the other: each is its length in two bytes, then the message.</summary>
    private static class ChunkSequence
    {
        public static byte[] Of(params long[] transfers)
        {
            byte[] bytes = [];
            foreach (var transfer in transfers)
            {
                var content = Enumerable.Range(0, 90).Select(static value => (byte)value).ToArray();
                foreach (var offset in (int[])[0, 60, 30])
                {
                    var frame = Chunk.Write(transfer, 1, transfer, 1, content, offset, 30);
                    bytes = [.. bytes, (byte)frame.Length, (byte)(frame.Length >> 8), .. frame];
                }
            }

            return bytes;
        }

        public static void Receive(byte[] bytes)
        {
            var incoming = new IncomingTransfers();
            var seen = new HashSet<long>();
            for (var at = 0; bytes.Length - at > 2;)
            {
                var length = Math.Min(bytes[at] | (bytes[at + 1] << 8), bytes.Length - at - 2);
                var frame = bytes.AsSpan(at + 2, length).ToArray();
                at += 2 + length;
                try
                {
                    var chunk = Chunk.Read(frame);
                    seen.Add(chunk.Transfer);
                    if (incoming.Receive(chunk) is not (Chunk.Taken or Chunk.Missing or Chunk.NotWanted))
                    {
                        throw new InvalidOperationException("That is no answer.");
                    }
                }
                catch (InvalidDataException)
                {
                    // The member answers by an error, and goes on with the next one.
                }
            }

            foreach (var transfer in seen)
            {
                if (incoming.Take(transfer) is { } content && content.Length > bytes.Length)
                {
                    throw new InvalidOperationException($"A content of {content.Length} bytes came from {bytes.Length}.");
                }

                incoming.Drop(transfer);
            }

            if (incoming.Count != 0 || incoming.Allocated != 0)
            {
                throw new InvalidOperationException("Something is left.");
            }
        }
    }
}
