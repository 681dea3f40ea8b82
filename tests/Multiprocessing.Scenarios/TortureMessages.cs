namespace Multiprocessing.Scenarios;

/// <summary>Lies in the ring as it lies in memory, and checks itself.</summary>
internal readonly record struct Stamp(int Producer, int Number, long A, long B, long C, long D, long E, long F, long G)
{
    public bool IsWhole => this == Of(Producer, Number);

    public static Stamp Of(int producer, int number)
    {
        var seed = ((long)producer << 32) | (uint)number;
        return new Stamp(producer, number, seed + 13, seed - 7, seed ^ 1, seed * 3, ~seed, seed + 5, -seed);
    }
}

/// <summary>Checks itself: each byte follows from producer, number and place, and so does what lies in the queue that it carries.</summary>
internal sealed record TortureMessage(int Producer, int Number, byte[] Payload, ProcessQueue<Stamp>? Carried)
{
    public bool IsWhole
    {
        get
        {
            for (var i = 0; i < Payload.Length; i++)
            {
                if (Payload[i] != ByteAt(Producer, Number, i))
                {
                    return false;
                }
            }

            return Carried is null || (Carried.TryGet(out var stamp) && stamp == Stamp.Of(Producer, Number));
        }
    }

    public static TortureMessage Of(int producer, int number, int size, ProcessQueue<Stamp>? carried)
    {
        var payload = new byte[size];
        for (var i = 0; i < size; i++)
        {
            payload[i] = ByteAt(producer, number, i);
        }

        return new TortureMessage(producer, number, payload, carried);
    }

    private static byte ByteAt(int producer, int number, int index) => (byte)((producer * 31) + (number * 7) + index);
}

/// <summary>A file of 8-byte records, unbuffered: what is written stays when the writer is killed.</summary>
internal sealed class TortureBook(string directory, string kind, int incarnation) : IDisposable
{
    private readonly FileStream _file = new(PathOf(directory, kind, incarnation), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    public static IEnumerable<(int Producer, int Number)> Read(string directory, string kind, int incarnation)
    {
        var path = PathOf(directory, kind, incarnation);
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        for (var i = 0; i + 8 <= bytes.Length; i += 8)
        {
            yield return (BitConverter.ToInt32(bytes, i), BitConverter.ToInt32(bytes, i + 4));
        }
    }

    public void Write(int producer, int number)
    {
        Span<byte> record = stackalloc byte[8];
        BitConverter.TryWriteBytes(record, producer);
        BitConverter.TryWriteBytes(record[4..], number);
        _file.Write(record);
    }

    public void Dispose() => _file.Dispose();

    private static string PathOf(string directory, string kind, int incarnation) => Path.Combine(directory, $"{kind}-{incarnation}");
}
