namespace Multiprocessing;

/// <summary>
/// A growing list. The framework's List over structs of this library would be compiled at run time in every child, because code of other assemblies
/// is not compiled ahead for types of this one; this class is.
/// </summary>
internal sealed class PrecompiledList<T>
{
    private const int KeepCapacity = 4096;

    private T[] _items = new T[4];

    public int Count { get; private set; }

    public ref T this[int index] => ref _items[index];

    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count++] = item;
    }

    /// <summary>Removes an item; the last one takes its place.</summary>
    public void RemoveAt(int index)
    {
        _items[index] = _items[--Count];
        _items[Count] = default!;
    }

    public T[] ToArray()
    {
        var items = new T[Count];
        Array.Copy(_items, items, Count);
        return items;
    }

    public void Clear()
    {
        if (Count == 0)
        {
            return;
        }

        if (_items.Length > KeepCapacity)
        {
            _items = new T[4];
        }
        else
        {
            Array.Clear(_items, 0, Count);
        }

        Count = 0;
    }
}
