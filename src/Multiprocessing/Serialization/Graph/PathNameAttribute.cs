namespace Multiprocessing;

/// <summary>What a refusal's path calls a field of the library's own, which the user does not know by its name; <see langword="null"/> leaves it out.</summary>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class PathNameAttribute(string? name) : Attribute
{
    public string? Name { get; } = name;
}
