using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>
/// A storage location that holds a reference. It remembers the codec of the last object, because most locations hold objects of one type.
/// </summary>
internal sealed class ReferenceSlot(Type declared) : ValueCodec
{
    public static readonly ReferenceSlot Object = new(typeof(object));

    private readonly bool _isLinkable = LinkableTypes.IsInterface(declared);
    private ObjectCodec? _last;
    private ObjectCodec? _exact;

    /// <summary>Gets the codec that reads objects of the declared type itself, which are written without the name of their type.</summary>
    public ObjectCodec Exact => _exact ??= CodecTable.For(declared).Unregistered;

    public override void Write(GraphWriter writer, ref byte location) => writer.WriteReference(Unsafe.As<byte, object?>(ref location), this);

    public override void Read(GraphReader reader, ref byte location) => Unsafe.As<byte, object?>(ref location) = reader.ReadReference(this);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ObjectCodec CodecOf(GraphWriter writer, object value)
    {
        var type = value.GetType();
        var last = _last;
        return last is not null && (object)last.Type == type ? last : Find(writer, type);
    }

    /// <summary>Returns whether an object of the codec's type is written without the name of its type.</summary>
    public bool IsExact(ObjectCodec codec) => (object)codec.Type == declared;

    /// <summary>Checks the type of an object that was read: storing an object of another type would corrupt the process.</summary>
    public void Check(object value)
    {
        var type = value.GetType();
        if ((object)type == declared || (object)type == _last?.Type)
        {
            return;
        }

        if (!declared.IsInstanceOfType(value))
        {
            throw new SerializationException(
                $"Process {Environment.ProcessId} cannot read a message: it contains a {type} where a {declared} is declared. It is torn, or was "
                + "not written by this library.");
        }

        Remember(CodecTable.For(type));
    }

    private ObjectCodec Find(GraphWriter writer, Type type)
    {
        var links = writer.Context.Links;
        if (_isLinkable && links?.CodecOf(declared) is { } link)
        {
            return link;
        }

        var codec = CodecTable.For(type);
        if (codec.ReportsBy is { } reportsBy && links is not null)
        {
            if (links.CodecOf(type) is { } ofClass)
            {
                return ofClass;
            }

            links.BeforeCopy(type, reportsBy);
        }

        Remember(codec);
        return codec;
    }

    /// <summary>Remembers the codec, unless the same object may need another one in the next message, which has another context.</summary>
    private void Remember(ObjectCodec codec)
    {
        if (!_isLinkable && codec.ReportsBy is null)
        {
            _last = codec;
        }
    }
}
