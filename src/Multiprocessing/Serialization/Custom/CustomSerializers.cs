using System.Diagnostics;
using System.Reflection;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The types with a serializer of their own: by attribute, which every process of the program finds, or by registration, which messages carry to
/// other processes. Thread-safe.
/// </summary>
internal static class CustomSerializers
{
    private static readonly Lock Gate = new();
    private static readonly ObjectTable<Registration> Registered = new();
    private static readonly List<Registration> InOrder = [];
    private static byte[]? _announcement;
    private static byte[]? _lastApplied;

    /// <summary>Gets all registrations of this process as bytes, or <see langword="null"/> if there is none.</summary>
    public static byte[]? Announcement => Volatile.Read(ref _announcement);

    public static void Register(Type type, Type serializer)
    {
        ThrowIfNeverUsed(type, serializer);
        var registration = Describe(type, serializer);
        lock (Gate)
        {
            if (Registered.Find(type) is not null)
            {
                // Registered before, which is checked below.
            }
            else if (CodecTable.Knows(type))
            {
                throw new InvalidOperationException(
                    $"Process {Environment.ProcessId} has already sent or received a value of {type} without {serializer}, so other processes may "
                    + "have such values; register it when the program starts.");
            }
            else
            {
                Add(registration);
            }
        }

        if (Registered.Find(type)!.Serializer.Symbol as Type is var known && known != serializer)
        {
            throw new InvalidOperationException($"{serializer} cannot be registered for {type}: {known} is registered for it already.");
        }
    }

    /// <summary>Adopts a registration of another process. Does nothing if this process has used or registered the type already.</summary>
    /// <returns>Whether this process can read values of the type that the other process writes.</returns>
    public static bool Adopt(Type type, Type serializer)
    {
        if (Registered.Find(type) is { } known)
        {
            return (Type)known.Serializer.Symbol == serializer || type.IsClass;
        }

        // A torn message may name any two types, and a registration stays.
        if (NativeProgram.Is || !CouldSerialize(type, serializer))
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

    /// <summary>Adopts all registrations of an <see cref="Announcement"/> of another process.</summary>
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
                    Adopt(found, foundSerializer);
                }
            }
        }

        Volatile.Write(ref _lastApplied, announcement.ToArray());
    }

    /// <summary>Returns the registration of a type, or <see langword="null"/>.</summary>
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

    /// <summary>Returns a codec that reads objects of a type by the serializer that the message names.</summary>
    public static ObjectCodec Reader(Type type) =>
        type.IsValueType
            ? throw GraphReader.Torn()
            : (ObjectCodec)Activator.CreateInstance(typeof(CustomCodec<>).MakeGenericType(type), null, true)!;

    public static ValueCodec? StructCodecOf(Type type)
    {
        var registration = Registered.Find(type);
        var serializer = registration?.Serializer ?? (AttributedSerializerOf(type) is { } attributed ? NameTable.Of(attributed) : null);
        return serializer is null
            ? null
            : (ValueCodec)Activator.CreateInstance(typeof(CustomStructCodec<>).MakeGenericType(type), serializer, registration)!;
    }

    private static void Add(Registration registration)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "A registration is added under the lock, which also orders it with the announcement.");
        Registered.Add(registration.Type.Symbol, registration);
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
            return new Registration(
                NameTable.Of(type),
                NameTable.Of(serializer),
                [.. WithLength(NameEncoder.Encode(type)), .. WithLength(NameEncoder.Encode(serializer))]);
        }
        catch (CannotCrossException error)
        {
            throw new InvalidOperationException(
                $"{serializer} cannot be registered for {type}, because other processes cannot find it: {error.Refusal.Suggestion}", error);
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

    /// <summary>
    /// Returns the type, or <see langword="null"/> if this process cannot load it. A message that needs the type fails later, with the reason; any
    /// other can be read.
    /// </summary>
    private static Type? Resolve(ReadOnlySpan<byte> blob)
    {
        try
        {
            return NameTable.Find(blob).Symbol as Type;
        }
        catch (Exception)
        {
            // Loading an assembly may throw anything. An announcement contains all registrations, also of types that this process never uses.
            return null;
        }
    }

    /// <summary>Throws for a type that no object has exactly: a registration is for the exact type, and this one would never be used.</summary>
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
        type == typeof(string) || type.IsPrimitive || type.IsEnum ? "its values always cross by the library's own format"
            : type.IsInterface || type.IsAbstract ? "no object has exactly that type; register the types that implement it or derive from it"
            : Nullable.GetUnderlyingType(type) is { } underlying ? $"register {underlying}"
            : null;

    private static Type? AttributedSerializerOf(Type type)
    {
        // IsDefined takes a tenth of the time of reading the attribute, and nearly no type has it.
        if (type.IsPrimitive)
        {
            return null;
        }

        if (!type.IsDefined(typeof(ProcessSerializerAttribute), inherit: false))
        {
            return PackagedSerializers.Of(type);
        }

        var serializer = type.GetCustomAttribute<ProcessSerializerAttribute>(inherit: false)!.SerializerType;
        return serializer.IsGenericTypeDefinition ? Close(serializer, type) : serializer;
    }

    /// <summary>
    /// Closes a generic serializer: its type argument is the type itself (one serializer for all types), or it has the arguments of a generic type.
    /// </summary>
    private static Type Close(Type serializer, Type type)
    {
        var wanted = typeof(IProcessSerializer<>).MakeGenericType(type);
        foreach (var arguments in new[] { [type], type.GenericTypeArguments })
        {
            if (arguments.Length == serializer.GetGenericArguments().Length
                && serializer.MakeGenericType(arguments) is { } closed
                && wanted.IsAssignableFrom(closed))
            {
                return closed;
            }
        }

        throw new InvalidOperationException($"{serializer} is named as the serializer of {type}, but no type arguments make it implement {wanted}.");
    }
}

/// <summary>A type, its serializer, and the names of both in the form of an announcement.</summary>
internal sealed record Registration(NameEntry Type, NameEntry Serializer, byte[] Blob);
