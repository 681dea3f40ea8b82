namespace Multiprocessing;

/// <summary>The list in the manager's process. Each member is one step under the object's lock.</summary>
internal sealed class ListReferent<T> : IReferent<IManagedList<T>>
{
    private readonly Lock _gate = new();
    private readonly List<T> _items = [];

    /// <summary>The number of changes, for the optimistic update of remote clients.</summary>
    private long _version = 1;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _items.Count;
            }
        }
    }

    public T Get(int index)
    {
        lock (_gate)
        {
            return _items[Check(index)];
        }
    }

    public Versioned<T> GetVersioned(int index)
    {
        lock (_gate)
        {
            return new(_items[Check(index)], _version);
        }
    }

    public bool ReplaceVersion(int index, T value, long version)
    {
        lock (_gate)
        {
            if (version != _version)
            {
                return false;
            }

            _items[Check(index)] = value;
            _version++;
            return true;
        }
    }

    public T Update(int index, Func<T, T> update)
    {
        lock (_gate)
        {
            var value = update(_items[Check(index)]);
            _items[index] = value;
            _version++;
            return value;
        }
    }

    public void Set(int index, T value) => Change(items => items[Check(index)] = value);

    public int Add(T item)
    {
        lock (_gate)
        {
            _version++;
            _items.Add(item);
            return _items.Count - 1;
        }
    }

    public void AddRange(T[] items) => Change(all => all.AddRange(items));

    public void Insert(int index, T item) => Change(items => items.Insert(index == items.Count ? index : Check(index), item));

    public void RemoveAt(int index) => Change(items => items.RemoveAt(Check(index)));

    public bool Remove(T item)
    {
        lock (_gate)
        {
            _version++;
            return _items.Remove(item);
        }
    }

    /// <summary>Removes and returns an item; -1 for the last one.</summary>
    public Found<T> Take(int index)
    {
        lock (_gate)
        {
            if (index < 0)
            {
                index = _items.Count - 1;
            }

            if (index < 0 || index >= _items.Count)
            {
                return default;
            }

            var item = _items[index];
            _items.RemoveAt(index);
            _version++;
            return new(item);
        }
    }

    public int IndexOf(T item)
    {
        lock (_gate)
        {
            return _items.IndexOf(item);
        }
    }

    public void Clear() => Change(static items => items.Clear());

    public void Reverse() => Change(static items => items.Reverse());

    public void Sort() => Change(static items => items.Sort());

    public T[] Range(int index, int count)
    {
        lock (_gate)
        {
            if (index < 0 || count < 0 || index > _items.Count - count)
            {
                throw new ArgumentOutOfRangeException(nameof(index), index, $"The managed list has {_items.Count} items, {count} were asked for.");
            }

            return [.. _items[index..(index + count)]];
        }
    }

    public T[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _items];
        }
    }

    public override string ToString() => ManagedText.OfList(Snapshot());

    private void Change(Action<List<T>> change)
    {
        lock (_gate)
        {
            change(_items);
            _version++;
        }
    }

    private int Check(int index) => (uint)index < (uint)_items.Count ? index : throw ManagedErrors.Index(index, _items.Count);
}
