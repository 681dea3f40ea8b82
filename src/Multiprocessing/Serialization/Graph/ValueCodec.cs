using System.Runtime.CompilerServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>How a place of one declared type (a field, an element, a boxed value) crosses. Places are given by address, so no type needs code of its own.</summary>
internal abstract class ValueCodec
{
    /// <summary>The place is its bytes, that many; 0 if it is more than that.</summary>
    public virtual int RawSize => 0;

    /// <summary>Whether it reads what any serializer wrote that the message names.</summary>
    public virtual bool ReadsNamedSerializers => false;

    public abstract void Write(GraphWriter writer, ref byte place);

    public abstract void Read(GraphReader reader, ref byte place);

    /// <summary>Why this value (boxed) cannot cross; only asked of structs.</summary>
    public virtual Refusal? Refuse(object value, in WriteContext context) => null;

    /// <summary>What a struct (boxed) holds, for paths.</summary>
    public virtual IEnumerable<PathStep> Children(object value) => [];

    public static ValueCodec For(Type type) => CodecTable.ForPlace(type);
}
