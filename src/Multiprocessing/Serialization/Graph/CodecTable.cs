using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Decides once per type and process how it crosses.</summary>
internal static class CodecTable
{
    private static readonly ObjectTable<ObjectCodec> Objects = new();
    private static readonly ObjectTable<ValueCodec> Structs = new();
    private static readonly StringValueCodec Strings = new();

    /// <summary>The codec of objects whose runtime type is <paramref name="type"/>, boxed values included.</summary>
    public static ObjectCodec For(Type type) => Objects.Find(type) ?? Objects.Add(type, Create(type, registered: true));

    /// <summary>The codec of places declared as <paramref name="type"/>.</summary>
    public static ValueCodec ForPlace(Type type)
    {
        if (type == typeof(string))
        {
            return Strings;
        }

        if (type.IsPointer || type.IsFunctionPointer)
        {
            return new RefusedValueCodec(type, Refusals.Of(type)!);
        }

        if (!type.IsValueType)
        {
            // One for each place: it remembers what it saw there.
            return new ReferenceSlot(type);
        }

        return Structs.Find(type) ?? Structs.Add(type, CreateStruct(type));
    }

    /// <summary>Whether a codec was made for the type already, so that a registration would come too late.</summary>
    public static bool Knows(Type type) => Objects.Find(type) is not null || Structs.Find(type) is not null;

    /// <summary>Whether values of the type are read by the serializer that the message names, whichever that is.</summary>
    public static bool ReadsNamedSerializers(Type type) => type.IsValueType ? Structs.Find(type)?.ReadsNamedSerializers == true : true;

    /// <summary>Makes a codec.</summary>
    /// <param name="type">The type of the objects.</param>
    /// <param name="registered">Whether registrations count: a message says of each object whether one did.</param>
    public static ObjectCodec Create(Type type, bool registered)
    {
        if (type == typeof(string))
        {
            return new StringObjectCodec();
        }

        if (typeof(IPlainObject).IsAssignableFrom(type))
        {
            // Ours: none of the questions below has an answer for it, and every child would ask them first of all.
            return new PlainObjectCodec(type, callbacks: null);
        }

        if (CustomSerializers.CodecOf(type, registered) is { } custom)
        {
            return custom;
        }

        if (type.IsValueType)
        {
            return new BoxCodec(type, ForPlace(type));
        }

        if (HandleOf(type) is { } handle)
        {
            return (ObjectCodec)Activator.CreateInstance(typeof(HandleCodec<>).MakeGenericType(handle), type)!;
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return new DelegateCodec(type);
        }

        if (type.IsArray)
        {
            return CreateArray(type);
        }

        if (NameCodec.Covers(type))
        {
            return NameCodec.IsRuntimes(type)
                ? new NameCodec(type)
                : new RefusedCodec(type, "It was made at run time, or stands for another type or member; pass the runtime's own, as typeof and GetMethod give it.");
        }

        if (SingletonTarget.Of(type) is { } lambdas)
        {
            return new IdentityCodec(type, [lambdas]);
        }

        if (ClosureCodec.IsClosure(type))
        {
            return new ClosureCodec(type);
        }

        if (LeafCodecs.Of(type) is { } leaf)
        {
            return leaf;
        }

        if (Refusals.Of(type) is { } wayOut)
        {
            return new RefusedCodec(type, wayOut);
        }

        if (typeof(Exception).IsAssignableFrom(type))
        {
            return new ExceptionCodec(type);
        }

        if (SerializableCodec.Covers(type))
        {
            return new SerializableCodec(type);
        }

        if (ObjectReferenceCodec.Covers(type))
        {
            return new ObjectReferenceCodec(type);
        }

        return CollectionCodecs.Of(type) ?? (ObjectCodec)new PlainObjectCodec(type, SerializationCallbacks.Of(type));
    }

    private static ObjectCodec CreateArray(Type type)
    {
        var element = type.GetElementType()!;
        if (element.IsPointer || element.IsFunctionPointer)
        {
            return new RefusedCodec(type, Refusals.Of(element)!);
        }

        if (!type.IsSZArray)
        {
            return new BoundedArrayCodec(type);
        }

        return Type.GetTypeCode(element) switch
        {
            _ when element.IsEnum => new ArrayCodec(type),
            TypeCode.Byte => new KnownArrayCodec<byte>(),
            TypeCode.Char => new KnownArrayCodec<char>(),
            TypeCode.Int16 => new KnownArrayCodec<short>(),
            TypeCode.Int32 => new KnownArrayCodec<int>(),
            TypeCode.Int64 => new KnownArrayCodec<long>(),
            TypeCode.UInt64 => new KnownArrayCodec<ulong>(),
            TypeCode.Single => new KnownArrayCodec<float>(),
            TypeCode.Double => new KnownArrayCodec<double>(),
            TypeCode.Boolean => new KnownArrayCodec<bool>(),
            TypeCode.String => new KnownArrayCodec<string>(),
            TypeCode.Object when element == typeof(object) => new KnownArrayCodec<object>(),
            _ => new ArrayCodec(type),
        };
    }

    private static ValueCodec CreateStruct(Type type)
    {
        if (type.IsPrimitive || type.IsEnum)
        {
            return new RawValueCodec(RuntimeHelpers.SizeOf(type.TypeHandle));
        }

        if (CustomSerializers.StructCodecOf(type) is { } custom)
        {
            return custom;
        }

        if (LeafCodecs.OfStruct(type) is { } leaf)
        {
            return leaf;
        }

        if (Refusals.Of(type) is { } wayOut)
        {
            return new RefusedValueCodec(type, wayOut);
        }

        if (SerializableStructCodec.Of(type) is { } called)
        {
            return called;
        }

        if (IsRaw(type))
        {
            return new RawValueCodec(RuntimeHelpers.SizeOf(type.TypeHandle));
        }

        return type.GetCustomAttribute<InlineArrayAttribute>() is { } inline ? new InlineArrayCodec(type, inline.Length) : new StructCodec(type);
    }

    /// <summary>A value that is its bytes: no references, no addresses, and nobody asked for a way of their own.</summary>
    private static bool IsRaw(Type type) =>
        Array.TrueForAll(FieldPlan.Declared(type), static field => field.FieldType.IsValueType && ForPlace(field.FieldType).RawSize > 0);

    private static Type? HandleOf(Type type)
    {
        foreach (var face in type.GetInterfaces())
        {
            if (face.IsConstructedGenericType && face.GetGenericTypeDefinition() == typeof(IProcessHandle<>))
            {
                return face.GenericTypeArguments[0];
            }
        }

        return null;
    }
}
