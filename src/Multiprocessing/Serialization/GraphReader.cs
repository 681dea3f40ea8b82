using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>Reads what a <see cref="GraphWriter"/> wrote. Never reads outside the message, whatever its bytes are.</summary>
internal sealed unsafe partial class GraphReader
{
    private const int KeepCapacity = 16 * 1024;

    [ThreadStatic]
    private static GraphReader? _threadIdle;

    private readonly WorkQueue _later = new();
    private readonly List<NameEntry> _names = [];

    /// <summary>Hash collections to fill when all objects are whole; batch by batch, as the bodies were read.</summary>
    private readonly Pile<Unfinished> _finish = new();
    private readonly List<int> _batches = [];
    private readonly Pile<Waiting> _callbacks = new();
    private object?[] _objects = new object?[8];
    private int _count;
    private int _depth;

    private readonly record struct Unfinished(ObjectCodec Codec, object Value, object State);

    private readonly record struct Waiting(DeserializedCallbacks Callbacks, object Value);

    public static GraphReader Rent()
    {
        var reader = _threadIdle ?? new GraphReader();
        _threadIdle = null;
        return reader;
    }

    public void Return()
    {
        if (_objects.Length > KeepCapacity)
        {
            _objects = new object?[8];
        }
        else
        {
            Array.Clear(_objects, 0, _count);
        }

        _count = 0;
        _depth = 0;
        _later.Clear();
        _names.Clear();
        _finish.Clear();
        _batches.Clear();
        _callbacks.Clear();
        _threadIdle = this;
    }

    public object? ReadReference(ReferenceSlot slot)
    {
        var tag = ReadByte();
        switch (tag)
        {
            case ReferenceTag.Null:
                return null;
            case ReferenceTag.Back:
            case ReferenceTag.BackWithBody:
                return ReadBack(slot, tag == ReferenceTag.BackWithBody);
            case > ReferenceTag.BackWithBody:
                throw Torn();
        }

        var codec = ((tag - ReferenceTag.New) & 1) != 0 ? ReadName().Codec : slot.Exact;
        var number = -1;
        if (codec.IsTracked)
        {
            number = _count;
            Register(null);
        }

        var value = codec.HeadRefers ? CreateDeep(codec) : codec.Create(this);
        if (number >= 0)
        {
            _objects[number] = value;
        }

        slot.Check(value);
        if (tag >= ReferenceTag.New + 2)
        {
            _later.Add(codec, value);
        }
        else
        {
            codec.ReadBody(this, value);
        }

        if (codec.Callbacks is { } callbacks)
        {
            _callbacks.Add(new Waiting(callbacks, value));
        }

        return value;
    }

    /// <summary>Reads the bodies that were put off, fills the hash collections, calls who wants to know.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ReadLater()
    {
        if (!_later.IsEmpty || _finish.Count > 0 || _callbacks.Count > 0)
        {
            Complete();
        }
    }

    public NameEntry ReadName()
    {
        var number = ReadVarint();
        if (number < NameTable.NewName)
        {
            return NameTable.WellKnown((int)number);
        }

        if (number > NameTable.NewName)
        {
            var index = number - NameTable.NewName - 1;
            return index < (ulong)_names.Count ? _names[(int)index] : throw Torn();
        }

        var name = NameTable.Find(ReadSpan(ReadLength()));
        _names.Add(name);
        return name;
    }

    /// <summary>Has <see cref="ObjectCodec.Finish"/> called when every body is read, inner objects before outer ones.</summary>
    public void FinishLater(ObjectCodec codec, object value, object state) => _finish.Add(new Unfinished(codec, value, state));

    /// <summary>Gives an object (or one that is still to come) the next number.</summary>
    public void Register(object? value)
    {
        if (_count == _objects.Length)
        {
            Array.Resize(ref _objects, _count * 2);
        }

        _objects[_count++] = value;
    }

    /// <summary>
    /// The message could not be read: objects that were made without a constructor may lack their fields, and a finalizer that fails over that would end the process. Those of this library
    /// know what they lack.
    /// </summary>
    public void Abandon()
    {
        for (var i = 0; i < _count; i++)
        {
            if (_objects[i] is { } value && CodecTable.For(value.GetType()) is PlainObjectCodec or ExceptionCodec)
            {
                GC.SuppressFinalize(value);
            }
        }
    }

    private object CreateDeep(ObjectCodec codec)
    {
        if (++_depth > 100)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
        }

        var value = codec.Create(this);
        _depth--;
        return value;
    }

    private object ReadBack(ReferenceSlot slot, bool withBody)
    {
        var value = ReadKnown();
        slot.Check(value);
        if (withBody)
        {
            _later.Add(CodecTable.For(value.GetType()), value);
        }

        return value;
    }

    /// <summary>An object that came earlier.</summary>
    public object ReadKnown()
    {
        var number = ReadVarint();
        return number < (ulong)_count && _objects[number] is { } value ? value : throw Torn();
    }

    private void Complete()
    {
        while (_later.TryTake(out var codec, out var value))
        {
            _batches.Add(_finish.Count);
            codec.ReadBody(this, value);
        }

        // A collection's entries were read before the collection itself registered, so within a batch inner ones come first;
        // a later batch lies deeper in the graph than an earlier one.
        var end = _finish.Count;
        for (var i = _batches.Count - 1; i >= -1; i--)
        {
            var start = i < 0 ? 0 : _batches[i];
            for (var at = start; at < end; at++)
            {
                var unfinished = _finish[at];
                unfinished.Codec.Finish(this, unfinished.Value, unfinished.State);
            }

            end = start;
        }

        for (var i = 0; i < _callbacks.Count; i++)
        {
            _callbacks[i].Callbacks.Call(_callbacks[i].Value);
        }
    }
}
