using System.Diagnostics;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>
/// The objects of a manager that clients refer to. An object is removed when no client refers to it and no message on the way has a proxy of it.
/// Thread-safe.
/// </summary>
/// <remarks>
/// A proxy on its way to another process is counted by the kernel: its message has the handle of a ticket, an event that is used for nothing else. As
/// long as another process holds the ticket, or a message in flight has it, the object stays. So a message that is read late, or whose sender has
/// exited or was killed, keeps its object, and a message that is lost with its queue does not.
/// </remarks>
internal sealed class ManagedObjects
{
    /// <summary>
    /// Milliseconds for which a ticket stays in any case: between <see cref="Share"/> and the reply that has its handle, no other process holds it.
    /// </summary>
    private const long ShareTime = 5_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Entry> _entries = [];
    private readonly Dictionary<object, Use> _uses = new(ReferenceEqualityComparer.Instance);

    /// <summary>Gets the number of objects.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>
    /// Creates an object by a factory of the program and returns it to the client that calls. It is disposed when no client refers to it any more: at
    /// once, if the connection of the client ends while the factory runs, or if the object cannot be returned.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="create">The factory.</param>
    /// <param name="name">The name of the interface, for the text of an exception.</param>
    public void Create<T>(IncomingCall call, Func<T> create, string name)
        where T : class
    {
        if (call.Channel.IsEnded)
        {
            throw new OperationCanceledException($"The client has closed its connection: no {name} was created for it.");
        }

        var instance = create() ?? throw new InvalidOperationException($"The factory of a {name} returned null.");
        lock (_gate)
        {
            AddUse(instance).IsCreated = true;
        }

        try
        {
            call.ReturnProxied(instance);
        }
        finally
        {
            lock (_gate)
            {
                RemoveUse(instance);
            }
        }
    }

    /// <summary>One more client refers to an object.</summary>
    public void Add(ExportedObject exported)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(exported.Id, out var entry))
            {
                _entries.Add(exported.Id, entry = new Entry(exported.Instance, exported.Contract));
                AddUse(exported.Instance);
            }

            entry.Clients++;
        }
    }

    /// <summary>A client refers to an object no more.</summary>
    public void Remove(long id)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(id, out var entry))
            {
                entry.Clients--;
                RemoveIfUnused(id, entry);
            }
        }
    }

    /// <summary>Returns the object for a client that has received a proxy of it; <see langword="null"/> if it was removed.</summary>
    public ExportedObject? Find(long id)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(id, out var entry) ? new ExportedObject(id, entry.Instance, entry.Contract) : null;
        }
    }

    /// <summary>Returns the ticket of an object whose proxy is about to be sent.</summary>
    public ProcessEvent Share(long id)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(id, out var entry))
            {
                throw new ObjectDisposedException(null, $"Object {id} of the manager was removed: no process referred to it.");
            }

            entry.SharedAt = Environment.TickCount64;
            return entry.Ticket ??= new ProcessEvent();
        }
    }

    /// <summary>Removes objects whose tickets no other process holds any more. Called now and then.</summary>
    public void Sweep()
    {
        lock (_gate)
        {
            foreach (var (id, entry) in _entries.Where(static entry => entry.Value.Ticket is not null).ToArray())
            {
                if (Environment.TickCount64 - entry.SharedAt > ShareTime && !IsUsedElsewhere(entry.Ticket!))
                {
                    entry.Ticket!.Dispose();
                    entry.Ticket = null;
                    RemoveIfUnused(id, entry);
                }
            }
        }
    }

    /// <summary>The manager ends: disposes all objects that factories of the program created.</summary>
    public void Dispose()
    {
        object[] created;
        lock (_gate)
        {
            created = [.. _uses.Where(static use => use.Value.IsCreated).Select(static use => use.Key)];
            _uses.Clear();
            _entries.Clear();
        }

        foreach (var instance in created)
        {
            DisposeNow(instance);
        }
    }

    private static bool IsUsedElsewhere(ProcessEvent ticket)
    {
        var shared = ticket.Shared;
        var segments = shared.Session.Segments;
        var self = shared.Session.Self.Slot;

        // In flight first: a receiver becomes a holder before the count in flight drops.
        return segments.InFlightOf(shared.Segment.Id) > 0 || segments.AnyHolder(shared.Segment.Id, slot => slot != self);
    }

    private static void DisposeNow(object instance)
    {
        try
        {
            switch (instance)
            {
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
                case IAsyncDisposable disposable:
                    disposable.DisposeAsync().AsTask().GetAwaiter().GetResult();
                    break;
            }
        }
        catch (Exception exception)
        {
            // Code of the program. No caller waits for it.
            ManagerLog.DisposeFailed(exception, instance.GetType());
        }
    }

    private void RemoveIfUnused(long id, Entry entry)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "Objects are removed under the gate.");
        if (entry.Clients != 0 || entry.Ticket is not null)
        {
            return;
        }

        _entries.Remove(id);
        RemoveUse(entry.Instance);
    }

    private Use AddUse(object instance)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "Uses are counted under the gate.");
        if (!_uses.TryGetValue(instance, out var use))
        {
            _uses.Add(instance, use = new Use());
        }

        use.Count++;
        return use;
    }

    private void RemoveUse(object instance)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "Uses are counted under the gate.");
        if (!_uses.TryGetValue(instance, out var use) || --use.Count != 0)
        {
            return; // in use, or disposed by the end of the manager
        }

        _uses.Remove(instance);
        if (use.IsCreated)
        {
            // Code of the program: not under the gate, and not on the thread that reads.
            LastResort.Queue(EntryPoint.ServiceWork, instance, DisposeNow, static (_, _) => { });
        }
    }

    /// <summary>What keeps an instance: its entries, one for each of its interfaces, and a call that is about to return it.</summary>
    private sealed class Use
    {
        public int Count { get; set; }

        /// <summary>Gets or sets whether a factory of the program created it for a client: it is disposed with its last use.</summary>
        public bool IsCreated { get; set; }
    }

    private sealed class Entry(object instance, ProxyContract contract)
    {
        public object Instance { get; } = instance;

        public ProxyContract Contract { get; } = contract;

        public int Clients { get; set; }

        public ProcessEvent? Ticket { get; set; }

        /// <summary>When the ticket was last given to a client.</summary>
        public long SharedAt { get; set; }
    }
}
