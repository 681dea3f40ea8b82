namespace Multiprocessing;

/// <summary>
/// The shared objects of this process by their segment's index. An index is given out again only when nobody holds the segment any more, so there is one object for each;
/// the generation tells a handle that came too late. A Dictionary with ids as keys would be compiled at run time in every child, because the framework's code is not
/// compiled ahead for types of this library.
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

    /// <summary>Nothing happens if another object has the place: this one's hold was taken from it.</summary>
    public void Remove(SharedObject removed)
    {
        ref var place = ref _objects[removed.Segment.Id.Index];
        if (ReferenceEquals(place, removed))
        {
            place = null;
        }
    }

    /// <summary>The objects, with empty places between them.</summary>
    public SharedObject?[] Copy() => _objects.AsSpan().ToArray();
}
