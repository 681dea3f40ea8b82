#pragma warning disable SYSLIB0050 // The formatters are gone; ISerializable, which says what an object is made of, is not.
using System.Reflection;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>The names and values that an <see cref="ISerializable"/> object tells of itself.</summary>
internal static class ObjectEntries
{
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly FormatterConverter Converter = new();

    /// <summary>Whether the type implements <see cref="ISerializable"/> with code of a user.</summary>
    public static bool IsImplementedByUser(Type type)
    {
        if (Framework.Owns(type) || !typeof(ISerializable).IsAssignableFrom(type))
        {
            return false;
        }

        var method = type.GetInterfaceMap(typeof(ISerializable)).TargetMethods[0];
        return method.DeclaringType is { } declaring && !Framework.Owns(declaring);
    }

    /// <summary>The deserialization constructor of a type, of whatever visibility; null if it has none.</summary>
    public static ConstructorInfo? ConstructorOf(Type type) =>
        typeof(ISerializable).IsAssignableFrom(type)
            ? type.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, [typeof(SerializationInfo), typeof(StreamingContext)])
            : null;

    /// <summary>Asks the object. Null if it refuses to tell and could not be rebuilt from it anyway, so that its fields may cross.</summary>
    public static SerializationInfo? Of(object value, Type type, ConstructorInfo? constructor)
    {
        var info = new SerializationInfo(type, Converter);
        try
        {
            ((ISerializable)value).GetObjectData(info, SerializationCallbacks.Context);
            return info;
        }
        catch (NotSupportedException) when (constructor is null)
        {
            return null;
        }
    }

    /// <summary>The type whose object is to be created: another one if GetObjectData called SetType or set names.</summary>
    /// <exception cref="CannotCrossException">There is no such type.</exception>
    public static Type TargetOf(SerializationInfo info, object value)
    {
        var isNamed = info.IsFullTypeNameSetExplicit || info.IsAssemblyNameSetExplicit;
        var type = isNamed ? Type.GetType($"{info.FullTypeName}, {info.AssemblyName}", throwOnError: false) : info.ObjectType;
        return type is null || type.IsValueType || type.IsAbstract
            ? throw new CannotCrossException(
                new Refusal(value.GetType(), $"Its GetObjectData names {info.FullTypeName}, {info.AssemblyName} as the type to create, which is no class that can be created; call SetType with one."), value)
            : type;
    }

    public static void Write(GraphWriter writer, SerializationInfo info)
    {
        writer.Out.WriteVarint((uint)info.MemberCount);
        foreach (var entry in info)
        {
            StringFormat.Write(writer, entry.Name);
            writer.WriteReference(entry.Value, ReferenceSlot.Object);
        }
    }

    public static SerializationInfo Read(GraphReader reader, Type type)
    {
        var info = new SerializationInfo(type, Converter);
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            var name = StringFormat.Read(reader) ?? throw GraphReader.Torn();
            info.AddValue(name, reader.ReadReference(ReferenceSlot.Object));
        }

        return info;
    }

    public static IEnumerable<PathStep> Children(SerializationInfo info)
    {
        foreach (var entry in info)
        {
            yield return new PathStep($"entry '{entry.Name}'", entry.Value);
        }
    }

    /// <summary>Runs the deserialization constructor on an object that exists already, or sets its fields by name if it has none.</summary>
    public static void Construct(object value, ConstructorInfo? constructor, SerializationInfo info)
    {
        try
        {
            if (constructor is not null)
            {
                constructor.Invoke(value, BindingFlags.DoNotWrapExceptions, null, [info, SerializationCallbacks.Context], null);
            }
            else
            {
                SetFields(value, info);
            }
        }
        catch (Exception error)
        {
            throw new SerializationException($"A {value.GetType()} in the message could not be rebuilt: its deserialization constructor threw {ExceptionText.OneLine(error)}", error);
        }
    }

    private static void SetFields(object value, SerializationInfo info)
    {
        foreach (var entry in info)
        {
            for (var level = value.GetType(); level is not null; level = level.BaseType)
            {
                if (level.GetField(entry.Name, Instance) is { } field)
                {
                    field.SetValue(value, entry.Value);
                    break;
                }
            }
        }
    }
}
