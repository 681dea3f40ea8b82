using System.Collections.Concurrent;
using System.Reflection;

namespace Multiprocessing;

/// <summary>The one instance of the class in which the compiler puts lambdas that capture nothing. It is each process's own and never copied.</summary>
internal static class SingletonTarget
{
    private static readonly ConcurrentDictionary<Type, object?> Known = new();

    /// <summary>The instance in this process, or <see langword="null"/> if the type is no such class.</summary>
    public static object? Of(Type type) =>
        type.Name.StartsWith("<>c", StringComparison.Ordinal) && !type.Name.Contains("DisplayClass", StringComparison.Ordinal)
            ? Known.GetOrAdd(type, static type => Instance(type))
            : null;

    private static object? Instance(Type type) =>
        type.GetField("<>9", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic) is { } field && field.FieldType == type ? field.GetValue(null) : null;
}
