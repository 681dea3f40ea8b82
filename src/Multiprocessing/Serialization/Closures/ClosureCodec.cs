using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>A closure: only those of its fields cross that the delegates in the message read.</summary>
/// <remarks>
/// A body consists of a mask and the fields in it. If a delegate that is met later reads more fields of the same closure, another body with the
/// missing fields follows.
/// </remarks>
internal sealed class ClosureCodec : ObjectCodec
{
    /// <summary>Number of fields that have a bit of their own. A class with more fields crosses as a whole.</summary>
    private const int MaxFields = 63;

    private readonly Field[] _fields;
    private readonly ObjectTable<Mask> _masks = new();

    public ClosureCodec(Type type)
        : base(type, CodecTraits.TwoPhase)
    {
        var fields = FieldPlan.Declared(type);
        _fields = new Field[fields.Length];
        for (var i = 0; i < _fields.Length; i++)
        {
            _fields[i] = new Field(fields[i], FieldOffsets.Of(fields[i]), ValueCodec.For(fields[i].FieldType), IsClosure(fields[i].FieldType));
            OuterMask |= _fields[i].IsOuter ? Bit(i) : 0;
        }
    }

    private sealed record Field(FieldInfo Info, int Offset, ValueCodec Codec, bool IsOuter);

    private sealed record Mask(ulong Bits);

    /// <summary>Gets the fields that refer to the closures of enclosing scopes.</summary>
    public ulong OuterMask { get; }

    /// <summary>Returns whether a type is a display class of C# or a closure of Visual Basic.</summary>
    public static bool IsClosure(Type type) =>
        type.IsClass
        && (type.Name.Contains("DisplayClass", StringComparison.Ordinal) || type.Name.StartsWith("_Closure$__", StringComparison.Ordinal))
        && type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    /// <summary>Returns whether the compiler made the type for an async method or an iterator.</summary>
    public static bool IsStateMachine(Type type) =>
        (type.Name.StartsWith('<') || type.Name.StartsWith("VB$StateMachine", StringComparison.Ordinal))
        && type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        && (typeof(IAsyncStateMachine).IsAssignableFrom(type)
            || typeof(System.Collections.IEnumerator).IsAssignableFrom(type)
            || Array.Exists(type.GetInterfaces(), static candidate =>
                candidate.IsGenericType && candidate.GetGenericTypeDefinition() is var definition
                    && (definition == typeof(IAsyncEnumerable<>) || definition == typeof(IAsyncEnumerator<>))));

    public ulong MaskOf(ClosureUse use)
    {
        if (_masks.Find(use) is { } known)
        {
            return known.Bits;
        }

        ulong mask = 0;
        for (var i = 0; i < _fields.Length; i++)
        {
            mask |= _fields.Length > MaxFields || use.Reads(_fields[i].Info) ? Bit(i) : 0;
        }

        return _masks.Add(use, new Mask(mask)).Bits;
    }

    public override void WriteBody(GraphWriter writer, object value)
    {
        var mask = writer.Closures.Take(value, out var uses);
        writer.Out.WriteVarint(mask);
        for (var i = 0; i < _fields.Length; i++)
        {
            if ((mask & Bit(i)) == 0)
            {
                continue;
            }

            var field = _fields[i];
            ref var location = ref Unsafe.Add(ref ObjectData.Of(value), field.Offset);
            if (field.IsOuter && Unsafe.As<byte, object?>(ref location) is { } outer)
            {
                var slot = (ReferenceSlot)field.Codec;
                writer.WriteClosure(outer, (ClosureCodec)slot.CodecOf(writer, outer), slot, uses);
            }
            else
            {
                field.Codec.Write(writer, ref location);
            }
        }
    }

    public override object Create(GraphReader reader) => RuntimeHelpers.GetUninitializedObject(Type);

    public override void ReadBody(GraphReader reader, object value)
    {
        var mask = reader.ReadVarint();
        for (var i = 0; i < _fields.Length; i++)
        {
            if ((mask & Bit(i)) != 0)
            {
                _fields[i].Codec.Read(reader, ref Unsafe.Add(ref ObjectData.Of(value), _fields[i].Offset));
            }
        }
    }

    public override IEnumerable<PathStep> Children(object value) => Children(value, ClosureUse.All);

    public IEnumerable<PathStep> Children(object value, ClosureUse use)
    {
        var mask = MaskOf(use);
        for (var i = 0; i < _fields.Length; i++)
        {
            if ((mask & Bit(i)) != 0)
            {
                yield return new PathStep(FieldLabel.Of(_fields[i].Info), _fields[i].Info.GetValue(value));
            }
        }
    }

    private static ulong Bit(int field) => 1UL << Math.Min(field, MaxFields);
}
