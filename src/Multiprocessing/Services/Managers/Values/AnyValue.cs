namespace Multiprocessing;

/// <summary>A value of any type that can cross: between programs, of any registered type.</summary>
internal struct AnyValue(object? value) : IPayloadParts
{
    private object? _value = value;

    public readonly object? Value => _value;

    public readonly void Write(PayloadFormat format, MessageBuffer buffer, string name) => format.WriteAny(buffer, _value, name);

    public unsafe void Read(PayloadFormat format, ref byte* data, byte* end, string name) => _value = format.ReadAny(ref data, end, name);

    /// <summary>Returns the value as the type that the caller expects.</summary>
    public readonly T As<T>(string name) => _value switch
    {
        T value => value,
        null when default(T) is null => default!,
        _ => throw new InvalidCastException(
            $"The value \"{name}\" of the managed namespace is {(_value is null ? "null" : $"a {_value.GetType()}")}, not a {typeof(T)}."),
    };
}
