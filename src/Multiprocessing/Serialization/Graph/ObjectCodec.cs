namespace Multiprocessing;

/// <summary>Writes and reads the objects of one runtime type. One instance per type and process; it holds no state of a message.</summary>
/// <remarks>
/// An object is written as a head, from which the reader creates it, and a body, which fills it. Between the two the object already has its number,
/// so the body may refer back to it. The body may be written later than the head, so that a deep graph needs no deep stack.
/// </remarks>
internal abstract class ObjectCodec(Type type, CodecTraits traits)
{
    private NameEntry? _name;

    public readonly Type Type = type;

    /// <summary>An object gets a number, by which further references to it are written.</summary>
    public readonly bool IsTracked = (traits & CodecTraits.Tracked) != 0;

    /// <summary>The body may be written later than the head.</summary>
    public readonly bool IsDeferrable = (traits & CodecTraits.Deferrable) != 0;

    /// <summary>The head contains references. Objects that it reaches must not refer back to this object, which does not exist yet.</summary>
    public readonly bool HeadRefers = (traits & CodecTraits.HeadRefers) != 0;

    /// <summary>
    /// A registered serializer writes the objects. The reader may not have the registration, so the message names the serializer before each object.
    /// </summary>
    public readonly bool IsRegistered = (traits & CodecTraits.Registered) != 0;

    public NameEntry Name => _name ??= NameTable.Of(Type);

    /// <summary>Gets the codec of objects that were written without a registered serializer.</summary>
    public virtual ObjectCodec Unregistered => this;

    /// <summary>Gets the serialization callbacks of the type, or <see langword="null"/>.</summary>
    public SerializationCallbacks? Callbacks { get; protected init; }

    /// <summary>
    /// Gets the interface through which the object reports or logs; the <see cref="LinkPolicy"/> of the message decides how it crosses.
    /// </summary>
    public virtual Type? ReportsBy => null;

    public virtual void WriteHead(GraphWriter writer, object value)
    {
    }

    public virtual void WriteBody(GraphWriter writer, object value)
    {
    }

    /// <summary>Reads the head and creates the object.</summary>
    public abstract object Create(GraphReader reader);

    public virtual void ReadBody(GraphReader reader, object value)
    {
    }

    /// <summary>
    /// Completes an object for which <see cref="ReadBody"/> called <see cref="GraphReader.FinishLater"/>. Called when all bodies are read.
    /// </summary>
    public virtual void Finish(GraphReader reader, object value, object state)
    {
    }

    /// <summary>Returns why this object cannot cross, or <see langword="null"/>. Objects that it refers to are not checked.</summary>
    public virtual Refusal? Refuse(object value, in WriteContext context) => null;

    /// <summary>Returns the objects that would be written with this one, with their labels in a path. Used on failure only.</summary>
    public virtual IEnumerable<PathStep> Children(object value) => [];
}
