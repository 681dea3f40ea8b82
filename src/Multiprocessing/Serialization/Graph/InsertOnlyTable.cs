using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A hash table to which entries are only added. Reading takes no lock: a node is complete before it can be seen, and a table that grew keeps its old
/// nodes unchanged for readers that still use them. A ConcurrentDictionary does the same, but each new kind of it takes half a millisecond of every
/// child's start.
/// </summary>
internal abstract class InsertOnlyTable(int capacity)
{
    private readonly object _gate = new();
    private Node?[] _buckets = new Node?[capacity];
    private int _count;

    protected sealed class Node(object key, int hash, object value, Node? next)
    {
        public readonly object Key = key;
        public readonly int Hash = hash;
        public readonly object Value = value;
        public readonly Node? Next = next;
    }

    protected abstract bool AreEqual(object key, object other);

    /// <summary>Returns the first node that may have this hash; the others follow by <see cref="Node.Next"/>.</summary>
    protected Node? First(int hash)
    {
        // Pairs with the write of the bucket or of the buckets: what was written before it is visible.
        var buckets = Volatile.Read(ref _buckets);
        return Volatile.Read(ref buckets[hash & (buckets.Length - 1)]);
    }

    /// <summary>Adds a value, or returns the one that was added earlier for an equal key.</summary>
    protected object Add(object key, int hash, object value)
    {
        lock (_gate)
        {
            for (var node = First(hash); node is not null; node = node.Next)
            {
                if (node.Hash == hash && AreEqual(node.Key, key))
                {
                    return node.Value;
                }
            }

            if (++_count > _buckets.Length)
            {
                Grow();
            }

            ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
            Volatile.Write(ref bucket, new Node(key, hash, value, bucket));
            return value;
        }
    }

    /// <summary>A reader of the old buckets sees all entries until now. What it does not find it adds again, and gets the earlier value.</summary>
    private void Grow()
    {
        Debug.Assert(Monitor.IsEntered(_gate), "Grow replaces the buckets and needs the table's lock.");
        var buckets = new Node?[_buckets.Length * 4];
        foreach (var first in _buckets)
        {
            for (var node = first; node is not null; node = node.Next)
            {
                ref var bucket = ref buckets[node.Hash & (buckets.Length - 1)];
                bucket = new Node(node.Key, node.Hash, node.Value, bucket);
            }
        }

        Volatile.Write(ref _buckets, buckets);
    }
}
