using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>The fields of a class or struct as steps: neighbours without references are copied as one block.</summary>
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

    /// <summary>All fields from <paramref name="type"/> up to, and without, <paramref name="stop"/>.</summary>
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

            // A codec for the very field means that it crosses, whatever the formatters did with it.
            var own = codecs?.Invoke(field);
            if ((own is null && IsLeftOut(field)) || skip?.Invoke(field) == true)
            {
                blockEnd = -1;
                continue;
            }

            fields.Add(field);
            var codec = own ?? (field.FieldType.IsPrimitive || field.FieldType.IsValueType ? HandleOf(type, field) : null) ?? ValueCodec.For(field.FieldType);
            if (codec.RawSize == 0)
            {
                steps.Add(new Step(offset, 0, codec));
                blockEnd = -1;
            }
            else if (blockEnd >= 0)
            {
                // Explicit layouts may overlap: the block covers whichever reaches further.
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
        type.IsClass && (field.FieldType == typeof(nint) || field.FieldType == typeof(nuint) || field.FieldType == typeof(System.Runtime.InteropServices.GCHandle)) && Refusals.IsHandle(field)
            ? new RefusedValueCodec(field.FieldType, FrameworkRefusals.Native, type)
            : null;

    /// <summary>Why the object's own fields cannot cross.</summary>
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

    /// <summary>Keeps the pile in the order of offsets.</summary>
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
            ref var place = ref Unsafe.Add(ref data, step.Offset);
            if (step.Codec is { } codec)
            {
                codec.Write(writer, ref place);
            }
            else
            {
                writer.Out.WriteBytes(ref place, (nuint)step.Length);
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
            ref var place = ref Unsafe.Add(ref data, step.Offset);
            if (step.Codec is { } codec)
            {
                codec.Read(reader, ref place);
            }
            else
            {
                reader.ReadBytes(ref place, (nuint)step.Length);
            }
        }
    }

    public IEnumerable<PathStep> Children(object value)
    {
        foreach (var field in _fields)
        {
            // Fields of pointer types come back boxed in a Pointer, which is refused as the field would be.
            yield return new PathStep(FieldLabel.Of(field), field.GetValue(value));
        }
    }

    /// <summary>
    /// [NonSerialized] says so. And what the framework's own types remember of hash codes of strings is wrong in every other process; 0 says "not computed yet".
    /// </summary>
    private static bool IsLeftOut(FieldInfo field)
    {
        const FieldAttributes NotSerialized = (FieldAttributes)0x80;
        return (field.Attributes & NotSerialized) != 0
            || ((field.FieldType == typeof(int) || field.FieldType == typeof(int?)) && (field.Name.Contains("hashcode", StringComparison.OrdinalIgnoreCase) || field.Name is "_hash") && Framework.Owns(field.DeclaringType!));
    }
}
