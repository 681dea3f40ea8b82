using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Values of a type that can cross only if they are empty: all bytes are 0.</summary>
/// <param name="type">The type of the location.</param>
/// <param name="suggestion">What to do instead.</param>
/// <param name="owner">The type to name as the culprit instead; a private field of the framework would not help the user.</param>
internal sealed class RefusedValueCodec(Type type, string suggestion, Type? owner = null) : ValueCodec
{
    private readonly Refusal _refusal = new(owner ?? type, suggestion);
    private readonly int _size = type.IsValueType ? RuntimeHelpers.SizeOf(type.TypeHandle) : nint.Size;

    public override void Write(GraphWriter writer, ref byte location)
    {
        if (!IsEmpty(ref location))
        {
            throw new CannotCrossException(_refusal, null);
        }
    }

    public override void Read(GraphReader reader, ref byte location)
    {
        // Empty, as in any new object.
    }

    public override Refusal? Refuse(object value, in WriteContext context) =>
        !type.IsValueType || !IsEmpty(ref ObjectData.Of(value)) ? _refusal : null;

    /// <summary>Returns why the value at this location cannot cross, for a field with an owner; <see langword="null"/> otherwise.</summary>
    public Refusal? RefuseAt(ref byte location) => owner is not null && !IsEmpty(ref location) ? _refusal : null;

    private bool IsEmpty(ref byte location)
    {
        for (var i = 0; i < _size; i++)
        {
            if (Unsafe.Add(ref location, i) != 0)
            {
                return false;
            }
        }

        return true;
    }
}
