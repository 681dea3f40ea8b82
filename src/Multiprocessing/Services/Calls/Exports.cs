using System.Runtime.CompilerServices;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>An object of this process that the other peer may call, as long as it has references to it.</summary>
internal abstract class Exported(long id)
{
    public long Id { get; } = id;

    /// <summary>The references that the other peer has or will have received. Changed under the table's gate.</summary>
    public long References;
}

/// <summary>An object with an interface of the program.</summary>
internal sealed class ExportedObject(long id, object instance, ProxyContract contract) : Exported(id)
{
    public object Instance { get; } = instance;

    public ProxyContract Contract { get; } = contract;

    /// <summary>Starts the calls of this object in order, where the channel has no limit for all calls.</summary>
    public OrderedWork Work { get; } = new();
}

/// <summary>
/// Numbers of objects. An object has one number for each of its interfaces in all channels of its process, so that it becomes one proxy in each other
/// process. Thread-safe.
/// </summary>
internal static class ExportIds
{
    private static readonly ConditionalWeakTable<object, List<(ProxyContract Contract, long Id)>> Known = [];

    private static long _last;

    /// <summary>Returns the number of an object as an object with this interface.</summary>
    public static long Of(object instance, ProxyContract contract)
    {
        var ids = Known.GetOrCreateValue(instance);
        lock (ids)
        {
            foreach (var (known, id) in ids)
            {
                if (ReferenceEquals(known, contract))
                {
                    return id;
                }
            }

            var next = Next();
            ids.Add((contract, next));
            return next;
        }
    }

    /// <summary>Returns a number for something that is exported once. The number 0 is the object that a service is.</summary>
    public static long Next() => Interlocked.Increment(ref _last);
}

/// <summary>
/// The objects of this process that the other peer of one channel refers to. A reference is counted when the message that has it is about to be sent
/// and removed when the peer releases it, so an object whose number is in a message on the way stays. With the channel all references end, and so
/// do those of a killed process. Thread-safe.
/// </summary>
internal sealed class ExportTable(CallChannel channel)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Exported> _objects = [];
    private bool _isClosed;

    /// <summary>Gets the number of objects.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _objects.Count;
            }
        }
    }

    /// <summary>Adds one reference.</summary>
    public void Add(Exported exported)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return; // the message will not be read
            }

            if (!_objects.TryGetValue(exported.Id, out var known))
            {
                _objects.Add(exported.Id, known = exported);
                channel.AddInterest();

                // Under the gate, so that the release of the same object comes after it.
                channel.Owner.OnExported(exported);
            }

            known.References++;
        }
    }

    /// <summary>Removes references.</summary>
    /// <param name="id">The number of the object.</param>
    /// <param name="count">The number of references; <see cref="long.MaxValue"/> for all.</param>
    public void Release(long id, long count)
    {
        lock (_gate)
        {
            if (_objects.TryGetValue(id, out var known) && (known.References -= Math.Min(count, known.References)) == 0)
            {
                _objects.Remove(id);
                channel.RemoveInterest();
                channel.Owner.OnReleased(known);
            }
        }
    }

    public Exported? Find(long id)
    {
        lock (_gate)
        {
            return _objects.GetValueOrDefault(id);
        }
    }

    /// <summary>The channel is closed: drops all objects.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var exported in _objects.Values)
            {
                channel.Owner.OnReleased(exported);
            }

            _objects.Clear();
        }
    }
}
