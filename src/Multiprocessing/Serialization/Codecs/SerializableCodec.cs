#pragma warning disable SYSLIB0050 // The formatters are obsolete; ISerializable, by which an object names its content, is not.
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>
/// A user's class with <see cref="ISerializable"/>: it crosses as the entries of its GetObjectData, from which its deserialization constructor
/// rebuilds it.
/// </summary>
/// <remarks>
/// GetObjectData may name another type (SetType), of which an object is created instead, and that object may return a third one
/// (<see cref="IObjectReference"/>). In both cases the entries are part of the head, because the final object must exist before others can refer to
/// it.
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

        // Not set as the codec's Callbacks: the object that is created may have another type than the one that was written.
        _callbacks = SerializationCallbacks.Of(type);
    }

    private enum Form : byte
    {
        /// <summary>Entries in the body.</summary>
        Entries,

        /// <summary>The type to create and the entries, both in the head.</summary>
        Replaced,

        /// <summary>Fields in the body, as of a class without the interface, because there is no deserialization constructor.</summary>
        Fields,
    }

    private FieldPlan Plan => _plan ??= FieldPlan.Of(Type);

    /// <summary>
    /// Returns whether the class itself implements the interface. An implementation that is inherited from a class of the framework does not count:
    /// codecs exist for those.
    /// </summary>
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
                // The head contains everything.
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

    public override void Finish(GraphReader reader, object value, object state) =>
        ObjectEntries.Construct(value, _constructor, (SerializationInfo)state);

    public override IEnumerable<PathStep> Children(object value) =>
        ObjectEntries.Of(value, Type, _constructor) is { } info
        && (_constructor is not null || _isReference || ObjectEntries.TargetOf(info, value) != Type)
            ? ObjectEntries.Children(info)
            : Plan.Children(value);

    private static object CreateReplaced(GraphReader reader)
    {
        var target = reader.ReadName().Symbol as Type ?? throw GraphReader.Torn();
        var mark = reader.FinishMark;
        var info = ObjectEntries.Read(reader, target);

        // The objects in the entries must be complete before the constructor uses them.
        reader.FinishSince(mark);
        var value = RuntimeHelpers.GetUninitializedObject(target);
        var callbacks = SerializationCallbacks.Of(target);
        callbacks?.OnDeserializing(value);
        ObjectEntries.Construct(value, ObjectEntries.ConstructorOf(target), info);
        callbacks?.Complete(value);
        return ObjectReferenceCodec.RealObjectOf(value);
    }
}
