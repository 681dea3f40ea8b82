using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>The steps that write and read the fields of a class or struct. Adjacent fields without references are copied as one block.</summary>
internal sealed class FieldPlan
{
    private readonly Step[] _steps;
    private readonly FieldInfo[] _fields;

    private FieldPlan(Step[] steps, FieldInfo[] fields)
    {
        _steps = steps;
        _fields = fields;
    }

    /// <summary>Either a block of <see cref="Length"/> bytes, or one field with its codec.</summary>
    private readonly record struct Step(int Offset, int Length, ValueCodec? Codec);

    private readonly record struct Placed(FieldInfo Field, int Offset);

    /// <summary>Creates the plan of a type.</summary>
    /// <param name="type">The type whose fields, inherited ones included, are written.</param>
    /// <param name="stop">The base class whose fields are not included.</param>
    /// <param name="skip">Returns whether a field is omitted.</param>
    /// <param name="codecs">Returns a codec for a field, or <see langword="null"/> for the usual one. A field with such a codec crosses even if it is
    /// [NonSerialized].</param>
    public static FieldPlan Of(Type type, Type? stop = null, Func<FieldInfo, bool>? skip = null, Func<FieldInfo, ValueCodec?>? codecs = null)
    {
        var placed = new PrecompiledList<Placed>();
        for (var level = type; level is not null && level != stop && level != typeof(object); level = level.BaseType)
        {
            foreach (var field in Declared(level))
            {
                Insert(placed, new Placed(field, FieldOffsets.Of(field)));
            }
        }

        var steps = new PrecompiledList<Step>();
        var fields = new List<FieldInfo>();
        var blockEnd = -1;
        for (var i = 0; i < placed.Count; i++)
        {
            var field = placed[i].Field;
            var offset = placed[i].Offset;

            var own = codecs?.Invoke(field);
            if ((own is null && IsLeftOut(field)) || skip?.Invoke(field) == true)
            {
                blockEnd = -1;
                continue;
            }

            fields.Add(field);
            var codec = own ?? (field.FieldType.IsValueType ? HandleOf(type, field) : null) ?? ValueCodec.For(field.FieldType);
            if (codec.RawSize == 0)
            {
                steps.Add(new Step(offset, 0, codec));
                blockEnd = -1;
            }
            else if (blockEnd >= 0)
            {
                // Fields of an explicit layout may overlap: the block ends at the larger end.
                ref var block = ref steps[steps.Count - 1];
                blockEnd = Math.Max(blockEnd, offset + codec.RawSize);
                block = block with { Length = blockEnd - block.Offset };
            }
            else
            {
                steps.Add(new Step(offset, codec.RawSize, null));
                blockEnd = offset + codec.RawSize;
            }
        }

        return new FieldPlan(steps.ToArray(), [.. fields]);
    }

    /// <summary>An address or handle in a class of the framework crosses only if it is 0.</summary>
    private static ValueCodec? HandleOf(Type type, FieldInfo field) =>
        type.IsClass
        && (field.FieldType == typeof(nint) || field.FieldType == typeof(nuint) || field.FieldType == typeof(System.Runtime.InteropServices.GCHandle))
        && Refusals.IsHandle(field)
            ? new RefusedValueCodec(field.FieldType, FrameworkRefusals.Native, type)
            : null;

    /// <summary>Returns why one of the object's own fields cannot cross, or <see langword="null"/>.</summary>
    public Refusal? Refuse(object value)
    {
        foreach (var step in _steps)
        {
            if (step.Codec is RefusedValueCodec codec && codec.RefuseAt(ref Unsafe.Add(ref ObjectData.Of(value), step.Offset)) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>Inserts a field; the list is sorted by offset.</summary>
    private static void Insert(PrecompiledList<Placed> placed, Placed field)
    {
        placed.Add(field);
        for (var i = placed.Count - 1; i > 0 && placed[i - 1].Offset > placed[i].Offset; i--)
        {
            (placed[i - 1], placed[i]) = (placed[i], placed[i - 1]);
        }
    }

    public static FieldInfo[] Declared(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(GraphWriter writer, ref byte data)
    {
        var steps = _steps;
        for (var i = 0; i < steps.Length; i++)
        {
            ref readonly var step = ref steps[i];
            ref var location = ref Unsafe.Add(ref data, step.Offset);
            if (step.Codec is { } codec)
            {
                codec.Write(writer, ref location);
            }
            else
            {
                writer.Out.WriteBytes(ref location, (nuint)step.Length);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Read(GraphReader reader, ref byte data)
    {
        var steps = _steps;
        for (var i = 0; i < steps.Length; i++)
        {
            ref readonly var step = ref steps[i];
            ref var location = ref Unsafe.Add(ref data, step.Offset);
            if (step.Codec is { } codec)
            {
                codec.Read(reader, ref location);
            }
            else
            {
                reader.ReadBytes(ref location, (nuint)step.Length);
            }
        }
    }

    public IEnumerable<PathStep> Children(object value)
    {
        foreach (var field in _fields)
        {
            // Reflection returns a field of a pointer type as a Pointer object, which is refused like the field itself.
            yield return new PathStep(FieldLabel.Of(field), field.GetValue(value));
        }
    }

    /// <summary>
    /// Returns whether a field does not cross: a [NonSerialized] field, and a hash code that a type of the framework keeps. Hash codes of strings
    /// differ in every process; 0 means "not computed yet".
    /// </summary>
    private static bool IsLeftOut(FieldInfo field)
    {
        const FieldAttributes NotSerialized = (FieldAttributes)0x80;
        return (field.Attributes & NotSerialized) != 0
            || ((field.FieldType == typeof(int) || field.FieldType == typeof(int?))
                && (field.Name.Contains("hashcode", StringComparison.OrdinalIgnoreCase) || field.Name is "_hash")
                && Framework.Owns(field.DeclaringType!));
    }
}
