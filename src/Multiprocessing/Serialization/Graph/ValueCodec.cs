using System.Runtime.CompilerServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Writes and reads storage locations of one declared type: a field, an element, a boxed value. A location is passed by address, so no code is
/// compiled per type.
/// </summary>
internal abstract class ValueCodec
{
    /// <summary>Gets the number of bytes if the value is its bytes; 0 if it is not.</summary>
    public virtual int RawSize => 0;

    /// <summary>Gets whether it reads values by any serializer that the message names.</summary>
    public virtual bool ReadsNamedSerializers => false;

    public abstract void Write(GraphWriter writer, ref byte location);

    public abstract void Read(GraphReader reader, ref byte location);

    /// <summary>Returns why this value, boxed, cannot cross, or <see langword="null"/>. Called for structs only.</summary>
    public virtual Refusal? Refuse(object value, in WriteContext context) => null;

    /// <summary>Returns the fields of a struct, boxed, with their labels in a path.</summary>
    public virtual IEnumerable<PathStep> Children(object value) => [];

    public static ValueCodec For(Type type) => CodecTable.ForLocation(type);
}
