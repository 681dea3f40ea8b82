#pragma warning disable SYSLIB0050 // The formatters are gone; ISerializable, which says what an object is made of, is not.
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>A user's class with <see cref="ISerializable"/>: crosses as what its GetObjectData tells, and its deserialization constructor rebuilds it.</summary>
/// <remarks>
/// GetObjectData may name another type (SetType), whose object is created instead, and that object may stand for a third (<see cref="IObjectReference"/>). In both cases the entries are part of the head,
/// because the object must be known before anything can refer to it.
/// </remarks>
internal sealed class SerializableCodec : ObjectCodec
{
    private readonly ConstructorInfo? _constructor;
    private readonly bool _isReference;
    private readonly SerializationCallbacks? _callbacks;
    private FieldPlan? _plan;

    public SerializableCodec(Type type)
        : base(type, CodecTraits.TwoPhase | CodecTraits.HeadRefers)
    {
        _constructor = ObjectEntries.ConstructorOf(type);
        _isReference = typeof(IObjectReference).IsAssignableFrom(type);

        // Not the codec's: the object that is created may be another than the one that was written.
        _callbacks = SerializationCallbacks.Of(type);
    }

    private enum Form : byte
    {
        /// <summary>Entries in the body.</summary>
        Entries,

        /// <summary>The name of a type and its entries, both in the head.</summary>
        Replaced,

        /// <summary>It has no deserialization constructor: fields in the body, as for a class without the interface.</summary>
        Fields,
    }

    private FieldPlan Plan => _plan ??= FieldPlan.Of(Type);

    /// <summary>Whether a class says itself what it is made of. What it inherits from a class of the framework is known here already.</summary>
    public static bool Covers(Type type) => ObjectEntries.IsImplementedByUser(type) && !typeof(Exception).IsAssignableFrom(type);

    public override void WriteHead(GraphWriter writer, object value)
    {
        if (_callbacks is not null)
        {
            writer.Serializing(_callbacks, value);
        }

        var info = ObjectEntries.Of(value, Type, _constructor);
        var target = info is null ? Type : ObjectEntries.TargetOf(info, value);
        if (info is null || (target == Type && _constructor is null && !_isReference))
        {
            writer.Out.WriteByte((byte)Form.Fields);
        }
        else if (target == Type && !_isReference)
        {
            writer.Out.WriteByte((byte)Form.Entries);
            writer.Keep(value, info);
        }
        else
        {
            writer.Out.WriteByte((byte)Form.Replaced);
            writer.WriteName(NameTable.Of(target));
            ObjectEntries.Write(writer, info);
            writer.Keep(value, this);
        }
    }

    public override void WriteBody(GraphWriter writer, object value)
    {
        switch (writer.Kept(value))
        {
            case SerializationInfo info:
                ObjectEntries.Write(writer, info);
                break;
            case null:
                Plan.Write(writer, ref ObjectData.Of(value));
                break;
            default:
                // Written as its head.
                break;
        }
    }

    public override object Create(GraphReader reader)
    {
        switch ((Form)reader.ReadByte())
        {
            case Form.Entries:
                var empty = RuntimeHelpers.GetUninitializedObject(Type);
                _callbacks?.OnDeserializing(empty);
                return empty;
            case Form.Fields:
                var value = RuntimeHelpers.GetUninitializedObject(Type);
                _callbacks?.OnDeserializing(value);
                reader.Keep(value, this);
                return value;
            case Form.Replaced:
                var replaced = CreateReplaced(reader);
                reader.Keep(replaced, replaced);
                return replaced;
            default:
                throw GraphReader.Torn();
        }
    }

    public override void ReadBody(GraphReader reader, object value)
    {
        var kept = reader.Kept(value);
        if (kept is null)
        {
            reader.FinishLater(this, value, ObjectEntries.Read(reader, Type));
        }
        else if (ReferenceEquals(kept, this))
        {
            Plan.Read(reader, ref ObjectData.Of(value));
        }
        else
        {
            return;
        }

        if (_callbacks is not null)
        {
            reader.CallLater(_callbacks, value);
        }
    }

    public override void Finish(GraphReader reader, object value, object state) => ObjectEntries.Construct(value, _constructor, (SerializationInfo)state);

    public override IEnumerable<PathStep> Children(object value) =>
        ObjectEntries.Of(value, Type, _constructor) is { } info && (_constructor is not null || _isReference || ObjectEntries.TargetOf(info, value) != Type)
            ? ObjectEntries.Children(info)
            : Plan.Children(value);

    private static object CreateReplaced(GraphReader reader)
    {
        var target = reader.ReadName().Thing as Type ?? throw GraphReader.Torn();
        var mark = reader.FinishMark;
        var info = ObjectEntries.Read(reader, target);

        // What the entries hold must be whole before the object is asked what it stands for.
        reader.FinishSince(mark);
        var value = RuntimeHelpers.GetUninitializedObject(target);
        var callbacks = SerializationCallbacks.Of(target);
        callbacks?.OnDeserializing(value);
        ObjectEntries.Construct(value, ObjectEntries.ConstructorOf(target), info);
        if (callbacks is not null)
        {
            callbacks.OnDeserialized(value);
            if (callbacks.HasInterface)
            {
                callbacks.OnDeserialization(value);
            }
        }

        return ObjectReferenceCodec.RealObjectOf(value);
    }
}

/// <summary>A user's class with <see cref="IObjectReference"/> and no <see cref="ISerializable"/>: its fields, from which the object it stands for is found.</summary>
internal sealed class ObjectReferenceCodec(Type type) : ObjectCodec(type, CodecTraits.Tracked | CodecTraits.HeadRefers)
{
    private const int MaxDepth = 100;

    private readonly FieldPlan _plan = FieldPlan.Of(type);
    private readonly SerializationCallbacks? _own = SerializationCallbacks.Of(type);

    public static bool Covers(Type type) => typeof(IObjectReference).IsAssignableFrom(type) && !Framework.Owns(type);

    /// <summary>The object that an <see cref="IObjectReference"/> stands for; any other object itself.</summary>
    public static object RealObjectOf(object value)
    {
        var first = value;
        for (var depth = 0; value is IObjectReference reference; depth++)
        {
            object? real;
            try
            {
                real = depth < MaxDepth ? reference.GetRealObject(SerializationCallbacks.Context) : null;
            }
            catch (Exception error)
            {
                throw new SerializationException($"A {first.GetType()} in the message could not be rebuilt: its GetRealObject threw {ExceptionText.OneLine(error)}", error);
            }

            if (ReferenceEquals(real, value))
            {
                return value;
            }

            value = real ?? throw new SerializationException($"A {first.GetType()} in the message could not be rebuilt: its GetRealObject gave no object.");
        }

        return value;
    }

    public override void WriteHead(GraphWriter writer, object value)
    {
        if (_own is not null)
        {
            writer.Serializing(_own, value);
        }

        _plan.Write(writer, ref ObjectData.Of(value));
    }

    public override object Create(GraphReader reader)
    {
        var mark = reader.FinishMark;
        var value = RuntimeHelpers.GetUninitializedObject(Type);
        _own?.OnDeserializing(value);
        _plan.Read(reader, ref ObjectData.Of(value));
        reader.FinishSince(mark);
        if (_own is not null)
        {
            _own.OnDeserialized(value);
            if (_own.HasInterface)
            {
                _own.OnDeserialization(value);
            }
        }

        return RealObjectOf(value);
    }

    public override IEnumerable<PathStep> Children(object value) => _plan.Children(value);
}

/// <summary>A user's struct with serialization callbacks or <see cref="ISerializable"/>. Both work on a box, as the runtime's formatters do.</summary>
internal abstract class SerializableStructCodec : ValueCodec
{
    private readonly Type _type;
    private readonly FieldPlan _plan;
    private readonly SerializationCallbacks? _callbacks;
    private readonly ConstructorInfo? _constructor;

    protected SerializableStructCodec(Type type, SerializationCallbacks? callbacks, ConstructorInfo? constructor)
    {
        _type = type;
        _plan = FieldPlan.Of(type);
        _callbacks = callbacks;
        _constructor = constructor;
    }

    public static ValueCodec? Of(Type type)
    {
        if (Framework.Owns(type))
        {
            return null;
        }

        var constructor = ObjectEntries.IsImplementedByUser(type) ? ObjectEntries.ConstructorOf(type) : null;
        var callbacks = SerializationCallbacks.Of(type);
        return constructor is null && callbacks is null
            ? null
            : (ValueCodec)Activator.CreateInstance(typeof(SerializableStructCodec<>).MakeGenericType(type), type, callbacks, constructor)!;
    }

    protected abstract object Box(ref byte place);

    protected abstract void Unbox(object box, ref byte place);

    public override void Write(GraphWriter writer, ref byte place)
    {
        var box = Box(ref place);
        if (_callbacks is not null)
        {
            writer.Serializing(_callbacks, box);
        }

        if (_constructor is not null)
        {
            ObjectEntries.Write(writer, ObjectEntries.Of(box, _type, _constructor)!);
        }
        else
        {
            _plan.Write(writer, ref ObjectData.Of(box));
        }
    }

    public override void Read(GraphReader reader, ref byte place)
    {
        var mark = reader.FinishMark;
        var box = RuntimeHelpers.GetUninitializedObject(_type);
        _callbacks?.OnDeserializing(box);
        if (_constructor is not null)
        {
            var info = ObjectEntries.Read(reader, _type);
            reader.FinishSince(mark);
            ObjectEntries.Construct(box, _constructor, info);
        }
        else
        {
            _plan.Read(reader, ref ObjectData.Of(box));
            reader.FinishSince(mark);
        }

        // At once and not when the message is whole: the place takes a copy of the box.
        if (_callbacks is not null)
        {
            _callbacks.OnDeserialized(box);
            if (_callbacks.HasInterface)
            {
                _callbacks.OnDeserialization(box);
            }
        }

        Unbox(box, ref place);
    }

    public override IEnumerable<PathStep> Children(object value) =>
        _constructor is not null ? ObjectEntries.Children(ObjectEntries.Of(value, _type, _constructor)!) : _plan.Children(value);
}

internal sealed class SerializableStructCodec<T>(Type type, SerializationCallbacks? callbacks, ConstructorInfo? constructor) : SerializableStructCodec(type, callbacks, constructor)
    where T : struct
{
    protected override object Box(ref byte place) => Unsafe.As<byte, T>(ref place);

    protected override void Unbox(object box, ref byte place) => Unsafe.As<byte, T>(ref place) = (T)box;
}
