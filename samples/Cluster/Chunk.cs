using System.Security.Cryptography;

namespace Cluster;

/// <summary>A part of a file. A record of values: it is what a node receives.</summary>
internal sealed record Chunk(string File, long Offset, int Length)
{
    private const int Size = 64 << 10;

    /// <summary>All chunks of all files of a folder, in the order of the names.</summary>
    public static IEnumerable<Chunk> Of(string folder) =>
        from file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        let length = new FileInfo(file).Length
        from part in Enumerable.Range(0, (int)((length + Size - 1) / Size))
        select new Chunk(file, (long)part * Size, (int)Math.Min(Size, length - ((long)part * Size)));

    /// <summary>Runs on a node.</summary>
    public ChunkReport Read()
    {
        var bytes = new byte[Length];
        using var handle = System.IO.File.OpenHandle(File);
        var read = RandomAccess.Read(handle, bytes, Offset);
        var words = 0L;
        var isInside = false;
        foreach (var value in bytes.AsSpan(0, read))
        {
            var isLetter = char.IsAsciiLetterOrDigit((char)value);
            words += isLetter && !isInside ? 1 : 0;
            isInside = isLetter;
        }

        return new ChunkReport(words, read, SHA256.HashData(bytes.AsSpan(0, read)));
    }
}

/// <summary>What a node returns.</summary>
internal sealed record ChunkReport(long Words, long Bytes, byte[] Hash);
