namespace Multiprocessing;

/// <summary>The objects of one message whose [OnSerialized] methods are still to be called.</summary>
internal sealed class SerializedCallbacks
{
    private readonly PrecompiledList<Entry> _pending = new();

    private readonly record struct Entry(SerializationCallbacks Callbacks, object Value);

    public bool IsEmpty => _pending.Count == 0;

    public void Add(SerializationCallbacks callbacks, object value) => _pending.Add(new Entry(callbacks, value));

    /// <summary>Calls the methods, because the message is written. The first exception ends it; the object that threw is not called again.</summary>
    public void Call()
    {
        for (var i = 0; i < _pending.Count; i++)
        {
            var (callbacks, value) = _pending[i];
            _pending[i] = default;
            callbacks?.OnSerialized(value);
        }

        _pending.Clear();
    }

    /// <summary>Calls the methods, because the message is given up: the caller's objects must not stay as [OnSerializing] left them.</summary>
    public void CallAll()
    {
        for (var i = 0; i < _pending.Count; i++)
        {
            try
            {
                _pending[i].Callbacks?.OnSerialized(_pending[i].Value);
            }
            catch (Exception)
            {
                // The caller gets the reason why the message was not written; the other objects' methods must run, too.
            }
        }

        _pending.Clear();
    }
}
