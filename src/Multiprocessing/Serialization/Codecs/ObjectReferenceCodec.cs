#pragma warning disable SYSLIB0050 // The formatters are obsolete; ISerializable, by which an object names its content, is not.
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>
/// A user's class with <see cref="IObjectReference"/> and without <see cref="ISerializable"/>: its fields cross, and GetRealObject returns the object
/// to use.
/// </summary>
internal sealed class ObjectReferenceCodec(Type type) : ObjectCodec(type, CodecTraits.Tracked | CodecTraits.HeadRefers)
{
    private const int MaxDepth = 100;

    private readonly FieldPlan _plan = FieldPlan.Of(type);
    private readonly SerializationCallbacks? _own = SerializationCallbacks.Of(type);

    public static bool Covers(Type type) => typeof(IObjectReference).IsAssignableFrom(type) && !Framework.Owns(type);

    /// <summary>Returns the object that an <see cref="IObjectReference"/> refers to; any other object unchanged.</summary>
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
                throw new SerializationException(
                    $"Process {Environment.ProcessId} could not rebuild a {first.GetType()} from a message: its GetRealObject threw "
                    + $"{ExceptionText.OneLine(error)}", error);
            }

            if (ReferenceEquals(real, value))
            {
                return value;
            }

            value = real ?? throw new SerializationException(
                $"Process {Environment.ProcessId} could not rebuild a {first.GetType()} from a message: its GetRealObject returned no object.");
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
        _own?.Complete(value);
        return RealObjectOf(value);
    }

    public override IEnumerable<PathStep> Children(object value) => _plan.Children(value);
}
