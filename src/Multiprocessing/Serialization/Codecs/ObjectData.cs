using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>An object seen as its data: <c>Unsafe.As&lt;ObjectData&gt;(o).First</c> is where its fields begin.</summary>
internal sealed class ObjectData
{
    public byte First;

    public static ref byte Of(object value) => ref Unsafe.As<ObjectData>(value).First;
}
