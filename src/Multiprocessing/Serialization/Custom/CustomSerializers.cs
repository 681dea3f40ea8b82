using System.Reflection;

namespace Multiprocessing;

/// <summary>Which types go their own way.</summary>
internal static class CustomSerializers
{
    private static readonly ThingTable<Type> Registered = new();

    public static void Register(Type type, Type serializer)
    {
        var isNew = !CodecTable.Knows(type);
        var known = Registered.Find(type) ?? Registered.Add(type, isNew ? serializer : throw new InvalidOperationException($"A value of {type} was sent, or looked at, already; register {serializer} when the program begins."));
        if (known != serializer)
        {
            throw new InvalidOperationException($"{type} is registered with {known} already.");
        }
    }

    public static ObjectCodec? CodecOf(Type type) =>
        type.IsValueType || SerializerOf(type) is not { } serializer ? null : (ObjectCodec)Activator.CreateInstance(typeof(CustomCodec<>).MakeGenericType(type), NameTable.Of(serializer))!;

    public static ValueCodec? StructCodecOf(Type type) =>
        SerializerOf(type) is not { } serializer ? null : (ValueCodec)Activator.CreateInstance(typeof(CustomStructCodec<>).MakeGenericType(type), NameTable.Of(serializer))!;

    private static Type? SerializerOf(Type type)
    {
        if (Registered.Find(type) is { } registered)
        {
            return registered;
        }

        // Asking whether it is there costs a tenth of reading it, and nearly no type has it.
        if (type.IsPrimitive || !type.IsDefined(typeof(ProcessSerializerAttribute), inherit: false))
        {
            return null;
        }

        var serializer = type.GetCustomAttribute<ProcessSerializerAttribute>(inherit: false)!.SerializerType;
        return serializer.IsGenericTypeDefinition ? Close(serializer, type) : serializer;
    }

    /// <summary>A generic serializer takes either the type itself (one for all types) or the type's own arguments (one for a generic type).</summary>
    private static Type Close(Type serializer, Type type)
    {
        var wanted = typeof(IProcessSerializer<>).MakeGenericType(type);
        foreach (var arguments in new[] { [type], type.GenericTypeArguments })
        {
            if (arguments.Length == serializer.GetGenericArguments().Length && serializer.MakeGenericType(arguments) is { } closed && wanted.IsAssignableFrom(closed))
            {
                return closed;
            }
        }

        throw new InvalidOperationException($"{serializer} is named as the serializer of {type} but cannot be closed to implement {wanted}.");
    }
}
