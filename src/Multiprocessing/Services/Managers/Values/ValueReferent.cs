namespace Multiprocessing;

/// <summary>The value in the manager's process. Each member is one step under the object's lock.</summary>
internal sealed class ValueReferent<T>(T initial) : IReferent<IManagedValue<T>>
{
    private readonly Lock _gate = new();
    private T _value = initial;
    private long _version = 1;

    public T Get()
    {
        lock (_gate)
        {
            return _value;
        }
    }

    public Versioned<T> GetVersioned()
    {
        lock (_gate)
        {
            return new(_value, _version);
        }
    }

    public bool ReplaceVersion(T value, long version)
    {
        lock (_gate)
        {
            if (version != _version)
            {
                return false;
            }

            Store(value);
            return true;
        }
    }

    public void Set(T value)
    {
        lock (_gate)
        {
            Store(value);
        }
    }

    public T Exchange(T value)
    {
        lock (_gate)
        {
            var before = _value;
            Store(value);
            return before;
        }
    }

    /// <summary>Stores the value if the present one equals <paramref name="comparand"/>; returns the one before the call.</summary>
    public T CompareExchange(T value, T comparand)
    {
        lock (_gate)
        {
            var before = _value;
            if (EqualityComparer<T>.Default.Equals(before, comparand))
            {
                Store(value);
            }

            return before;
        }
    }

    public T Update(Func<T, T> update)
    {
        lock (_gate)
        {
            var value = update(_value);
            Store(value);
            return value;
        }
    }

    public override string ToString() => ManagedText.OfValue(Get());

    private void Store(T value)
    {
        _value = value;
        _version++;
    }
}
