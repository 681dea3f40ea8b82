namespace Multiprocessing;

/// <summary>The set in the manager's process. Each member is one step under the object's lock.</summary>
internal sealed class SetReferent<T> : IReferent<IManagedSet<T>>
{
    private readonly Lock _gate = new();
    private readonly HashSet<T> _items = [];

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

    public bool Add(T item)
    {
        lock (_gate)
        {
            return _items.Add(item);
        }
    }

    public bool Remove(T item)
    {
        lock (_gate)
        {
            return _items.Remove(item);
        }
    }

    public bool Contains(T item)
    {
        lock (_gate)
        {
            return _items.Contains(item);
        }
    }

    public Found<T> TakeAny()
    {
        lock (_gate)
        {
            foreach (var item in _items)
            {
                _items.Remove(item);
                return new(item);
            }

            return default;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _items.Clear();
        }
    }

    /// <summary>Changes the set by another one, in one step.</summary>
    public void Combine(SetChange change, T[] other)
    {
        lock (_gate)
        {
            switch (change)
            {
                case SetChange.Union:
                    _items.UnionWith(other);
                    break;
                case SetChange.Except:
                    _items.ExceptWith(other);
                    break;
                case SetChange.Intersect:
                    _items.IntersectWith(other);
                    break;
                case SetChange.SymmetricExcept:
                    _items.SymmetricExceptWith(other);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(change), change, "There is no such operation of a set.");
            }
        }
    }

    public bool Compare(SetRelation relation, T[] other)
    {
        lock (_gate)
        {
            return relation switch
            {
                SetRelation.Equals => _items.SetEquals(other),
                SetRelation.IsSubset => _items.IsSubsetOf(other),
                SetRelation.IsSuperset => _items.IsSupersetOf(other),
                SetRelation.Overlaps => _items.Overlaps(other),
                _ => throw new ArgumentOutOfRangeException(nameof(relation), relation, "There is no such relation of sets."),
            };
        }
    }

    public T[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _items];
        }
    }

    public override string ToString() => ManagedText.OfSet(Snapshot());
}

/// <summary>A change of a set by another one. The numbers are part of the messages.</summary>
internal enum SetChange
{
    Union = 0,
    Except = 1,
    Intersect = 2,
    SymmetricExcept = 3,
}

/// <summary>A relation of two sets. The numbers are part of the messages.</summary>
internal enum SetRelation
{
    Equals = 0,
    IsSubset = 1,
    IsSuperset = 2,
    Overlaps = 3,
}
