#pragma warning disable SYSLIB0050 // The formatters are obsolete; ISerializable, by which an object names its content, is not.
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>
/// A user's struct with serialization callbacks or <see cref="ISerializable"/>. Both are called on a box, as by the runtime's formatters.
/// </summary>
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

    protected abstract object Box(ref byte location);

    protected abstract void Unbox(object box, ref byte location);

    public override void Write(GraphWriter writer, ref byte location)
    {
        var box = Box(ref location);
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

    public override void Read(GraphReader reader, ref byte location)
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

        // At once and not when the message is complete: the location gets a copy of the box.
        _callbacks?.Complete(box);
        Unbox(box, ref location);
    }

    public override IEnumerable<PathStep> Children(object value) =>
        _constructor is not null ? ObjectEntries.Children(ObjectEntries.Of(value, _type, _constructor)!) : _plan.Children(value);
}

/// <inheritdoc/>
internal sealed class SerializableStructCodec<T>(Type type, SerializationCallbacks? callbacks, ConstructorInfo? constructor)
    : SerializableStructCodec(type, callbacks, constructor)
    where T : struct
{
    protected override object Box(ref byte location) => Unsafe.As<byte, T>(ref location);

    protected override void Unbox(object box, ref byte location) => Unsafe.As<byte, T>(ref location) = (T)box;
}
