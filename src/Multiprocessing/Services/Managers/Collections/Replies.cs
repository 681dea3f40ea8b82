namespace Multiprocessing;

/// <summary>A value, or none.</summary>
internal struct Found<T> : IPayloadParts
{
    public bool Has;
    public T Value;

    public Found(T value)
    {
        Has = true;
        Value = value;
    }

    public readonly void Write(PayloadFormat format, MessageBuffer buffer, string name)
    {
        format.Write(buffer, Has, name);
        if (Has)
        {
            format.Write(buffer, Value, name);
        }
    }

    public unsafe void Read(PayloadFormat format, ref byte* data, byte* end, string name)
    {
        Has = format.Read<bool>(ref data, end, name);
        Value = Has ? format.Read<T>(ref data, end, name) : default!;
    }
}

/// <summary>A value and the number of its change; 0 stands for no value.</summary>
internal struct Versioned<T>(T value, long version) : IPayloadParts
{
    public T Value = value;
    public long Version = version;

    public readonly void Write(PayloadFormat format, MessageBuffer buffer, string name)
    {
        format.Write(buffer, Version, name);
        if (Version != 0)
        {
            format.Write(buffer, Value, name);
        }
    }

    public unsafe void Read(PayloadFormat format, ref byte* data, byte* end, string name)
    {
        Version = format.Read<long>(ref data, end, name);
        Value = Version != 0 ? format.Read<T>(ref data, end, name) : default!;
    }
}
