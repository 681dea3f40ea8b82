using System.Reflection;

namespace Multiprocessing;

/// <summary>
/// The one instance of the class that the compiler makes for lambdas that capture nothing. Each process has its own; it is never copied.
/// </summary>
internal static class SingletonTarget
{
    private static readonly object None = new();
    private static readonly ObjectTable<object> Known = new();

    /// <summary>Returns the instance in this process, or <see langword="null"/> if the type is no such class.</summary>
    public static object? Of(Type type)
    {
        if (!type.Name.StartsWith("<>c", StringComparison.Ordinal) || type.Name.Contains("DisplayClass", StringComparison.Ordinal))
        {
            return null;
        }

        var known = Known.Find(type) ?? Known.Add(type, Instance(type) ?? None);
        return ReferenceEquals(known, None) ? null : known;
    }

    private static object? Instance(Type type) =>
        type.GetField("<>9", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic) is { } field && field.FieldType == type
            ? field.GetValue(null)
            : null;
}
