namespace Multiprocessing;

/// <summary>The namespace in the manager's process. Each member is one step under the object's lock.</summary>
internal sealed class NamespaceReferent : IReferent<IManagedNamespace>
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Versioned<AnyValue>> _values = new(StringComparer.Ordinal);
    private long _version;

    public Found<AnyValue> Find(string name)
    {
        lock (_gate)
        {
            return _values.TryGetValue(name, out var entry) ? new(entry.Value) : default;
        }
    }

    public Versioned<AnyValue> FindVersioned(string name)
    {
        lock (_gate)
        {
            return _values.GetValueOrDefault(name);
        }
    }

    public bool ReplaceVersion(string name, AnyValue value, long version)
    {
        lock (_gate)
        {
            if (_values.GetValueOrDefault(name).Version != version)
            {
                return false;
            }

            _values[name] = new(value, ++_version);
            return true;
        }
    }

    public void Set(string name, AnyValue value)
    {
        lock (_gate)
        {
            _values[name] = new(value, ++_version);
        }
    }

    public bool Remove(string name)
    {
        lock (_gate)
        {
            return _values.Remove(name);
        }
    }

    public string[] Names()
    {
        lock (_gate)
        {
            return [.. _values.Keys];
        }
    }

    public Pair<string, AnyValue>[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _values.Select(static entry => new Pair<string, AnyValue>(entry.Key, entry.Value.Value))];
        }
    }

    public override string ToString() =>
        $"Namespace({string.Join(", ", Snapshot().Select(static entry => $"{entry.Key}={ManagedText.OfValue(entry.Value.Value)}"))})";
}
