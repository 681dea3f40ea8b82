using System.Reflection;
using System.Runtime.CompilerServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Selects the codec of each type, once per process.</summary>
internal static class CodecTable
{
    private static readonly ObjectTable<ObjectCodec> Objects = new();
    private static readonly ObjectTable<ValueCodec> Structs = new();
    private static readonly StringValueCodec Strings = new();

    /// <summary>Returns the codec of objects whose runtime type is <paramref name="type"/>, boxed values included.</summary>
    public static ObjectCodec For(Type type) => Objects.Find(type) ?? Objects.Add(type, Create(type, registered: true));

    /// <summary>Returns the codec of storage locations that are declared as <paramref name="type"/>.</summary>
    public static ValueCodec ForLocation(Type type)
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
            // One for each location: it remembers the codec of the last object there.
            return new ReferenceSlot(type);
        }

        return Structs.Find(type) ?? Structs.Add(type, CreateStruct(type));
    }

    /// <summary>Returns whether the type has a codec already, so that a registration would be too late.</summary>
    public static bool Knows(Type type) => Objects.Find(type) is not null || Structs.Find(type) is not null;

    /// <summary>Returns whether values of the type are read by any serializer that the message names.</summary>
    public static bool ReadsNamedSerializers(Type type) => type.IsValueType ? Structs.Find(type)?.ReadsNamedSerializers == true : true;

    /// <summary>Creates a codec.</summary>
    /// <param name="type">The type of the objects.</param>
    /// <param name="registered">Whether registrations count. A message has a tag for each object that was written by a registered serializer.</param>
    public static ObjectCodec Create(Type type, bool registered)
    {
        if (type == typeof(string))
        {
            return new StringObjectCodec();
        }

        if (NativeProgram.Is)
        {
            return NativeCodec.IsKnownArray(type) ? CreateArray(type) : throw NativeProgram.CannotSerialize(type);
        }

        if (typeof(IPlainObject).IsAssignableFrom(type))
        {
            // A class of this library: none of the checks below applies, and every child would run them for its first message.
            return new PlainObjectCodec(type, callbacks: null);
        }

        if (CustomSerializers.CodecOf(type, registered) is { } custom)
        {
            return custom;
        }

        if (type.IsValueType)
        {
            return new BoxCodec(type, ForLocation(type));
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
                : new RefusedCodec(
                    type, "It was made at run time, or represents another type or member; pass the runtime's own object, as typeof and GetMethod "
                        + "return it.");
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

        if (Refusals.Of(type) is { } suggestion)
        {
            return new RefusedCodec(type, suggestion);
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

        if (NativeProgram.Is)
        {
            throw NativeProgram.CannotSerialize(type);
        }

        if (CustomSerializers.StructCodecOf(type) is { } custom)
        {
            return custom;
        }

        if (LeafCodecs.OfStruct(type) is { } leaf)
        {
            return leaf;
        }

        if (Refusals.Of(type) is { } suggestion)
        {
            return new RefusedValueCodec(type, suggestion);
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

    /// <summary>Returns whether a value is its bytes: no references, no addresses, and no field with a codec of its own.</summary>
    private static bool IsRaw(Type type) =>
        Array.TrueForAll(FieldPlan.Declared(type), static field => field.FieldType.IsValueType && ForLocation(field.FieldType).RawSize > 0);

    private static Type? HandleOf(Type type)
    {
        foreach (var candidate in type.GetInterfaces())
        {
            if (candidate.IsConstructedGenericType && candidate.GetGenericTypeDefinition() == typeof(IProcessHandle<>))
            {
                return candidate.GenericTypeArguments[0];
            }
        }

        return null;
    }
}
