namespace Multiprocessing;

/// <summary>The methods by which collections are changed.</summary>
internal static class Mutators
{
    public static bool IsMutator(string name) =>
        name is "Add" or "AddRange" or "AddFirst" or "AddLast" or "AddBefore" or "AddAfter" or "TryAdd" or "Insert" or "InsertRange"
            or "Push" or "PushRange" or "Enqueue" or "EnqueueRange" or "set_Item" or "Remove" or "RemoveAt" or "RemoveAll" or "RemoveRange"
            or "RemoveWhere" or "RemoveFirst" or "RemoveLast" or "Clear" or "UnionWith" or "ExceptWith" or "IntersectWith"
            or "SymmetricExceptWith" or "Append" or "AppendLine" or "AppendFormat" or "AppendJoin" or "AddOrUpdate" or "GetOrAdd"
            or "TryUpdate" or "TryRemove";

    /// <summary>
    /// Returns whether such a method changes the object itself. Immutable collections return a new one, and this library's collections are shared,
    /// not copied.
    /// </summary>
    public static bool IsCollection(Type? type) =>
        type is not null
        && type.Assembly != typeof(Mutators).Assembly
        && (type.Namespace != "System.Collections.Immutable" || type.Name.Contains("Builder", StringComparison.Ordinal))
        && (type == typeof(System.Text.StringBuilder)
            || IsCollectionInterface(type)
            || Array.Exists(type.GetInterfaces(), IsCollectionInterface));

    private static bool IsCollectionInterface(Type type) =>
        type == typeof(System.Collections.ICollection)
        || type == typeof(System.Collections.IList)
        || type == typeof(System.Collections.IDictionary)
        || (type.IsGenericType
            && type.Namespace == "System.Collections.Generic"
            && type.Name is "ICollection`1" or "IList`1" or "ISet`1" or "IDictionary`2");
}
