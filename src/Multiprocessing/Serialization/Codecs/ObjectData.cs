using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Any object as its data: its fields begin at <c>Unsafe.As&lt;ObjectData&gt;(o).First</c>.</summary>
internal sealed class ObjectData
{
    public byte First;

    /// <summary>
    /// Returns the start of an object's fields. Safety: the object must not be null; the caller must keep reads and writes inside the object, which
    /// nothing checks.
    /// </summary>
    public static ref byte Of(object value) => ref Unsafe.As<ObjectData>(value).First;
}
