namespace Multiprocessing;

/// <summary>Sets the <see cref="IProcessSerializer{T}"/> that writes and reads values of the type when they cross to other processes.</summary>
/// <param name="serializerType">A class with a parameterless constructor that implements <see cref="IProcessSerializer{T}"/> for the type. For a
/// generic type it may be generic, with the same type parameters.</param>
/// <example>
/// <code>
/// [ProcessSerializer(typeof(TemperatureSerializer))]
/// public sealed class Temperature(double celsius)
/// {
///     public double Celsius => celsius;
/// }
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class ProcessSerializerAttribute(Type serializerType) : Attribute
{
    /// <summary>Gets the class of the serializer.</summary>
    public Type SerializerType { get; } = serializerType;
}
