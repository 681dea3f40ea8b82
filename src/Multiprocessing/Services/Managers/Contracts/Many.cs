namespace Multiprocessing;

/// <summary>Several values.</summary>
internal struct Many<T>(T[] items) : IPayloadParts
{
    private T[]? _items = items;

    public readonly T[] Items => _items ?? [];

    public readonly void Write(PayloadFormat format, MessageBuffer buffer, string name)
    {
        buffer.WriteVarint((uint)Items.Length);
        foreach (var item in Items)
        {
            format.Write(buffer, item, name);
        }
    }

    public unsafe void Read(PayloadFormat format, ref byte* data, byte* end, string name)
    {
        var count = SimplePayload.ReadCount(ref data, end, name);
        if (count > end - data)
        {
            throw SimplePayload.Torn(name);
        }

        // The count is not trusted with memory: an array of large structs would take much more than the message.
        var read = new List<T>();
        for (var i = 0; i < count; i++)
        {
            read.Add(format.Read<T>(ref data, end, name));
        }

        _items = [.. read];
    }
}

/// <summary>A key with its value.</summary>
internal struct Pair<TKey, TValue>(TKey key, TValue value) : IPayloadParts
{
    public TKey Key = key;
    public TValue Value = value;

    public readonly void Write(PayloadFormat format, MessageBuffer buffer, string name)
    {
        format.Write(buffer, Key, "key");
        format.Write(buffer, Value, name);
    }

    public unsafe void Read(PayloadFormat format, ref byte* data, byte* end, string name)
    {
        Key = format.Read<TKey>(ref data, end, "key");
        Value = format.Read<TValue>(ref data, end, name);
    }
}
