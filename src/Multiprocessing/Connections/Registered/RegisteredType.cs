namespace Multiprocessing;

/// <summary>A type that a message may name, for values whose type is not known from the call: those of a namespace.</summary>
internal abstract unsafe class RegisteredType(Type type, string name)
{
    public Type Type { get; } = type;

    public string Name { get; } = name;

    public abstract void Write(RegisteredPayload payload, MessageBuffer buffer, object value, string name);

    public abstract object? Read(RegisteredPayload payload, ref byte* data, byte* end, string name);
}

/// <inheritdoc cref="RegisteredType"/>
internal sealed unsafe class RegisteredType<T>(string name) : RegisteredType(typeof(T), name)
{
    public override void Write(RegisteredPayload payload, MessageBuffer buffer, object value, string name) => payload.Write(buffer, (T)value, name);

    public override object? Read(RegisteredPayload payload, ref byte* data, byte* end, string name) => payload.Read<T>(ref data, end, name);
}
