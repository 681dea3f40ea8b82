namespace Multiprocessing;

/// <summary>
/// Sets the label of a field of this library in the paths of refusals, because users do not know its name. <see langword="null"/> omits the field.
/// </summary>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class PathNameAttribute(string? name) : Attribute
{
    public string? Name { get; } = name;
}
