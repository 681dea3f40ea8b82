using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Writes a graph of objects: numbers the objects, names each type once, and limits the depth of the stack. One thread uses it at a time.
/// </summary>
internal sealed class GraphWriter(MessageBuffer output)
{
    /// <summary>Number of bodies that are written nested; deeper ones are deferred. Each takes about 300 bytes of stack.</summary>
    private const int MaxDepth = 100;

    public readonly MessageBuffer Out = output;

    private readonly IdentityMap _objects = new();
    private readonly IdentityMap _names = new();
    private readonly DeferredBodies _later = new();
    private readonly List<object> _open = [];
    private readonly SerializedCallbacks _serialized = new();
    private Dictionary<object, object>? _kept;
    private List<Registration>? _listed;
    private ClosureStates? _closures;
    private HandleWriter? _handles;
    private int _depth;
    private bool _isBusy;
    private bool _wantsIdentity;

    /// <summary>
    /// Gets whether strings of any length and boxes are numbered too, because something in the message compares by reference. That is known only
    /// after it was met; then the message is written again.
    /// </summary>
    public bool KeepsIdentity { get; private set; }

    public HandleWriter Handles => _handles ??= new HandleWriter(Out);

    /// <summary>Gets which fields of the closures in this message its delegates read.</summary>
    public ClosureStates Closures => _closures ??= new ClosureStates();

    /// <summary>Gets what the message is written for.</summary>
    public WriteContext Context { get; private set; }

    public void Begin(in WriteContext context)
    {
        if (_isBusy)
        {
            throw new InvalidOperationException(
                "A value is being written to this message already; code that serializes another value meanwhile must rent a message of its own.");
        }

        _isBusy = true;
        Context = context;
        _depth = 0;
    }

    public void End()
    {
        if (!_serialized.IsEmpty)
        {
            _serialized.CallAll();
        }

        _wantsIdentity = false;
        Restart();
        _listed?.Clear();
        Context = default;
        _isBusy = false;
    }

    /// <summary>Gets the registrations of structs in the message; its head lists them.</summary>
    public List<Registration> Listed => _listed ??= [];

    public bool HasListed => _listed is { Count: > 0 };

    /// <summary>Gets whether the message needs a head, and therefore must be written again.</summary>
    public bool NeedsHead => HasListed || _wantsIdentity;

    /// <summary>Notes that something in the message compares by reference.</summary>
    public void WantIdentity() => _wantsIdentity = true;

    public void List(Registration registration)
    {
        if (!Listed.Contains(registration))
        {
            Listed.Add(registration);
        }
    }

    /// <summary>Forgets what was written, so that it can be written again.</summary>
    public void Restart()
    {
        _objects.Clear();
        _names.Clear();
        _later.Clear();
        _open.Clear();
        _closures?.Clear();
        _kept?.Clear();
        _depth = 0;
        KeepsIdentity = _wantsIdentity;
    }

    /// <summary>Calls the [OnSerializing] methods of an object that is about to be written.</summary>
    public void Serializing(SerializationCallbacks callbacks, object value)
    {
        // Added before the call: a method that throws may have changed the object already.
        if (callbacks.HasSerialized)
        {
            _serialized.Add(callbacks, value);
        }

        callbacks.OnSerializing(value);
    }

    /// <summary>Calls the [OnSerialized] methods, because the message is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Serialized()
    {
        if (!_serialized.IsEmpty)
        {
            _serialized.Call();
        }
    }

    /// <summary>Keeps a codec's state of an object between its head and its body.</summary>
    public void Keep(object value, object state) => (_kept ??= new Dictionary<object, object>(ReferenceEqualityComparer.Instance))[value] = state;

    public object? Kept(object value) => _kept?.GetValueOrDefault(value);

    /// <summary>Writes the deferred bodies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteLater()
    {
        if (!_later.IsEmpty)
        {
            DrainLater();
        }
    }

    /// <summary>Numbers an object whose codec tracks it by itself; returns <see langword="false"/> and the earlier number if it has one.</summary>
    public bool TryNumber(object value, out int number) => _objects.TryAdd(value, out number);

    public void WriteReference(object? value, ReferenceSlot slot, bool later = false)
    {
        if (value is null)
        {
            Out.WriteByte(ReferenceTag.Null);
            return;
        }

        var codec = slot.CodecOf(this, value);
        if (codec is ClosureCodec closure)
        {
            WriteClosure(value, closure, slot, ClosureUse.All.Alone);
            return;
        }

        if ((codec.IsTracked || (KeepsIdentity && codec is BoxCodec)) && !_objects.TryAdd(value, out var number))
        {
            WriteBack(value, number);
            return;
        }

        WriteNew(value, codec, slot, codec.IsDeferrable & (later | _depth >= MaxDepth));
    }

    /// <summary>Writes a closure, with the fields that the uses read. Other references to it in the message may add fields.</summary>
    public void WriteClosure(object value, ClosureCodec codec, ReferenceSlot slot, ClosureUse[] uses)
    {
        var isNew = _objects.TryAdd(value, out var number);
        var needsBody = Closures.Request(value, codec, uses);
        if (isNew)
        {
            // Its body is always deferred: delegates that are met until then add the fields that they read.
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

    /// <summary>Writes the name of a type or a member: in full the first time in a message, as a number after that.</summary>
    public void WriteName(NameEntry name)
    {
        if (Context.Links?.OfName(name) is { } refusal)
        {
            throw new CannotCrossException(refusal, name.Owner);
        }

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
        if (codec.Callbacks is { } callbacks)
        {
            Serializing(callbacks, value);
        }

        if (codec.IsRegistered)
        {
            Out.WriteByte(ReferenceTag.Registered);
            WriteName(codec.Name);
            codec.WriteHead(this, value);
            return;
        }

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
                    new Refusal(value.GetType(), "It contains itself in a part that is needed to create it; break the cycle."), value);
            }
        }

        Out.WriteByte(ReferenceTag.Back);
        Out.WriteVarint((uint)number);
    }

    private void WriteReferringHead(object value, ObjectCodec codec)
    {
        // Such heads are nested on the stack; only a chain of nothing else becomes this deep.
        if (_depth >= MaxDepth && !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new CannotCrossException(new Refusal(
                value.GetType(), "It is nested too deeply for this thread's stack; flatten it into a list."), value);
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
