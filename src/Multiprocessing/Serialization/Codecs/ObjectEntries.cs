#pragma warning disable SYSLIB0050 // The formatters are obsolete; ISerializable, by which an object names its content, is not.
using System.Reflection;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>The names and values that an <see cref="ISerializable"/> object passes to its <see cref="SerializationInfo"/>.</summary>
internal static class ObjectEntries
{
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly FormatterConverter Converter = new();

    /// <summary>Returns whether user code implements <see cref="ISerializable"/> for the type.</summary>
    public static bool IsImplementedByUser(Type type)
    {
        if (Framework.Owns(type) || !typeof(ISerializable).IsAssignableFrom(type))
        {
            return false;
        }

        var method = type.GetInterfaceMap(typeof(ISerializable)).TargetMethods[0];
        return method.DeclaringType is { } declaring && !Framework.Owns(declaring);
    }

    /// <summary>Returns the deserialization constructor of a type, public or not; <see langword="null"/> if it has none.</summary>
    public static ConstructorInfo? ConstructorOf(Type type) =>
        typeof(ISerializable).IsAssignableFrom(type)
            ? type.GetConstructor(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, [typeof(SerializationInfo), typeof(StreamingContext)])
            : null;

    /// <summary>
    /// Calls GetObjectData. Returns <see langword="null"/> if that is not supported and there is no deserialization constructor; then the fields of
    /// the object cross.
    /// </summary>
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

    /// <summary>Returns the type to create in the other process: another one if GetObjectData called SetType or set names.</summary>
    /// <exception cref="CannotCrossException">There is no such type, or it cannot be created.</exception>
    public static Type TargetOf(SerializationInfo info, object value)
    {
        var isNamed = info.IsFullTypeNameSetExplicit || info.IsAssemblyNameSetExplicit;
        var type = isNamed ? Type.GetType($"{info.FullTypeName}, {info.AssemblyName}", throwOnError: false) : info.ObjectType;
        return type is null || type.IsValueType || type.IsAbstract
            ? throw new CannotCrossException(
                new Refusal(
                    value.GetType(),
                    $"Its GetObjectData names {info.FullTypeName}, {info.AssemblyName} as the type to create, which is no class that can be created; "
                    + "call SetType with one."),
                value)
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

    /// <summary>Runs the deserialization constructor on an existing object, or sets its fields by name if it has none.</summary>
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
            throw new SerializationException(
                $"Process {Environment.ProcessId} could not rebuild a {value.GetType()} from a message: its deserialization constructor threw "
                + $"{ExceptionText.OneLine(error)}", error);
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
