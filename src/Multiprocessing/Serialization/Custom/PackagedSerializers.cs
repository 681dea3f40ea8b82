using System.Reflection;
using System.Runtime.Loader;

namespace Multiprocessing;

/// <summary>
/// Types of other libraries whose serializer is in a package of its own, so that this one does not depend on those libraries. The package's assembly
/// is loaded when the first value of such a type crosses. Both processes find the same, because they run the same build: no registration crosses.
/// </summary>
internal static class PackagedSerializers
{
    private const string Tensors = "Multiprocessing.Tensors";
    private const string Arrow = "Multiprocessing.Arrow";

    private static readonly Dictionary<string, (string Assembly, string Serializer)> ByType = new()
    {
        ["System.Numerics.Tensors.Tensor`1"] = (Tensors, "Multiprocessing.TensorSerializer`1"),
        ["Apache.Arrow.RecordBatch"] = (Arrow, "Multiprocessing.RecordBatchSerializer"),
        ["Apache.Arrow.Schema"] = (Arrow, "Multiprocessing.SchemaSerializer"),
    };

    /// <summary>Returns the serializer of a type.</summary>
    /// <returns>Null if there is none, or the program does not have its package. Elements with references have none either.</returns>
    public static Type? Of(Type type)
    {
        if (Find(type) is not { } name || !Array.TrueForAll(type.GenericTypeArguments, IsRaw))
        {
            return null;
        }

        Assembly assembly;
        try
        {
            var context = AssemblyLoadContext.GetLoadContext(type.Assembly) ?? AssemblyLoadContext.Default;
            assembly = context.LoadFromAssemblyName(new AssemblyName(name.Assembly));
        }
        catch (FileNotFoundException)
        {
            return null; // the program does not refer to the package; the type's refusal names it
        }

        if (assembly.GetType(name.Serializer) is not { } serializer)
        {
            return null;
        }

        var closed = !serializer.IsGenericTypeDefinition ? serializer
            : serializer.MakeGenericType(type.IsGenericType ? type.GenericTypeArguments : [type]);

        // A type of that name that is not the one of the package's library has no serializer.
        return typeof(IProcessSerializer<>).MakeGenericType(type).IsAssignableFrom(closed) ? closed : null;
    }

    private static (string Assembly, string Serializer)? Find(Type type)
    {
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (ByType.TryGetValue(definition.FullName ?? "", out var name))
        {
            return name;
        }

        // Each type of elements has an array class of its own.
        return type.Namespace is "Apache.Arrow" && type.GetInterface("Apache.Arrow.IArrowArray") is not null
            ? (Arrow, "Multiprocessing.ArrowArraySerializer`1")
            : null;
    }

    private static bool IsRaw(Type element) => element.IsValueType && CodecTable.ForLocation(element).RawSize > 0;
}
