namespace Multiprocessing;

/// <summary>
/// Objects whose bodies are deferred. The writer and the reader add and take them in the same order, so the message contains nothing about it.
/// </summary>
internal sealed class DeferredBodies
{
    private const int KeepCapacity = 1024;

    private Item[] _items = new Item[8];
    private int _head;
    private int _count;

    private struct Item
    {
        public ObjectCodec Codec;
        public object Value;
    }

    public bool IsEmpty => _count == 0;

    public void Add(ObjectCodec codec, object value)
    {
        if (_count == _items.Length)
        {
            var items = new Item[_count * 2];
            for (var i = 0; i < _count; i++)
            {
                items[i] = _items[(_head + i) & (_count - 1)];
            }

            _items = items;
            _head = 0;
        }

        ref var item = ref _items[(_head + _count++) & (_items.Length - 1)];
        item.Codec = codec;
        item.Value = value;
    }

    public bool TryTake(out ObjectCodec codec, out object value)
    {
        if (_count == 0)
        {
            codec = null!;
            value = null!;
            return false;
        }

        codec = _items[_head].Codec;
        value = _items[_head].Value;
        _items[_head] = default;
        _head = (_head + 1) & (_items.Length - 1);
        _count--;
        return true;
    }

    public void Clear()
    {
        if (_items.Length > KeepCapacity)
        {
            _items = new Item[8];
        }
        else if (_count > 0)
        {
            Array.Clear(_items);
        }

        _head = 0;
        _count = 0;
    }
}
