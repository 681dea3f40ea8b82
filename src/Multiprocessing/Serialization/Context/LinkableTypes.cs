namespace Multiprocessing;

/// <summary>The interfaces through which objects report (<see cref="IProgress{T}"/>) or log, and the classes that implement them.</summary>
internal static class LinkableTypes
{
    /// <summary>Returns whether a link can take the place of an object in a location that is declared as this type.</summary>
    public static bool IsInterface(Type declared)
    {
        if (!declared.IsInterface)
        {
            return false;
        }

        // By name, so that the assembly of the loggers is not loaded for a program that has none.
        return declared.IsConstructedGenericType
            ? declared.GetGenericTypeDefinition() is var definition
                && (definition == typeof(IProgress<>) || definition.FullName == "Microsoft.Extensions.Logging.ILogger`1")
            : declared.FullName is "Microsoft.Extensions.Logging.ILogger" or "Microsoft.Extensions.Logging.ILoggerFactory";
    }

    /// <summary>
    /// Returns the interface through which objects of a program's class report or log, or <see langword="null"/>. A class that is to be copied all
    /// the same has [Serializable] or a serializer.
    /// </summary>
    public static Type? InterfaceOf(Type type)
    {
        foreach (var candidate in type.GetInterfaces())
        {
            if (candidate.FullName != "Microsoft.Extensions.Logging.ILoggerFactory" && IsInterface(candidate))
            {
                return type.IsDefined(typeof(SerializableAttribute), inherit: false) || Refusals.IsNullLogger(type) || Framework.Owns(type)
                    ? null
                    : candidate;
            }
        }

        return null;
    }
}

/// <summary>Objects of <see cref="Progress{T}"/>, which cross as a link only: a copy would have no handlers.</summary>
internal sealed class LinkOnlyCodec(Type type) : ObjectCodec(type, CodecTraits.Tracked)
{
    public override Type ReportsBy => Type;

    public override void WriteHead(GraphWriter writer, object value) => throw new CannotCrossException(Refusals.OfUnlinked(Type), value);

    /// <summary>Not called: a link names another type.</summary>
    public override object Create(GraphReader reader) => throw GraphReader.Torn();

    public override Refusal? Refuse(object value, in WriteContext context) => context.Links?.CodecOf(Type) is null ? Refusals.OfUnlinked(Type) : null;
}
