using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>What is known about types, members and other objects, determined once per process. Thread-safe.</summary>
internal sealed class ObjectTable<TValue>() : InsertOnlyTable(16)
    where TValue : class
{
    public TValue? Find(object key)
    {
        var hash = key.GetHashCode();
        for (var node = First(hash); node is not null; node = node.Next)
        {
            if (node.Hash == hash && (ReferenceEquals(node.Key, key) || node.Key.Equals(key)))
            {
                return Unsafe.As<TValue>(node.Value);
            }
        }

        return null;
    }

    /// <summary>Adds a value, or returns the one that another thread added first.</summary>
    public TValue Add(object key, TValue value) => Unsafe.As<TValue>(Add(key, key.GetHashCode(), value));

    protected override bool AreEqual(object key, object other) => key.Equals(other);
}
