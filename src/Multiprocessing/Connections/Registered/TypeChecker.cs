using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <summary>How a type is written, or why it is refused.</summary>
/// <param name="Info">The members of the type.</param>
/// <param name="Path">The way from the value to the culprit.</param>
/// <param name="Culprit">The type that may not cross; <see langword="null"/> if there is none.</param>
/// <param name="Suggestion">Why, and the way out.</param>
internal sealed record TypeCheck(JsonTypeInfo? Info, string Path, Type? Culprit, string Suggestion);

/// <summary>
/// Finds the first type that is not registered in a type and its members, before a value is written: the call that would send it fails, with the
/// path.
/// </summary>
internal sealed class TypeChecker(RegisteredTypes types, JsonSerializerOptions options)
{
    private readonly HashSet<Type> _checked = [];

    public TypeCheck Check(Type type)
    {
        if (Find(type, "") is { } refused)
        {
            return refused;
        }

        return new(options.GetTypeInfo(type), "", null, "");
    }

    private TypeCheck? Find(Type type, string path)
    {
        if (!_checked.Add(type) || SimpleTypes.Has(type))
        {
            return null;
        }

        if (types.Find(type) is null && !RegisteredResolver.IsKnownCollection(type))
        {
            return Refuse(type, path, RegisteredTypes.NeverCrosses(type) ?? RegisteredTypes.HowToRegister(type));
        }

        if (!types.HasResolver)
        {
            return FindIn(PartsOf(type), path) ?? Refuse(
                type, path,
                "without RegisteredTypes, only simple values and arrays of them cross. Set Types in the options of both programs, "
                + "at least to new RegisteredTypes().");
        }

        JsonTypeInfo info;
        try
        {
            // From the resolver, and not from the options: those would resolve the members, too, and fail without a path.
            info = options.TypeInfoResolver!.GetTypeInfo(type, options) ?? throw new NotSupportedException($"The resolver does not know {type}.");
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException)
        {
            return Refuse(
                type, path,
                $"its members are not known: {error.Message} Add [JsonSerializable(typeof({type.Name}))] to the JsonSerializerContext.");
        }

        if (FindIn(PartsOf(type), path) is { } refusedPart)
        {
            return refusedPart;
        }

        if (info.Kind != JsonTypeInfoKind.Object)
        {
            return null;
        }

        foreach (var property in info.Properties)
        {
            if ((property.Get is not null || property.Set is not null) && Find(property.PropertyType, $"{path} -> {property.Name}") is { } refused)
            {
                return refused;
            }
        }

        return null;
    }

    private TypeCheck? FindIn(IEnumerable<Type> parts, string path)
    {
        foreach (var part in parts)
        {
            if (Find(part, $"{path} -> item") is { } refused)
            {
                return refused;
            }
        }

        return null;
    }

    private static IEnumerable<Type> PartsOf(Type type) =>
        !RegisteredResolver.IsKnownCollection(type) ? []
        : type.IsSZArray ? [type.GetElementType()!]
        : type.GenericTypeArguments;

    private static TypeCheck Refuse(Type type, string path, string suggestion) => new(null, path, type, suggestion);
}
