using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>
/// Reads a graph of objects that a <see cref="GraphWriter"/> wrote. Never reads outside the message, whatever its bytes are. One thread uses it at a
/// time.
/// </summary>
internal sealed unsafe partial class GraphReader
{
    private const int KeepCapacity = 16 * 1024;

    [ThreadStatic]
    private static GraphReader? _threadIdle;

    private readonly DeferredBodies _later = new();
    private readonly List<NameEntry> _names = [];

    /// <summary>Hash collections to fill and callbacks to call when all objects are complete; in batches, one for each deferred body.</summary>
    private readonly PrecompiledList<Unfinished> _finish = new();
    private readonly List<int> _batches = [];
    private readonly PrecompiledList<Waiting> _callbacks = new();
    private Dictionary<object, object>? _kept;
    private object?[] _objects = new object?[8];
    private List<Type>? _listed;
    private int _count;
    private int _depth;

    /// <summary>The state is what the codec passed to <see cref="FinishLater"/>, or the object's callbacks.</summary>
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

    /// <summary>Reads the deferred bodies, fills the hash collections and calls the callbacks.</summary>
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

    /// <summary>
    /// Schedules a call of <see cref="ObjectCodec.Finish"/> for when all bodies are read; inner objects are finished before outer ones.
    /// </summary>
    public void FinishLater(ObjectCodec codec, object value, object state) => _finish.Add(new Unfinished(codec, value, state));

    /// <summary>Schedules the callbacks of an object for when everything that it refers to is finished.</summary>
    public void CallLater(SerializationCallbacks callbacks, object value) => _finish.Add(new Unfinished(null!, value, callbacks));

    /// <summary>Gets the position to pass to <see cref="FinishSince"/>.</summary>
    public int FinishMark => _finish.Count;

    /// <summary>Finishes at once what was read since a mark, because an object needs it complete. Deferred bodies are not included.</summary>
    public void FinishSince(int mark) => FinishRange(mark, _finish.Count);

    /// <summary>Keeps a codec's state of an object between its head and its body.</summary>
    public void Keep(object value, object state) => (_kept ??= new Dictionary<object, object>(ReferenceEqualityComparer.Instance))[value] = state;

    public object? Kept(object value) => _kept?.GetValueOrDefault(value);

    /// <summary>Gives an object the next number; <see langword="null"/> reserves the number for an object that is created next.</summary>
    public void Register(object? value)
    {
        if (_count == _objects.Length)
        {
            Array.Resize(ref _objects, _count * 2);
        }

        _objects[_count++] = value;
    }

    /// <summary>
    /// Suppresses the finalizers of objects that were created from a message which could not be read. They were created without a constructor and may
    /// lack their fields, and an exception in a finalizer ends the process. Finalizers of this library check their fields.
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

    /// <summary>Returns whether the head of the message lists this type: values of it were written by a registered serializer.</summary>
    public bool Lists(Type type) => _listed?.Contains(type) == true;

    /// <summary>Reads the head of the message: registrations that this process may not have.</summary>
    public void ReadHead()
    {
        KeepsIdentity = ReadByte() != 0;
        for (var count = ReadLength(); count > 0; count--)
        {
            var type = NameTable.Find(ReadSpan(ReadLength())).Symbol as Type ?? throw Torn();
            var serializer = NameTable.Find(ReadSpan(ReadLength())).Symbol as Type ?? throw Torn();
            if (!CustomSerializers.Adopt(type, serializer))
            {
                throw new SerializationException(
                    $"The message contains a {type} that was written by {serializer}. Its sender registered that serializer, but process "
                    + $"{Environment.ProcessId} has already used the type without it: "
                    + "register it in both processes before the first value of the type is sent, for example in a [ModuleInitializer].");
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

    /// <summary>Reads the number of an object that was read earlier, and returns the object.</summary>
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

        // A collection registers after its entries were read, so within a batch inner collections precede outer ones.
        // A later batch is deeper in the graph than an earlier one.
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
                // Null if FinishSince has finished it.
                codec?.Finish(this, value, state);
            }
        }
    }
}
