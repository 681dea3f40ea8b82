using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Values of a type that cannot cross unless they are empty: all bytes 0.</summary>
/// <param name="type">The type of the place.</param>
/// <param name="wayOut">What to do instead.</param>
/// <param name="owner">Whom to name, if not the type: a field that nobody can see says nothing.</param>
internal sealed class RefusedValueCodec(Type type, string wayOut, Type? owner = null) : ValueCodec
{
    private readonly Refusal _refusal = new(owner ?? type, wayOut);
    private readonly int _size = type.IsValueType ? RuntimeHelpers.SizeOf(type.TypeHandle) : nint.Size;

    public override void Write(GraphWriter writer, ref byte place)
    {
        if (!IsEmpty(ref place))
        {
            throw new CannotCrossException(_refusal, null);
        }
    }

    public override void Read(GraphReader reader, ref byte place)
    {
        // Left as it is in a new object: empty.
    }

    public override Refusal? Refuse(object value, in WriteContext context) => !type.IsValueType || !IsEmpty(ref ObjectData.Of(value)) ? _refusal : null;

    /// <summary>Why what lies at this place cannot cross, for a field that names its owner.</summary>
    public Refusal? RefuseAt(ref byte place) => owner is not null && !IsEmpty(ref place) ? _refusal : null;

    private bool IsEmpty(ref byte place)
    {
        for (var i = 0; i < _size; i++)
        {
            if (Unsafe.Add(ref place, i) != 0)
            {
                return false;
            }
        }

        return true;
    }
}
