namespace Multiprocessing;

/// <summary>Says which <see cref="IProcessSerializer{T}"/> takes values of the type to other processes.</summary>
/// <param name="serializerType">A class with a parameterless constructor that implements <see cref="IProcessSerializer{T}"/> for the type. For a generic type it may be generic, too.</param>
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
    /// <summary>The serializer's class.</summary>
    public Type SerializerType { get; } = serializerType;
}
