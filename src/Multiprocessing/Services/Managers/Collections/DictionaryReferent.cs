namespace Multiprocessing;

/// <summary>The dictionary in the manager's process. Each member is one step under the object's lock.</summary>
internal sealed class DictionaryReferent<TKey, TValue> : IReferent<IManagedDictionary<TKey, TValue>>
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Versioned<TValue>> _entries = [];

    /// <summary>Never used twice, so that a key that was removed and added again has another version.</summary>
    private long _version;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    public Found<TValue> Find(TKey key)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(key, out var entry) ? new(entry.Value) : default;
        }
    }

    /// <summary>Returns the value with its version; version 0 if the key is missing.</summary>
    public Versioned<TValue> FindVersioned(TKey key)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(key);
        }
    }

    /// <summary>Replaces the value of the version; version 0 stands for a missing key.</summary>
    public bool ReplaceVersion(TKey key, TValue value, long version)
    {
        lock (_gate)
        {
            if (_entries.GetValueOrDefault(key).Version != version)
            {
                return false;
            }

            Store(key, value);
            return true;
        }
    }

    public void Set(TKey key, TValue value)
    {
        lock (_gate)
        {
            Store(key, value);
        }
    }

    public void SetMany(Pair<TKey, TValue>[] items)
    {
        lock (_gate)
        {
            foreach (var item in items)
            {
                Store(item.Key, item.Value);
            }
        }
    }

    public bool TryAdd(TKey key, TValue value)
    {
        lock (_gate)
        {
            if (_entries.ContainsKey(key))
            {
                return false;
            }

            Store(key, value);
            return true;
        }
    }

    public TValue GetOrAdd(TKey key, TValue value)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var entry))
            {
                return entry.Value;
            }

            Store(key, value);
            return value;
        }
    }

    public bool TryUpdate(TKey key, TValue value, TValue comparison)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry) || !EqualityComparer<TValue>.Default.Equals(entry.Value, comparison))
            {
                return false;
            }

            Store(key, value);
            return true;
        }
    }

    /// <summary>One read-modify-write under the lock. The function is code of the program; an exception from it changes nothing.</summary>
    public TValue Update(TKey key, Func<TValue, TValue> update)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                throw ManagedErrors.MissingKey(key);
            }

            var value = update(entry.Value);
            Store(key, value);
            return value;
        }
    }

    public TValue AddOrUpdate(TKey key, TValue initial, Func<TValue, TValue> update)
    {
        lock (_gate)
        {
            var value = _entries.TryGetValue(key, out var entry) ? update(entry.Value) : initial;
            Store(key, value);
            return value;
        }
    }

    public Found<TValue> Remove(TKey key)
    {
        lock (_gate)
        {
            return _entries.Remove(key, out var entry) ? new(entry.Value) : default;
        }
    }

    /// <summary>Removes and returns any one item.</summary>
    public Found<Pair<TKey, TValue>> TakeAny()
    {
        lock (_gate)
        {
            foreach (var (key, entry) in _entries)
            {
                _entries.Remove(key);
                return new(new Pair<TKey, TValue>(key, entry.Value));
            }

            return default;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    public TKey[] Keys()
    {
        lock (_gate)
        {
            return [.. _entries.Keys];
        }
    }

    public TValue[] Values()
    {
        lock (_gate)
        {
            return [.. _entries.Values.Select(static entry => entry.Value)];
        }
    }

    public Pair<TKey, TValue>[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _entries.Select(static entry => new Pair<TKey, TValue>(entry.Key, entry.Value.Value))];
        }
    }

    public override string ToString() => ManagedText.Of(Snapshot());

    private void Store(TKey key, TValue value) => _entries[key] = new(value, ++_version);
}
