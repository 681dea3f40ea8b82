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
    private readonly PrecompiledList<Unfinished> _finish = new();
    private readonly List<int> _batches = [];
    private readonly PrecompiledList<Waiting> _callbacks = new();
    private Dictionary<object, object>? _kept;
    private object?[] _objects = new object?[8];
    private List<Type>? _listed;
    private int _count;
    private int _depth;

    /// <summary>The state is what its codec wants to have again, or the callbacks to call when all that the object refers to is finished.</summary>
    private readonly record struct Unfinished(ObjectCodec Codec, object Value, object State);

    private readonly record struct Waiting(SerializationCallbacks Callbacks, object Value);

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

        Context = null;
        _count = 0;
        _depth = 0;
        _later.Clear();
        _names.Clear();
        _listed?.Clear();
        KeepsIdentity = false;
        _finish.Clear();
        _batches.Clear();
        _callbacks.Clear();
        _kept?.Clear();
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
            case ReferenceTag.Registered:
                return ReadRegistered(slot);
            case > ReferenceTag.BackWithBody:
                throw Torn();
        }

        var codec = ((tag - ReferenceTag.New) & 1) != 0 ? ReadName().Codec : slot.Exact;
        var number = -1;
        if (codec.IsTracked || (KeepsIdentity && codec is BoxCodec))
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
        codec.Callbacks?.OnDeserializing(value);
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
            CallLater(callbacks, value);
        }

        return value;
    }

    /// <summary>Reads the bodies that were put off, fills the hash collections, calls who wants to know.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ReadLater()
    {
        if (!_later.IsEmpty || _finish.Count > 0)
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

    /// <summary>Has the callbacks of an object called when what it refers to is finished.</summary>
    public void CallLater(SerializationCallbacks callbacks, object value) => _finish.Add(new Unfinished(null!, value, callbacks));

    /// <summary>Where <see cref="FinishSince"/> begins.</summary>
    public int FinishMark => _finish.Count;

    /// <summary>Finishes at once what was read since a mark, for an object that must know it. Bodies that wait are not among it.</summary>
    public void FinishSince(int mark) => FinishRange(mark, _finish.Count);

    /// <summary>Notes something about an object between its head and its body.</summary>
    public void Keep(object value, object note) => (_kept ??= new Dictionary<object, object>(ReferenceEqualityComparer.Instance))[value] = note;

    public object? Kept(object value) => _kept?.GetValueOrDefault(value);

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
            if (_objects[i] is { } value && CodecTable.For(value.GetType()) is PlainObjectCodec or ExceptionCodec or SerializableCodec)
            {
                GC.SuppressFinalize(value);
            }
        }
    }

    /// <inheritdoc cref="GraphWriter.KeepsIdentity"/>
    public bool KeepsIdentity { get; private set; }

    /// <summary>Whether the message says at its beginning that values of this type were written by a registered serializer.</summary>
    public bool Lists(Type type) => _listed?.Contains(type) == true;

    /// <summary>Reads what stands before the root: registrations that this process may not know.</summary>
    public void ReadHead()
    {
        KeepsIdentity = ReadByte() != 0;
        for (var count = ReadLength(); count > 0; count--)
        {
            var type = NameTable.Find(ReadSpan(ReadLength())).Thing as Type ?? throw Torn();
            var serializer = NameTable.Find(ReadSpan(ReadLength())).Thing as Type ?? throw Torn();
            if (!CustomSerializers.Learn(type, serializer))
            {
                throw new SerializationException(
                    $"The message holds {type} as written by {serializer}, which its sender registered, but process {Environment.ProcessId} has used the type without it already: "
                    + "register it in both before the first value of the type is sent, for example in a [ModuleInitializer].");
            }

            (_listed ??= []).Add(type);
        }

        CustomSerializers.Apply(ReadSpan(ReadLength()));
    }

    private object ReadRegistered(ReferenceSlot slot)
    {
        var number = _count;
        Register(null);
        var name = ReadName();
        var value = name.RegisteredCodec.Create(this);
        _objects[number] = value;
        slot.Check(value);
        return value;
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
            FinishRange(start, end);
            end = start;
        }

        for (var i = 0; i < _callbacks.Count; i++)
        {
            _callbacks[i].Callbacks.OnDeserialization(_callbacks[i].Value);
        }
    }

    private void FinishRange(int start, int end)
    {
        for (var at = start; at < end; at++)
        {
            var (codec, value, state) = _finish[at];
            _finish[at] = default;
            if (state is SerializationCallbacks callbacks)
            {
                callbacks.OnDeserialized(value);
                if (callbacks.HasInterface)
                {
                    _callbacks.Add(new Waiting(callbacks, value));
                }
            }
            else
            {
                // Null where FinishSince was here before.
                codec?.Finish(this, value, state);
            }
        }
    }
}
