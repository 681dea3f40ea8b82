namespace Multiprocessing;

/// <summary>
/// The shared objects of this process by their segment's index; used under the registry's gate. A Dictionary with ids as keys would be compiled at
/// run time in every child, because the framework's code is not compiled ahead for types of this library.
/// <para>
/// An index may have several objects. Another process can end the hold of this one while this process still has references: the receiver of an end
/// of a pipe releases the hold of its sender, and a report of this process's death releases all its holds. The segment may then be freed and its
/// index used again. The earlier object stays in the table until its last reference is given back, because the table alone keeps its segment from
/// being finalized before the wrapper that releases it. The generation in the id distinguishes the objects of an index.
/// </para>
/// </summary>
internal sealed class ObjectTable
{
    private SharedObject?[] _newest = [];
    private int _count;

    public SharedObject? Find(SegmentId id)
    {
        var found = (uint)id.Index < (uint)_newest.Length ? _newest[id.Index] : null;
        while (found is not null && found.Segment.Id != id)
        {
            found = found.EarlierAtIndex;
        }

        return found;
    }

    public void Add(SharedObject added)
    {
        var index = added.Segment.Id.Index;
        if (index >= _newest.Length)
        {
            Array.Resize(ref _newest, Math.Max(16, Math.Max(index + 1, _newest.Length * 2)));
        }

        added.EarlierAtIndex = _newest[index];
        _newest[index] = added;
        _count++;
    }

    public void Remove(SharedObject removed)
    {
        ref var link = ref _newest[removed.Segment.Id.Index];
        while (link is not null && !ReferenceEquals(link, removed))
        {
            link = ref link.EarlierAtIndex;
        }

        if (link is not null)
        {
            link = removed.EarlierAtIndex;
            removed.EarlierAtIndex = null;
            _count--;
        }
    }

    /// <summary>Returns the objects.</summary>
    public SharedObject[] Copy()
    {
        var all = new SharedObject[_count];
        var copied = 0;
        foreach (var newest in _newest)
        {
            for (var shared = newest; shared is not null; shared = shared.EarlierAtIndex)
            {
                all[copied++] = shared;
            }
        }

        return all;
    }
}
