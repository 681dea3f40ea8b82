using Microsoft.CodeAnalysis;

namespace Multiprocessing.Generators;

/// <summary>Questions about types, answered by names: a compilation may have a type twice.</summary>
internal static class TypeFacts
{
    public const string GenerateProxy = "Multiprocessing.GenerateProxyAttribute";
    private const string Library = "Multiprocessing";

    public static bool Is(ITypeSymbol type, string space, string metadataName) =>
        type.OriginalDefinition is INamedTypeSymbol { ContainingType: null } named
        && named.MetadataName == metadataName
        && IsNamespace(named.ContainingNamespace, space);

    public static bool IsToken(ITypeSymbol type) => Is(type, "System.Threading", "CancellationToken");

    public static bool IsType(ITypeSymbol type) => Is(type, "System", "Type");

    /// <summary>Returns T of an <c>IProgress&lt;T&gt;</c>.</summary>
    public static ITypeSymbol? ProgressOf(ITypeSymbol type) => Is(type, "System", "IProgress`1") ? ArgumentOf(type) : null;

    /// <summary>Returns T of an <c>IAsyncEnumerable&lt;T&gt;</c>.</summary>
    public static ITypeSymbol? StreamOf(ITypeSymbol type) =>
        Is(type, "System.Collections.Generic", "IAsyncEnumerable`1") ? ArgumentOf(type) : null;

    /// <summary>Returns the shape of a result and what is inside; no inside for a task without result.</summary>
    public static (ResultShape Shape, ITypeSymbol? Inside) ShapeOf(ITypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_Void)
        {
            return (ResultShape.Direct, null);
        }

        return type is INamedTypeSymbol { ContainingNamespace: { } space } && IsNamespace(space, "System.Threading.Tasks")
            ? type.MetadataName switch
            {
                "Task" => (ResultShape.Task, null),
                "Task`1" => (ResultShape.Task, ArgumentOf(type)),
                "ValueTask" => (ResultShape.ValueTask, null),
                "ValueTask`1" => (ResultShape.ValueTask, ArgumentOf(type)),
                _ => (ResultShape.Direct, type),
            }
            : (ResultShape.Direct, type);
    }

    public static bool HasAttribute(ISymbol symbol, string name) => HasAttribute(symbol.GetAttributes(), name);

    public static bool HasAttribute(IEnumerable<AttributeData> attributes, string name) => attributes.Any(attribute =>
        attribute.AttributeClass is { } type && type.MetadataName == name + "Attribute" && IsNamespace(type.ContainingNamespace, Library));

    public static bool IsMarked(ISymbol symbol) => HasAttribute(symbol, "GenerateProxy");

    public static bool IsByValue(IEnumerable<AttributeData> attributes) => HasAttribute(attributes, "ByValue");

    /// <summary>
    /// Returns whether objects of an interface stay in their process: interfaces of the program and of its libraries. Those of the framework and of
    /// this library, interfaces without members, and those with [ByValue], name values.
    /// </summary>
    public static bool IsProxied(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Interface } named)
        {
            return false;
        }

        var definition = named.OriginalDefinition;
        return IsMarked(definition)
            || (!IsByValue(definition.GetAttributes()) && !IsFramework(definition.ContainingAssembly) && HasMembers(definition));
    }

    /// <summary>Returns whether a type is named anywhere in another one that the compiler does not know.</summary>
    public static bool HasError(ITypeSymbol type) => type switch
    {
        IErrorTypeSymbol => true,
        IArrayTypeSymbol array => HasError(array.ElementType),
        IPointerTypeSymbol pointer => HasError(pointer.PointedAtType),
        INamedTypeSymbol named => Names.AllTypeArguments(named).Any(HasError),
        _ => false,
    };

    /// <summary>Returns whether a type names a type parameter.</summary>
    public static bool IsOpen(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol => true,
        IArrayTypeSymbol array => IsOpen(array.ElementType),
        INamedTypeSymbol named => Names.AllTypeArguments(named).Any(IsOpen),
        _ => false,
    };

    /// <summary>
    /// Returns a ref struct among the type arguments of an interface. The interface itself may allow it; its proxy, which copies values, does not.
    /// </summary>
    public static ITypeSymbol? RefStructIn(ITypeSymbol type) =>
        type is INamedTypeSymbol named ? Names.AllTypeArguments(named).FirstOrDefault(static argument => argument.IsRefLikeType) : null;

    /// <summary>Returns the types whose values lie in values of this type: of arrays, tuples, nullable values and collections.</summary>
    public static IEnumerable<ITypeSymbol> PartsOf(ITypeSymbol type)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                return [array.ElementType];
            case INamedTypeSymbol { IsGenericType: true } named when named.TypeKind != TypeKind.Delegate && IsContainer(named):
                return named.TypeArguments;
            default:
                return [];
        }
    }

    public static bool IsNamespace(INamespaceSymbol? space, string name)
    {
        var end = name.Length;
        for (; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace)
        {
            var start = end - space.Name.Length;
            if (start < 0 || string.CompareOrdinal(name, start, space.Name, 0, space.Name.Length) != 0)
            {
                return false;
            }

            if (start == 0)
            {
                return space.ContainingNamespace is { IsGlobalNamespace: true };
            }

            if (name[start - 1] != '.')
            {
                return false;
            }

            end = start - 1;
        }

        return false;
    }

    private static ITypeSymbol ArgumentOf(ITypeSymbol type) => ((INamedTypeSymbol)type).TypeArguments[0];

    private static bool IsContainer(INamedTypeSymbol type) =>
        type.IsTupleType
        || type.OriginalDefinition.SpecialType is SpecialType.System_Nullable_T or SpecialType.System_Collections_Generic_IEnumerable_T
        || (IsFramework(type.ContainingAssembly)
            && (type.AllInterfaces.Any(static implemented => implemented.SpecialType == SpecialType.System_Collections_IEnumerable)
                || type.MetadataName is "KeyValuePair`2" or "Lazy`1" or "Memory`1" or "ReadOnlyMemory`1" or "Tuple`1" or "Tuple`2" or "Tuple`3"
                || ShapeOf(type).Shape != ResultShape.Direct));

    private static bool HasMembers(INamedTypeSymbol definition) =>
        definition.GetMembers().Any(static member => !member.IsStatic && member is not INamedTypeSymbol)
        || definition.AllInterfaces.Any(static inherited => inherited.GetMembers().Any(static member => !member.IsStatic));

    public static bool IsFramework(IAssemblySymbol? assembly) =>
        assembly is null
        || assembly.Name is "System" or "mscorlib" or "netstandard" or Library
        || assembly.Name.StartsWith("System.", StringComparison.Ordinal)
        || assembly.Name.StartsWith("Microsoft.", StringComparison.Ordinal);
}
