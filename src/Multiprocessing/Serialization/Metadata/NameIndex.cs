using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Finds names by their bytes. Reading takes no lock: entries are only ever added, and an entry's link is set before the entry can be seen.</summary>
internal sealed class NameIndex
{
    private readonly object _gate = new();
    private Link?[] _buckets = new Link?[64];
    private int _count;

    private sealed record Link(NameEntry Entry, uint Hash, Link? Next);

    public NameEntry? Find(ReadOnlySpan<byte> blob) => Find(blob, Hash(blob));

    /// <summary>The entry, or the one with the same name that was added earlier.</summary>
    public NameEntry Add(NameEntry entry)
    {
        var hash = Hash(entry.Blob);
        lock (_gate)
        {
            if (Find(entry.Blob, hash) is { } earlier)
            {
                return earlier;
            }

            if (++_count > _buckets.Length)
            {
                Grow();
            }

            ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
            Volatile.Write(ref bucket, new Link(entry, hash, bucket));
            return entry;
        }
    }

    private NameEntry? Find(ReadOnlySpan<byte> blob, uint hash)
    {
        var buckets = Volatile.Read(ref _buckets);
        for (var link = Volatile.Read(ref buckets[hash & (buckets.Length - 1)]); link is not null; link = link.Next)
        {
            if (link.Hash == hash && blob.SequenceEqual(link.Entry.Blob))
            {
                return link.Entry;
            }
        }

        return null;
    }

    /// <summary>Readers of the old table see all it held; what is added after that they add again, and are given the earlier one.</summary>
    private void Grow()
    {
        var buckets = new Link?[_buckets.Length * 4];
        foreach (var first in _buckets)
        {
            for (var link = first; link is not null; link = link.Next)
            {
                ref var bucket = ref buckets[link.Hash & (buckets.Length - 1)];
                bucket = new Link(link.Entry, link.Hash, bucket);
            }
        }

        Volatile.Write(ref _buckets, buckets);
    }

    private static uint Hash(ReadOnlySpan<byte> blob)
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        var hash = (ulong)blob.Length * Prime;
        var at = 0;
        for (; at + sizeof(ulong) <= blob.Length; at += sizeof(ulong))
        {
            hash = (hash ^ Unsafe.ReadUnaligned<ulong>(in blob[at])) * Prime;
            hash ^= hash >> 29;
        }

        for (; at < blob.Length; at++)
        {
            hash = (hash ^ blob[at]) * Prime;
        }

        return (uint)(hash ^ (hash >> 32));
    }
}
