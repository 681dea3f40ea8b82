namespace Multiprocessing;

/// <summary>Names of members and classes as they are in the source; the compiler adds parts in angle brackets.</summary>
internal static class SourceNames
{
    /// <summary>
    /// Returns the part in angle brackets of a compiler's name such as <c>&lt;Name&gt;k__BackingField</c>; any other name unchanged.
    /// </summary>
    public static string Of(string name) =>
        name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is var end and > 1 ? name[1..end] : name;

    /// <summary>Returns the class in the source: the compiler puts lambdas and asynchronous methods into classes of their own inside it.</summary>
    public static Type ClassOf(Type type)
    {
        while (type is { Name: ['<', ..], DeclaringType: { } outer })
        {
            type = outer;
        }

        return type;
    }

    /// <summary>Returns the generic type definition of a constructed type; any other type unchanged.</summary>
    public static Type DefinitionOf(Type type) => type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
}
