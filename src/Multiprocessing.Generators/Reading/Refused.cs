using Microsoft.CodeAnalysis;

namespace Multiprocessing.Generators;

/// <summary>Types that the serializer refuses (<see cref="Refusals"/>), found by the same names.</summary>
internal static class Refused
{
    /// <summary>Returns why values of a type cannot cross, and what to do instead; <see langword="null"/> if the type allows it.</summary>
    public static string? Find(ITypeSymbol type)
    {
        if (type is ITypeParameterSymbol parameter)
        {
            return parameter.ConstraintTypes.Select(Find).FirstOrDefault(static reason => reason is not null);
        }

        if (type is not INamedTypeSymbol || TypeFacts.Is(type, "System.IO", "MemoryStream"))
        {
            return null;
        }

        for (ITypeSymbol? level = type; level is not null; level = level.BaseType)
        {
            if (Named(level) is { } reason)
            {
                return reason;
            }
        }

        foreach (var implemented in type.AllInterfaces)
        {
            if (Named(implemented) is { } reason)
            {
                return reason;
            }
        }

        return IsEnumerator(type) ? FrameworkRefusals.Enumerators : null;
    }

    /// <summary>Returns the refusal of the type itself, not of what it derives from.</summary>
    public static string? Named(ITypeSymbol type)
    {
        if (type.OriginalDefinition is not INamedTypeSymbol definition)
        {
            return null;
        }

        var name = Names.MetadataNameOf(definition);
        return Refusals.ByName.TryGetValue(name, out var reason)
            || FrameworkRefusals.ByName.TryGetValue(name, out reason)
            || Refusals.Libraries.TryGetValue(name, out reason)
            ? reason
            : null;
    }

    private static bool IsEnumerator(ITypeSymbol type)
    {
        if (type.TypeKind != TypeKind.Interface && !TypeFacts.IsFramework(type.ContainingAssembly))
        {
            return false;
        }

        var isEnumerator = type.SpecialType is SpecialType.System_Collections_IEnumerator;
        foreach (var implemented in type.AllInterfaces)
        {
            isEnumerator |= implemented.SpecialType == SpecialType.System_Collections_IEnumerator;
            if (implemented.SpecialType == SpecialType.System_Collections_IEnumerable)
            {
                return false;
            }
        }

        return isEnumerator || TypeFacts.Is(type, "System.Collections.Generic", "IAsyncEnumerator`1");
    }
}
