namespace Multiprocessing;

/// <summary>How the objects of one runtime type cross. One instance per type and process; holds no state of a message.</summary>
/// <remarks>
/// An object is written as a head, from which the other side creates it, and a body, which fills it. Between the two it already has its number, so the body may
/// refer back to it, and the body may be written later, which is how deep graphs do without a deep stack.
/// </remarks>
internal abstract class ObjectCodec(Type type, CodecTraits traits)
{
    private NameEntry? _name;

    public readonly Type Type = type;

    /// <summary>Gets a number, so that a second reference to the same object stays one.</summary>
    public readonly bool IsTracked = (traits & CodecTraits.Tracked) != 0;

    /// <summary>The body may be written later than the head.</summary>
    public readonly bool IsDeferrable = (traits & CodecTraits.Deferrable) != 0;

    /// <summary>The head holds references; what they reach must not refer back to the object, which does not exist yet.</summary>
    public readonly bool HeadRefers = (traits & CodecTraits.HeadRefers) != 0;

    /// <summary>Crosses by a registered serializer, which the reading process may not know: the message says so before the object.</summary>
    public readonly bool IsRegistered = (traits & CodecTraits.Registered) != 0;

    public NameEntry Name => _name ??= NameTable.Of(Type);

    /// <summary>The codec of objects of this type before which no message says that they crossed by a registered serializer.</summary>
    public virtual ObjectCodec Unregistered => this;

    /// <summary>Methods of the type that want to know of writing and reading, or <see langword="null"/>.</summary>
    public SerializationCallbacks? Callbacks { get; protected init; }

    /// <summary>Gets the interface through which the object reports or logs; the <see cref="LinkPolicy"/> of the message decides how it crosses.</summary>
    public virtual Type? ReportsBy => null;

    public virtual void WriteHead(GraphWriter writer, object value)
    {
    }

    public virtual void WriteBody(GraphWriter writer, object value)
    {
    }

    /// <summary>Reads the head.</summary>
    public abstract object Create(GraphReader reader);

    public virtual void ReadBody(GraphReader reader, object value)
    {
    }

    /// <summary>Ends what <see cref="ReadBody"/> left open with <see cref="GraphReader.FinishLater"/>, when all bodies are read.</summary>
    public virtual void Finish(GraphReader reader, object value, object state)
    {
    }

    /// <summary>Why this very object cannot cross, or <see langword="null"/>; what lies behind it is asked by itself.</summary>
    public virtual Refusal? Refuse(object value, in WriteContext context) => null;

    /// <summary>What would be written of the object, with the names that a path shows. Used on failure only.</summary>
    public virtual IEnumerable<PathStep> Children(object value) => [];
}
