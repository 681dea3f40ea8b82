namespace Multiprocessing;

/// <summary>
/// The shared objects of this process by their segment's index; used under the registry's gate. An index is used again only when no process holds the
/// segment any more, so there is one object for each index, and the generation in the id shows a handle of an earlier segment. A Dictionary with ids
/// as keys would be compiled at run time in every child, because the framework's code is not compiled ahead for types of this library.
/// </summary>
internal sealed class ObjectTable
{
    private SharedObject?[] _objects = [];

    public SharedObject? Find(SegmentId id) =>
        (uint)id.Index < (uint)_objects.Length && _objects[id.Index] is { } known && known.Segment.Id == id ? known : null;

    public void Add(SharedObject added)
    {
        var index = added.Segment.Id.Index;
        if (index >= _objects.Length)
        {
            Array.Resize(ref _objects, Math.Max(16, Math.Max(index + 1, _objects.Length * 2)));
        }

        _objects[index] = added;
    }

    /// <summary>
    /// Removes the object. Does nothing if the index has another object: the hold of this one was released by a report of this process's death.
    /// </summary>
    public void Remove(SharedObject removed)
    {
        ref var entry = ref _objects[removed.Segment.Id.Index];
        if (ReferenceEquals(entry, removed))
        {
            entry = null;
        }
    }

    /// <summary>Returns the objects, with empty entries between them.</summary>
    public SharedObject?[] Copy() => _objects.AsSpan().ToArray();
}
