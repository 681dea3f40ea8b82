using System.Reflection;

namespace Multiprocessing;

/// <summary>Which types have a serializer of their own: by attribute, which every process of the program sees, or by registration, which messages carry to other processes.</summary>
internal static class CustomSerializers
{
    private static readonly Lock Gate = new();
    private static readonly ObjectTable<Registration> Registered = new();
    private static readonly List<Registration> InOrder = [];
    private static byte[]? _announcement;
    private static byte[]? _lastApplied;

    /// <summary>Every registration of this process as bytes, or null if there is none.</summary>
    public static byte[]? Announcement => Volatile.Read(ref _announcement);

    public static void Register(Type type, Type serializer)
    {
        ThrowIfNeverUsed(type, serializer);
        var registration = Describe(type, serializer);
        lock (Gate)
        {
            if (Registered.Find(type) is not null)
            {
                // Registered before: checked below.
            }
            else if (CodecTable.Knows(type))
            {
                throw new InvalidOperationException(
                    $"A value of {type} was sent, or looked at, already, so other processes may hold values written without {serializer}; register it when the program begins.");
            }
            else
            {
                Add(registration);
            }
        }

        if (Registered.Find(type)!.Serializer.Thing as Type is var known && known != serializer)
        {
            throw new InvalidOperationException($"{type} is registered with {known} already.");
        }
    }

    /// <summary>Takes over a registration that another process sent; does nothing where this process has used the type, or registered it, already.</summary>
    /// <returns>Whether values of the type are read here as the other process writes them.</returns>
    public static bool Learn(Type type, Type serializer)
    {
        if (Registered.Find(type) is { } known)
        {
            return (Type)known.Serializer.Thing == serializer || type.IsClass;
        }

        // A torn message may name any two types, and what is learned stays.
        if (!CouldSerialize(type, serializer))
        {
            return false;
        }

        if (CodecTable.Knows(type))
        {
            return CodecTable.ReadsNamedSerializers(type);
        }

        lock (Gate)
        {
            if (Registered.Find(type) is not null || CodecTable.Knows(type))
            {
                return CodecTable.ReadsNamedSerializers(type);
            }

            Add(Describe(type, serializer));
            return true;
        }
    }

    /// <summary>Takes over every registration in bytes that <see cref="Announcement"/> gave in another process.</summary>
    public static unsafe void Apply(ReadOnlySpan<byte> announcement)
    {
        if (Volatile.Read(ref _lastApplied) is { } last && announcement.SequenceEqual(last))
        {
            return;
        }

        var reader = new GraphReader();
        fixed (byte* start = announcement)
        {
            reader.Begin(start, start + announcement.Length);
            while (reader.Remaining > 0)
            {
                var type = reader.ReadSpan(reader.ReadLength());
                var serializer = reader.ReadSpan(reader.ReadLength());
                if (Resolve(type) is { } found && Resolve(serializer) is { } foundSerializer)
                {
                    Learn(found, foundSerializer);
                }
            }
        }

        Volatile.Write(ref _lastApplied, announcement.ToArray());
    }

    /// <summary>The registration of a type, or null.</summary>
    public static Registration? RegistrationOf(Type type) => Registered.Find(type);

    public static ObjectCodec? CodecOf(Type type, bool registered)
    {
        if (type.IsValueType)
        {
            return null;
        }

        if (registered && Registered.Find(type) is { } registration)
        {
            return (ObjectCodec)Activator.CreateInstance(typeof(CustomCodec<>).MakeGenericType(type), registration.Serializer, true)!;
        }

        return AttributedSerializerOf(type) is { } serializer
            ? (ObjectCodec)Activator.CreateInstance(typeof(CustomCodec<>).MakeGenericType(type), NameTable.Of(serializer), false)!
            : null;
    }

    /// <summary>A codec that reads objects of a type whose serializer the message names.</summary>
    public static ObjectCodec Reader(Type type) =>
        type.IsValueType ? throw GraphReader.Torn() : (ObjectCodec)Activator.CreateInstance(typeof(CustomCodec<>).MakeGenericType(type), null, true)!;

    public static ValueCodec? StructCodecOf(Type type)
    {
        var registration = Registered.Find(type);
        var serializer = registration?.Serializer ?? (AttributedSerializerOf(type) is { } attributed ? NameTable.Of(attributed) : null);
        return serializer is null ? null : (ValueCodec)Activator.CreateInstance(typeof(CustomStructCodec<>).MakeGenericType(type), serializer, registration)!;
    }

    private static void Add(Registration registration)
    {
        Registered.Add(registration.Type.Thing, registration);
        InOrder.Add(registration);
        using var bytes = new MemoryStream();
        foreach (var each in InOrder)
        {
            bytes.Write(each.Blob);
        }

        Volatile.Write(ref _announcement, bytes.ToArray());
    }

    private static Registration Describe(Type type, Type serializer)
    {
        try
        {
            return new Registration(NameTable.Of(type), NameTable.Of(serializer), [.. WithLength(NameEncoder.Encode(type)), .. WithLength(NameEncoder.Encode(serializer))]);
        }
        catch (CannotCrossException error)
        {
            throw new InvalidOperationException($"{serializer} cannot be registered for {type}, because other processes cannot find it: {error.Refusal.WayOut}", error);
        }
    }

    private static byte[] WithLength(byte[] blob)
    {
        using var buffer = MessageBuffer.Rent();
        buffer.WriteVarint((uint)blob.Length);
        buffer.WriteBytes(blob);
        var bytes = new byte[buffer.Length];
        buffer.CopyTo(0, bytes);
        return bytes;
    }

    /// <summary>Null for what this process cannot load. A message that needs it fails with that reason; one that does not may be read.</summary>
    private static Type? Resolve(ReadOnlySpan<byte> blob)
    {
        try
        {
            return NameTable.Find(blob).Thing as Type;
        }
        catch (Exception)
        {
            // Whatever loading an assembly throws. An announcement tells of every registration, also of types that this process never meets.
            return null;
        }
    }

    /// <summary>A registration is by the exact type of the object. One that no object can match would be ignored silently.</summary>
    private static void ThrowIfNeverUsed(Type type, Type serializer)
    {
        if (WhyNeverUsed(type) is { } reason)
        {
            throw new InvalidOperationException($"{serializer} cannot be registered for {type}: {reason}.");
        }
    }

    private static bool CouldSerialize(Type type, Type serializer) =>
        !type.ContainsGenericParameters && !type.IsByRef && !type.IsPointer && !type.IsByRefLike && type != typeof(void) && WhyNeverUsed(type) is null
        && !serializer.ContainsGenericParameters && typeof(IProcessSerializer<>).MakeGenericType(type).IsAssignableFrom(serializer);

    private static string? WhyNeverUsed(Type type) =>
        type == typeof(string) || type.IsPrimitive || type.IsEnum ? "its values always cross as they are"
            : type.IsInterface || type.IsAbstract ? "no object is exactly of that type; register the types that implement it or derive from it"
            : Nullable.GetUnderlyingType(type) is { } underlying ? $"register {underlying}"
            : null;

    private static Type? AttributedSerializerOf(Type type)
    {
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

/// <summary>A type, its serializer, and the names of both as an announcement contains them.</summary>
internal sealed record Registration(NameEntry Type, NameEntry Serializer, byte[] Blob);
