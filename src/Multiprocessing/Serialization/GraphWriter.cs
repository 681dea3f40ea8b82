using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Writes one graph of objects: numbers them, names their types once, and keeps the stack shallow.</summary>
internal sealed class GraphWriter(MessageBuffer output)
{
    /// <summary>How many objects deep bodies are written inside each other; deeper ones wait in a queue. Some 300 bytes of stack each.</summary>
    private const int MaxDepth = 100;

    public readonly MessageBuffer Out = output;

    private readonly IdentityMap _objects = new();
    private readonly IdentityMap _names = new();
    private readonly WorkQueue _later = new();
    private readonly List<object> _open = [];
    private ClosureStates? _closures;
    private HandleWriter? _handles;
    private int _depth;
    private bool _isBusy;

    public HandleWriter Handles => _handles ??= new HandleWriter(Out);

    /// <summary>What the delegates of this message read of the closures in it.</summary>
    public ClosureStates Closures => _closures ??= new ClosureStates();

    public void Begin()
    {
        if (_isBusy)
        {
            throw new InvalidOperationException("This message is being written already; what serializes something else on the way needs a message of its own.");
        }

        _isBusy = true;
        _depth = 0;
    }

    public void End()
    {
        _objects.Clear();
        _names.Clear();
        _later.Clear();
        _open.Clear();
        _closures?.Clear();
        _isBusy = false;
    }

    /// <summary>Writes the bodies that were put off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteLater()
    {
        if (!_later.IsEmpty)
        {
            DrainLater();
        }
    }

    /// <summary>Numbers an object that its codec tracks by itself; false, and its number, if it came earlier.</summary>
    public bool TryNumber(object value, out int number) => _objects.TryAdd(value, out number);

    public void WriteReference(object? value, ReferenceSlot slot, bool later = false)
    {
        if (value is null)
        {
            Out.WriteByte(ReferenceTag.Null);
            return;
        }

        var codec = slot.CodecOf(value);
        if (codec is ClosureCodec closure)
        {
            WriteClosure(value, closure, slot, ClosureUse.All.Alone);
            return;
        }

        if (codec.IsTracked && !_objects.TryAdd(value, out var number))
        {
            WriteBack(value, number);
            return;
        }

        WriteNew(value, codec, slot, codec.IsDeferrable & (later | _depth >= MaxDepth));
    }

    /// <summary>Writes a compiler-made closure of which only some fields are wanted. The other references to it in the message may add fields.</summary>
    public void WriteClosure(object value, ClosureCodec codec, ReferenceSlot slot, ClosureUse[] uses)
    {
        var isNew = _objects.TryAdd(value, out var number);
        var needsBody = Closures.Request(value, codec, uses);
        if (isNew)
        {
            // Its body always waits: delegates met until then tell which fields they read.
            WriteNew(value, codec, slot, later: true);
        }
        else if (needsBody)
        {
            Out.WriteByte(ReferenceTag.BackWithBody);
            Out.WriteVarint((uint)number);
            _later.Add(codec, value);
        }
        else
        {
            WriteBack(value, number);
        }
    }

    /// <summary>Names a type or a member: in full the first time in a message, by number after that.</summary>
    public void WriteName(NameEntry name)
    {
        if (name.WellKnown >= 0)
        {
            Out.WriteByte((byte)name.WellKnown);
        }
        else if (_names.TryAdd(name, out var number))
        {
            Out.WriteByte(NameTable.NewName);
            Out.WriteVarint((uint)name.Blob.Length);
            Out.WriteBytes(name.Blob);
        }
        else
        {
            Out.WriteVarint((uint)(number + NameTable.NewName + 1));
        }
    }

    private void WriteNew(object value, ObjectCodec codec, ReferenceSlot slot, bool later)
    {
        var isExact = slot.IsExact(codec);
        Out.WriteByte((byte)(ReferenceTag.New + (isExact ? 0 : 1) + (later ? 2 : 0)));
        if (!isExact)
        {
            WriteName(codec.Name);
        }

        if (codec.HeadRefers)
        {
            WriteReferringHead(value, codec);
        }
        else
        {
            codec.WriteHead(this, value);
        }

        if (later)
        {
            _later.Add(codec, value);
        }
        else
        {
            _depth++;
            codec.WriteBody(this, value);
            _depth--;
        }
    }

    private void WriteBack(object value, int number)
    {
        foreach (var open in _open)
        {
            if (ReferenceEquals(open, value))
            {
                throw new CannotCrossException(
                    new Refusal(value.GetType(), "It contains itself in a place that must be known before it can be created; break the cycle."), value);
            }
        }

        Out.WriteByte(ReferenceTag.Back);
        Out.WriteVarint((uint)number);
    }

    private void WriteReferringHead(object value, ObjectCodec codec)
    {
        // Such heads nest on the stack; only chains made of nothing else get this deep.
        if (_depth >= MaxDepth && !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new CannotCrossException(new Refusal(value.GetType(), "It is nested too deeply; flatten it into a list."), value);
        }

        _open.Add(value);
        _depth++;
        codec.WriteHead(this, value);
        _depth--;
        _open.RemoveAt(_open.Count - 1);
    }

    private void DrainLater()
    {
        while (_later.TryTake(out var codec, out var value))
        {
            codec.WriteBody(this, value);
        }
    }
}

/// <summary>What stands before every reference in a message.</summary>
internal static class ReferenceTag
{
    public const byte Null = 0;

    /// <summary>An object that came earlier, by number.</summary>
    public const byte Back = 1;

    /// <summary>A new object of the declared type; +1: its type is named; +2: its body comes later.</summary>
    public const byte New = 2;

    /// <summary>An object that came earlier and gets another body later.</summary>
    public const byte BackWithBody = 6;
}
