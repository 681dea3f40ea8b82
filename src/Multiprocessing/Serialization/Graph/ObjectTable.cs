namespace Multiprocessing;

/// <summary>
/// What is known of types, members and the like, found out once per process and kept. Reading takes no lock: values are only ever added, and a link is whole before it can be seen.
/// A ConcurrentDictionary does the same, but each new kind of it takes half a millisecond of every child's start.
/// </summary>
internal sealed class ObjectTable<TValue>
    where TValue : class
{
    private readonly object _gate = new();
    private Link?[] _buckets = new Link?[16];
    private int _count;

    private sealed class Link(object thing, int hash, TValue value, Link? next)
    {
        public readonly object Thing = thing;
        public readonly int Hash = hash;
        public readonly TValue Value = value;
        public readonly Link? Next = next;
    }

    public TValue? Find(object thing) => Find(thing, thing.GetHashCode());

    /// <summary>Adds what was found out, or returns what somebody else found out first.</summary>
    public TValue Add(object thing, TValue value)
    {
        var hash = thing.GetHashCode();
        lock (_gate)
        {
            if (Find(thing, hash) is { } earlier)
            {
                return earlier;
            }

            if (++_count > _buckets.Length)
            {
                Grow();
            }

            ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
            Volatile.Write(ref bucket, new Link(thing, hash, value, bucket));
            return value;
        }
    }

    private TValue? Find(object thing, int hash)
    {
        var buckets = Volatile.Read(ref _buckets);
        for (var link = Volatile.Read(ref buckets[hash & (buckets.Length - 1)]); link is not null; link = link.Next)
        {
            if (link.Hash == hash && (ReferenceEquals(link.Thing, thing) || link.Thing.Equals(thing)))
            {
                return link.Value;
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
                bucket = new Link(link.Thing, link.Hash, link.Value, bucket);
            }
        }

        Volatile.Write(ref _buckets, buckets);
    }
}
