using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Finds names by their bytes. Thread-safe.</summary>
internal sealed class NameIndex() : InsertOnlyTable(64)
{
    public NameEntry? Find(ReadOnlySpan<byte> blob)
    {
        var hash = Hash(blob);
        for (var node = First(hash); node is not null; node = node.Next)
        {
            if (node.Hash == hash && blob.SequenceEqual(Unsafe.As<byte[]>(node.Key)))
            {
                return Unsafe.As<NameEntry>(node.Value);
            }
        }

        return null;
    }

    /// <summary>Adds an entry, or returns the one with the same name that was added earlier.</summary>
    public NameEntry Add(NameEntry entry) => (NameEntry)Add(entry.Blob, Hash(entry.Blob), entry);

    protected override bool AreEqual(object key, object other) => ((byte[])key).AsSpan().SequenceEqual((byte[])other);

    private static int Hash(ReadOnlySpan<byte> blob)
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

        return (int)(hash ^ (hash >> 32));
    }
}
