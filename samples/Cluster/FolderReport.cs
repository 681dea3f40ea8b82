using System.Security.Cryptography;
using Multiprocessing;

namespace Cluster;

/// <summary>The words and the hash of a folder, from the reports of its chunks in their order.</summary>
internal sealed record FolderReport(long Words, long Bytes, string Hash)
{
    /// <summary>Works with each kind of pool.</summary>
    public static async Task<FolderReport> Of(IProcessPool pool, IReadOnlyList<Chunk> chunks, Action<int>? done = null)
    {
        var (words, bytes, count) = (0L, 0L, 0);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var report in pool.StreamAsync(chunks, static chunk => chunk.Read()))
        {
            words += report.Words;
            bytes += report.Bytes;
            hash.AppendData(report.Hash);
            done?.Invoke(++count);
        }

        return new FolderReport(words, bytes, Convert.ToHexStringLower(hash.GetHashAndReset())[..16]);
    }

    public override string ToString() => $"{Words:N0} words, {Bytes:N0} bytes, hash {Hash}";
}
