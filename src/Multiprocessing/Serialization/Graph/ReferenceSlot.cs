using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>A place that holds a reference. Remembers the codec of the last object seen, because a place mostly sees one type.</summary>
internal sealed class ReferenceSlot(Type declared) : ValueCodec
{
    public static readonly ReferenceSlot Object = new(typeof(object));

    // Null for nearly every place: what a task's progress or logger is replaced by here.
    private readonly Type? _standIn = TaskLinks.StandInFor(declared);
    private LinkCodec? _link;
    private ObjectCodec? _last;
    private ObjectCodec? _exact;

    /// <summary>The codec that reads objects of the declared type itself, which are written without naming their type.</summary>
    public ObjectCodec Exact => _exact ??= CodecTable.For(declared).Unregistered;

    public override void Write(GraphWriter writer, ref byte place) => writer.WriteReference(Unsafe.As<byte, object?>(ref place), this);

    public override void Read(GraphReader reader, ref byte place) => Unsafe.As<byte, object?>(ref place) = reader.ReadReference(this);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ObjectCodec CodecOf(object value)
    {
        var type = value.GetType();
        var last = _last;
        return last is not null && (object)last.Type == type ? last : Find(type);
    }

    /// <summary>Whether an object of that codec's type needs no type name here.</summary>
    public bool IsExact(ObjectCodec codec) => (object)codec.Type == declared;

    /// <summary>A stream that would put an object of another type into this place is refused before it can harm the process.</summary>
    public void Check(object value)
    {
        var type = value.GetType();
        if ((object)type == declared || (object)type == _last?.Type)
        {
            return;
        }

        if (!declared.IsInstanceOfType(value))
        {
            throw new SerializationException($"The message holds a {type} where a {declared} belongs: it is torn, or was not written by this library.");
        }

        Remember(CodecTable.For(type));
    }

    private ObjectCodec Find(Type type)
    {
        if (_standIn is not null)
        {
            // Not remembered as the last: the same object crosses in another way where there is no task.
            return TaskLinks.IsCrossing && type != _standIn ? _link ??= LinkCodec.For(_standIn) : Copied(CodecTable.For(type));
        }

        var codec = CodecTable.For(type);
        if (codec.LinkFace is { } face && TaskLinks.IsCrossing)
        {
            throw new CannotCrossException(Refusals.OfLinked(type, face), type);
        }

        Remember(codec);
        return Copied(codec);
    }

    /// <summary>A child would report to its copy.</summary>
    private static ObjectCodec Copied(ObjectCodec codec)
    {
        if (codec.LinkFace is { IsGenericType: true } face && TaskLinks.IsChildBody && face.GetGenericTypeDefinition() == typeof(IProgress<>))
        {
            MultiprocessingLogging.ReporterCopied(codec.Type, TypeText.Of(codec.Type));
        }

        return codec;
    }

    /// <summary>But for one that crosses in another way where there is no task.</summary>
    private void Remember(ObjectCodec codec)
    {
        if (codec.LinkFace is null)
        {
            _last = codec;
        }
    }
}
